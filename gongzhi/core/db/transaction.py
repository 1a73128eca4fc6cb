"""A unit of work on one connection, the same for both engines."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from contextvars import Token
from types import TracebackType
from typing import Any, Literal, Protocol, TypeVar

from piccolo.engine.base import BaseTransaction

from gongzhi.core.db import changes, failures, lines
from gongzhi.core.db.statements import record
from gongzhi.core.errors import Conflict, GongzhiError

Isolation = Literal["read committed", "repeatable read", "serializable"]
"""How much of what others do at the same time a transaction sees."""
Callback = Callable[[], Awaitable[object]]
Taken = tuple[str, GongzhiError]
"""A unique index, and what to raise where a row has its values already."""
Line = tuple[str, Sequence[Any], Taken | None]
"""An insert that was appended: its text, its values, and what is unique about it."""
T = TypeVar("T")
log = logging.getLogger(__name__)


async def settled(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end even if this task is cancelled; the cancellation is raised afterwards."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
        except Exception:  # noqa: BLE001  # the task's own, which is raised below
            break
    if cancelled is not None:
        if not task.cancelled() and (failure := task.exception()) is not None:
            raise cancelled from failure
        raise cancelled
    return task.result()


async def run_callbacks(callbacks: Sequence[Callback]) -> None:
    """Run them in turn. What is committed stays so: an error is logged, and the next one runs."""
    for callback in callbacks:
        (result,) = await asyncio.gather(callback(), return_exceptions=True)
        if isinstance(result, Exception):
            log.error("a callback after a commit failed", exc_info=result)


@contextmanager
def refusing(taken: Sequence[Taken], *, named: bool) -> Iterator[None]:
    """Say what is taken, in the place of the database's general words; `named` where its error names the index."""
    try:
        yield
    except Conflict as error:
        for index, told in taken:
            if error.details.get("kind") == "unique" and (not named or error.details.get("constraint") == index):
                raise told from error
        raise


class Session(Protocol):
    """A connection that belongs to one task at a time. Its methods raise coded errors only."""

    joins: bool
    """Whether several inserts may be one statement."""

    async def fetch(self, sql: str, values: Sequence[Any], seconds: float) -> list[Any]:
        """The rows of one statement, stopped after `seconds`."""

    async def begin(self, isolation: Isolation, seconds: float) -> None:
        """Begin a transaction whose statements may take `seconds` each."""

    async def commit(self) -> None:
        """Commit; on an error the transaction may still be open."""

    async def rollback(self) -> None:
        """Roll back whatever is open, so that the connection can be used again or is dropped; never raises."""


class Pool(Protocol):
    """Where a transaction takes its session from, and what holds the running transaction of each task."""

    current_transaction: Any
    statement_timeout: float

    async def checkout(self) -> Session:
        """A session for writing, for this task alone."""

    async def checkin(self, session: Any) -> None:
        """Give it back."""


class Transaction(BaseTransaction):
    """BEGIN on entry; COMMIT on exit, or ROLLBACK if an error, also a cancellation, comes through.

    One that is entered inside another joins it. Statements of parallel tasks inside it queue up, for a connection runs
    one at a time. After a failed statement only a rollback is possible, on SQLite as on PostgreSQL; a savepoint
    confines a failure.
    """

    __slots__ = ("_callbacks", "_ended", "_failed", "_isolation", "_lines", "_lock", "_outer", "_pool", "_session",
                 "_timeout", "_token", "_written")  # fmt: skip

    def __init__(self, pool: Pool, isolation: Isolation, statement_timeout: float | None = None) -> None:
        self._pool = pool
        self._isolation: Isolation = isolation
        self._timeout = pool.statement_timeout if statement_timeout is None else statement_timeout
        self._callbacks: list[Callback] = []
        self._written: set[str] = set()
        self._lines: list[Line] = []
        self._lock = asyncio.Lock()
        self._ended = False
        self._failed = False
        self._outer: Transaction | None = None
        self._token: Token[Any] | None = None
        self._session: Session

    async def __aenter__(self) -> "Transaction":
        self._outer = self._pool.current_transaction.get()
        if self._outer is not None:
            if self._outer._ended:
                raise failures.after_end()
            return self._outer
        self._session = await self._pool.checkout()
        begun = False
        try:
            await self._session.begin(self._isolation, self._timeout)
            begun = True
        finally:
            if not begun:
                await settled(self._give_back(self._session.rollback()))
        self._token = self._pool.current_transaction.set(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if self._outer is None:
            self._pool.current_transaction.reset(self._token)
            await settled(self._end(keep=error is None))
        return False

    async def _end(self, *, keep: bool) -> None:
        async with self._lock:
            self._ended = True
            if not keep:
                await self._give_back(self._session.rollback())
                return
            try:
                await self._give_back(self._commit())
            finally:  # also when it is not known whether it was committed
                changes.tell(self._written)
        await run_callbacks(self._callbacks)

    async def _commit(self) -> None:
        committed = False
        try:
            if self._failed:
                raise failures.after_failure()
            await self._send_lines()
            await self._session.commit()
            committed = True
        finally:
            if not committed:
                await self._session.rollback()

    async def _give_back(self, last: Coroutine[Any, Any, None]) -> None:
        try:
            await last
        finally:
            await self._pool.checkin(self._session)

    async def fetch(self, sql: str, values: Sequence[Any]) -> list[Any]:
        """The rows of one statement inside this transaction."""
        async with self._lock:
            if self._ended:
                raise failures.after_end()
            if self._failed:
                raise failures.after_failure()
            await self._send_lines()
            return await self._send(sql, values)

    def append(self, sql: str, values: Sequence[Any], taken: Taken | None = None) -> None:
        """An insert that nobody waits for: it is sent before the next statement, at the latest before the commit."""
        if self._ended:
            raise failures.after_end()
        self._lines.append((sql, values, taken))

    async def send_lines(self) -> None:
        """Send now what was appended."""
        async with self._lock:
            if self._ended or self._failed:
                return  # whoever goes on is told
            await self._send_lines()

    async def _send_lines(self) -> None:
        while self._lines:
            some, self._lines = self._lines[: lines.MOST], self._lines[lines.MOST :]
            if not self._session.joins:
                some, self._lines = some[:1], some[1:] + self._lines
            sql = lines.joined(tuple(text for text, _, _ in some)) if len(some) > 1 else some[0][0]
            record(sql)
            with refusing([taken for _, _, taken in some if taken is not None], named=self._session.joins):
                await self._send(sql, [value for _, values, _ in some for value in values])

    async def _send(self, sql: str, values: Sequence[Any]) -> list[Any]:
        self._written |= changes.written_by(sql)
        self._failed = True  # until it has answered: a cancelled statement may have rolled everything back
        rows = await self._session.fetch(sql, values, self._timeout)
        self._failed = False
        return rows

    async def roll_back_to(self, savepoint: str) -> None:
        """Undo what came after a savepoint; the transaction can go on, unless the database dropped it as a whole."""
        async with self._lock:
            if self._ended:
                raise failures.after_end()
            self._lines.clear()  # those before the savepoint were sent before it
            try:
                await self._session.fetch(f"ROLLBACK TO SAVEPOINT {savepoint}", (), self._timeout)
            except GongzhiError:
                self._failed = True
                raise
            self._failed = False

    def after_commit(self, callback: Callback) -> None:
        """Run a callback once this is committed; never if it is not."""
        self._callbacks.append(callback)
