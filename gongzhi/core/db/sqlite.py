"""SQLite: one connection that writes, a few that read, all kept open.

Piccolo's own engine opens a connection, and a thread, for each query, and begins deferred transactions, which lose
writes when two of them upgrade from reading to writing. Here a mutation waits its turn for the one writer and begins
IMMEDIATE; readers never wait for it (WAL).
"""

import asyncio
import os
import sqlite3
import time
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

import aiosqlite
from piccolo.engine.sqlite import SQLiteEngine, TransactionType, dict_factory

from gongzhi.core.db import failures
from gongzhi.core.db.engine import Statements
from gongzhi.core.db.statements import reads_only
from gongzhi.core.db.transaction import Isolation, Transaction, settled
from gongzhi.core.errors import Unavailable

_CACHE_KIB = 1_000
"""Pages that one connection keeps; the system keeps the file for all of them."""
_STEPS_BETWEEN_CHECKS = 10_000
"""Virtual machine steps (about a third of a millisecond) between two looks at the clock."""


class SQLiteSession:
    """One connection and its thread; a statement that is over its time, or whose task is gone, is interrupted."""

    joins = False

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._deadline = float("inf")

    @classmethod
    async def open(cls, path: str, busy_wait: float, *, writes: bool) -> "SQLiteSession":
        """Connect and set what SQLite keeps per connection; `busy_wait` (s) is for writers of other processes."""
        connection = await aiosqlite.connect(
            path, detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES, isolation_level=None
        )
        session = cls(connection)
        try:
            await session._prepare(busy_wait, writes=writes)
        except BaseException:
            await settled(connection.close())
            raise
        return session

    async def _prepare(self, busy_wait: float, *, writes: bool) -> None:
        run = self._connection.execute_fetchall
        await run(f"PRAGMA busy_timeout = {int(busy_wait * 1000)}")
        ((mode,),) = await run("PRAGMA journal_mode = WAL")
        if mode != "wal":
            raise Unavailable("SQLite cannot use its write-ahead log here; put the file on a local disk.")
        await run("PRAGMA synchronous = FULL")
        await run("PRAGMA foreign_keys = ON")
        await run(f"PRAGMA cache_size = -{_CACHE_KIB}")
        if not writes:
            await run("PRAGMA query_only = ON")
        await self._connection.set_progress_handler(self._overdue, _STEPS_BETWEEN_CHECKS)
        self._connection.row_factory = dict_factory  # type: ignore[assignment]  # any callable will do

    def _overdue(self) -> bool:
        return time.monotonic() > self._deadline

    async def fetch(self, sql: str, values: Sequence[Any], seconds: float) -> list[Any]:
        """The rows of one statement, stopped after `seconds`."""
        self._deadline = time.monotonic() + seconds
        with failures.translated(seconds):
            try:
                return list(await self._connection.execute_fetchall(sql, values))
            except asyncio.CancelledError:
                # The thread still works on it. Make it stop, and wait until it has: the next task gets a quiet one.
                self._deadline = 0.0
                await settled(self._connection.set_progress_handler(self._overdue, _STEPS_BETWEEN_CHECKS))
                raise

    async def begin(self, isolation: Isolation, seconds: float) -> None:
        """Take the file's write lock at once; SQLite knows no isolation other than serializable."""
        await self.fetch("BEGIN IMMEDIATE", (), seconds)

    async def commit(self) -> None:
        """Commit; the deadline does not apply."""
        self._deadline = float("inf")
        with failures.translated(self._deadline):
            try:
                await self._connection.execute_fetchall("COMMIT")
            except sqlite3.Error as error:
                if failures.refuses(error):
                    raise
                raise failures.unknown_outcome() from error

    async def rollback(self) -> None:
        """Roll back whatever is open."""
        self._deadline = float("inf")
        await self._connection.rollback()

    async def close(self) -> None:
        """Close the connection and end its thread."""
        await self._connection.close()


