"""What one request was refused, and what confidential records it read: gathered while it runs, and logged after it.

Deciding is synchronous and touches no database, and a refused change rolls its transaction back; so denials are written
afterwards, in a transaction of their own. So are reads of records whose resource asks for it (`log_reads`), before the
answer leaves. Grants on which something is changed are recorded with the change; they are gathered for whoever asks
later whether they still hold.
"""

from contextvars import ContextVar
from typing import TYPE_CHECKING

from gongzhi.core.within import Within

if TYPE_CHECKING:
    from gongzhi.core.permissions.decision import Decision

MOST = 50
"""Denials of one request that are kept: a list of guarded fields denies each of them for the same reason."""


class Noticed:
    """The denials of one request, what it changed by, and the confidential records that it read, by their labels."""

    def __init__(self) -> None:
        self.denials: list[Decision] = []
        self.grants: list[Decision] = []
        self.reads: dict[str, Decision] = {}

    @property
    def mark(self) -> tuple[int, int, int]:
        """How much there is now, for `back_to`."""
        return len(self.denials), len(self.grants), len(self.reads)

    def back_to(self, mark: tuple[int, int, int]) -> None:
        """Forget what came since: it is all asked again, in another way."""
        denials, grants, reads = mark
        del self.denials[denials:], self.grants[grants:]
        for record in list(self.reads)[reads:]:
            del self.reads[record]


_noticed: ContextVar[Noticed | None] = ContextVar("gongzhi_noticed", default=None)


def gathering() -> Within[Noticed]:
    """Gather within the block, in this task and those that it starts."""
    return Within(_noticed, Noticed())


def notice(decision: "Decision") -> None:
    """Remember a denial, once for each thing that was asked."""
    found = _noticed.get()
    if found is None or len(found.denials) >= MOST:
        return
    asked = (decision.action, decision.resource, decision.path)
    if not any((each.action, each.resource, each.path) == asked for each in found.denials):
        found.denials.append(decision)


def notice_grant(decision: "Decision") -> None:
    """Remember on what something was changed."""
    found = _noticed.get()
    if found is not None:
        found.grants.append(decision)


def gathered() -> Noticed:
    """What is gathered so far by the innermost block around; nothing outside of one."""
    return _noticed.get() or Noticed()


def notice_read(decision: "Decision", record: str) -> None:
    """Remember that a record (`MediationCase:0190…`) was read, once in a request."""
    found = _noticed.get()
    if found is not None:
        found.reads.setdefault(record, decision)
