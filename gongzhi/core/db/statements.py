"""What is known about a statement without running it, and how many were run."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

_READS = re.compile(r"\s*(SELECT|VALUES|EXPLAIN|WITH)\b", re.IGNORECASE)
_WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


def reads_only(sql: str) -> bool:
    """Whether a statement may go to a connection that refuses writes.

    A common table expression may hide a write; one that merely mentions a writing keyword counts as a write, which
    costs speed and nothing else.
    """
    match = _READS.match(sql)
    return match is not None and (match[1].upper() not in ("WITH", "EXPLAIN") or not _WRITES.search(sql))


class StatementCounter:
    """The statements of one block, in order, without BEGIN, COMMIT, ROLLBACK and the values."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    @property
    def count(self) -> int:
        """How many there were so far."""
        return len(self.statements)


_counters: ContextVar[tuple[StatementCounter, ...]] = ContextVar("gongzhi_statement_counters", default=())


@contextmanager
def count_statements() -> Iterator[StatementCounter]:
    """Count what this task, and the tasks that it starts, send to any database; blocks nest."""
    counter = StatementCounter()
    token = _counters.set((*_counters.get(), counter))
    try:
        yield counter
    finally:
        _counters.reset(token)


def counting() -> Sequence[StatementCounter]:
    """The counters of this task."""
    return _counters.get()


def record(sql: str) -> None:
    """Tell the counters of this task that a statement is sent."""
    record_for(_counters.get(), sql)


def record_for(counters: Iterable[StatementCounter], sql: str) -> None:
    """Tell these counters that a statement is sent."""
    for counter in counters:
        counter.statements.append(sql)