class SQLite(Statements, SQLiteEngine):
    """Piccolo's engine with its connections kept open. `pool_wait` and `statement_timeout` are in seconds."""

    def __init__(self, path: str, *, readers: int, pool_wait: float, statement_timeout: float) -> None:
        # Piccolo's own constructor runs an event loop to ask for the version; all that it sets is set here.
        self.engine_type = "sqlite"
        self.min_version_number = 3.35
        self.log_queries = False
        self.log_responses = False
        self.query_id = 0
        self.connection_kwargs = {
            "database": path,
            "detect_types": sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES,
            "isolation_level": None,
        }
        self.current_transaction: ContextVar[Any] = ContextVar("gongzhi_sqlite_transaction", default=None)
        self.pool_wait = pool_wait
        self.statement_timeout = statement_timeout
        self._size = readers
        self._file: tuple[int, int] | None = None
        self._writer: SQLiteSession | None = None
        self._turn = asyncio.Lock()
        self._readers: asyncio.LifoQueue[SQLiteSession] = asyncio.LifoQueue()

    async def open(self) -> None:
        """Open every connection; creates the file if there is none."""
        sessions: list[SQLiteSession] = []
        try:
            with failures.translated(self.statement_timeout):
                for number in range(1 + self._size):
                    sessions.append(await SQLiteSession.open(self.path, self.pool_wait, writes=number == 0))
        except BaseException:
            for session in sessions:
                await settled(session.close())
            raise
        self._turn = asyncio.Lock()
        self._file = file_of(self.path)
        self._writer, *readers = sessions
        self._readers = asyncio.LifoQueue()
        for reader in readers:
            self._readers.put_nowait(reader)

    async def close(self) -> None:
        """Wait for what is running, then close every connection."""
        writer = self._writer
        if writer is None:
            return
        async with self._turn:
            self._writer = None
            for _ in range(self._size):
                await (await self._readers.get()).close()
            await writer.close()

    async def checkout(self) -> SQLiteSession:
        """The writer, when it is this task's turn."""
        try:
            async with asyncio.timeout(self.pool_wait):
                await self._turn.acquire()
        except TimeoutError as error:
            raise failures.busy(self.pool_wait) from error
        try:
            if self._writer is None:
                raise failures.not_open()
            self.require_file()
        except Unavailable:
            self._turn.release()
            raise
        return self._writer

    def require_file(self) -> None:
        """Make sure that what is written stays where others look for it.

        :raises Unavailable: the file was moved, deleted or replaced; the system would let us write on into the old one.
        """
        if self._file is not None and file_of(self.path) != self._file:
            raise failures.moved()

    async def checkin(self, session: SQLiteSession) -> None:
        """Let the next task write."""
        self._turn.release()

    async def run_alone(self, sql: str, values: Sequence[Any]) -> list[Any]:
        """The rows of one statement that is its own transaction: a read beside the writer, a write in its turn."""
        if not reads_only(sql):
            writer = await self.checkout()
            try:
                return await writer.fetch(sql, values, self.statement_timeout)
            finally:
                self._turn.release()
        reader = await self._free_reader()
        try:
            return await reader.fetch(sql, values, self.statement_timeout)
        finally:
            self._readers.put_nowait(reader)

    async def _free_reader(self) -> SQLiteSession:
        if self._writer is None:
            raise failures.not_open()
        if not self._readers.empty():
            return self._readers.get_nowait()
        try:
            async with asyncio.timeout(self.pool_wait):
                return await self._readers.get()
        except TimeoutError as error:
            raise failures.busy(self.pool_wait) from error

    def new_transaction(self, isolation: Isolation, statement_timeout: float | None) -> Transaction:
        """A transaction, not begun yet."""
        return Transaction(self, isolation, statement_timeout)

    def transaction(  # type: ignore[override]  # our transaction, with the same behaviour, replaces Piccolo's
        self, transaction_type: TransactionType = TransactionType.immediate, allow_nested: bool = True
    ) -> Transaction:
        """Piccolo's way to begin one; always IMMEDIATE, and one inside another joins it."""
        return self.new_transaction("serializable", None)


def file_of(path: str) -> tuple[int, int] | None:
    """Which file is at a path, by device and number; None for none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
