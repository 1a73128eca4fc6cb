"""PostgreSQL: a pool with limits on every wait, and transactions that always give their connection back.

Piccolo's own engine leaks the connection and leaves its transaction variable set when COMMIT itself fails, and breaks
when parallel tasks query inside one transaction; `Transaction` does neither.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Any

import asyncpg
from piccolo.engine.postgres import PostgresEngine

from gongzhi.core.db import failures
from gongzhi.core.db.engine import Statements
from gongzhi.core.db.pool import Connections
from gongzhi.core.db.together import Together
from gongzhi.core.db.transaction import Isolation, Transaction
from gongzhi.core.errors import Conflict, GongzhiError, Unavailable

_NETWORK_ALLOWANCE = 1.0
"""Seconds that we wait longer than the server's own statement timeout, before we call the connection dead."""
_IDLE_ALLOWANCE = 30
"""Seconds that a transaction may sit idle before the server ends it: no mutation waits for anything that long."""
_STATEMENTS = 200
"""Prepared statements that a connection keeps; there are about as many shapes of statements in all."""
_REPLICA_REST = 5.0
"""Seconds during which a replica that did not answer is not asked again."""


class PostgresSession:
    """One connection of the pool, while it belongs to one transaction."""

    joins = True

    def __init__(self, connection: asyncpg.Connection, statement_timeout: float) -> None:
        self.connection = connection
        self._statement_timeout = statement_timeout
        self._open = False

    async def fetch(self, sql: str, values: Sequence[Any], seconds: float) -> list[Any]:
        """The rows of one statement; the server stops it after `seconds`, and if it does not, we do."""
        try:
            rows: list[Any] = await self.connection.fetch(sql, *values, timeout=seconds + _NETWORK_ALLOWANCE)
        except failures.DRIVER_ERRORS as error:
            raise _failed(self.connection, error, seconds) from error
        return rows

    async def begin(self, isolation: Isolation, seconds: float) -> None:
        """Begin, in one round trip also if the timeout is not the usual one."""
        begin = f"BEGIN ISOLATION LEVEL {isolation.upper()}"
        if seconds != self._statement_timeout:
            begin += f"; SET LOCAL statement_timeout = {int(seconds * 1000)}"
        self._open = True  # from now on it may be: the server can have begun although we never heard so
        with failures.translated(seconds):
            await self.connection.execute(begin)

    async def commit(self) -> None:
        """Commit, and do not believe it unless the server says so: it answers ROLLBACK to a failed transaction."""
        with failures.translated(self._statement_timeout):
            try:
                answer = await self.connection.execute("COMMIT")
            except failures.DRIVER_ERRORS as error:
                if failures.refuses(error):
                    self._open = self.connection.is_in_transaction()
                    raise
                raise failures.unknown_outcome() from error
        self._open = False
        if answer != "COMMIT":
            raise failures.after_failure()

    async def rollback(self) -> None:
        """Roll back, or drop a connection that cannot.

        The driver does not know of a transaction before it has read the answer to BEGIN, which it does not read where
        the task was cancelled meanwhile: what counts is that BEGIN was sent.
        """
        if not self._open:
            return
        try:
            await self.connection.execute("ROLLBACK")
            self._open = False
        except failures.DRIVER_ERRORS:
            pass
        finally:
            if self._open:
                self.connection.terminate()


def _failed(connection: asyncpg.Connection, error: Exception, seconds: float) -> GongzhiError:
    """The error to raise for a statement's; a connection that leads to a server without changes is dropped."""
    if failures.leads_elsewhere(error):
        connection.terminate()
    return failures.coded(error, seconds)


class Postgres(Statements, PostgresEngine):
    """Piccolo's engine with limits. `url` is a libpq address; `pool_wait` and `statement_timeout` are in seconds."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int,
        pool_wait: float,
        statement_timeout: float,
        replicas: Mapping[str, "Postgres"],
        prepared: bool = True,
    ) -> None:
        # Piccolo's own constructor connects, in an event loop of its own; all that it sets is set here.
        self.engine_type = "postgres"
        self.min_version_number = 14
        self.log_queries = False
        self.log_responses = False
        self.query_id = 0
        self.config = {"dsn": url}
        self.extensions = ()
        self.extra_nodes = replicas
        self.pool: Connections | None = None
        self.current_transaction: ContextVar[Any] = ContextVar("gongzhi_postgres_transaction", default=None)
        self.pool_wait = pool_wait
        self.statement_timeout = statement_timeout
        self.together = Together(self.run)
        self._size = pool_size
        self._prepared = prepared

    async def open(self, *, at_once: int = 1) -> None:
        """Make the pool and that many connections of it; the others come when they are needed."""
        self.pool = Connections(self._connected, self._size)
        for connection in [await self._acquire() for _ in range(at_once)]:
            self.pool.release(connection)

    async def _connected(self) -> asyncpg.Connection:
        return await asyncpg.connect(
            **self.config,
            timeout=self.pool_wait,
            command_timeout=self.statement_timeout + _NETWORK_ALLOWANCE,
            statement_cache_size=_STATEMENTS if self._prepared else 0,
            server_settings={
                "application_name": "gongzhi",
                "timezone": "UTC",
                "statement_timeout": str(int(self.statement_timeout * 1000)),
                "idle_in_transaction_session_timeout": str(_IDLE_ALLOWANCE * 1000),
            },
        )

    async def close(self) -> None:
        """Wait for what is running, then close every connection."""
        if self.pool is not None:
            await self.pool.close()
            self.pool = None

    async def _acquire(self) -> asyncpg.Connection:
        if self.pool is None:
            raise failures.not_open()
        ready = None if self.pool.closing else self.pool.ready()
        if ready is not None:
            return ready
        with failures.translated(self.statement_timeout):
            try:
                async with asyncio.timeout(self.pool_wait):
                    return await self.pool.acquire()
            except TimeoutError as error:
                raise failures.busy(self.pool_wait) from error

    async def checkout(self) -> PostgresSession:
        """A connection for one transaction."""
        return PostgresSession(await self._acquire(), self.statement_timeout)

    async def checkin(self, session: PostgresSession) -> None:
        """Give the connection back; one that is broken is replaced when it is next needed."""
        self._release(session.connection)

    def _release(self, connection: asyncpg.Connection) -> None:
        if self.pool is not None:
            self.pool.release(connection)

    async def run_alone(self, sql: str, values: Sequence[Any]) -> list[Any]:
        """The rows of one statement that is its own transaction."""
        connection = await self._acquire()
        try:
            rows: list[Any] = await connection.fetch(sql, *values)
        except failures.DRIVER_ERRORS as error:
            raise _failed(connection, error, self.statement_timeout) from error
        finally:
            self._release(connection)
        return rows

    def new_transaction(self, isolation: Isolation, statement_timeout: float | None) -> Transaction:
        """A transaction, not begun yet."""
        return Transaction(self, isolation, statement_timeout)

    def transaction(self, allow_nested: bool = True) -> Transaction:  # type: ignore[override]  # ours replaces Piccolo's
        """Piccolo's way to begin one; one inside another joins it."""
        return self.new_transaction("repeatable read", None)


class Replica(Postgres):
    """A copy that answers list queries. While it does not answer, the primary does."""

    def __init__(
        self, url: str, *, pool_size: int, pool_wait: float, statement_timeout: float, prepared: bool = True
    ) -> None:
        super().__init__(
            url,
            pool_size=pool_size,
            pool_wait=pool_wait,
            statement_timeout=statement_timeout,
            replicas={},
            prepared=prepared,
        )
        self.primary: Postgres | None = None
        self._resting_until = 0.0

    @property
    def rests(self) -> bool:
        """Whether it failed a moment ago."""
        return time.monotonic() < self._resting_until

    async def run_alone(self, sql: str, values: Sequence[Any]) -> list[Any]:
        """The rows of one reading statement.

        Replaying a transaction log cancels long readings (a retryable conflict); the primary answers these too.
        """
        try:
            return await super().run_alone(sql, values)
        except (Unavailable, Conflict):
            if self.primary is None:
                raise
            self._resting_until = time.monotonic() + _REPLICA_REST
            return await self.primary.run_alone(sql, values)
