"""One database, whichever engine is behind it."""

import asyncio
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from itertools import count
from types import TracebackType
from typing import Any, Literal, TypeVar

from piccolo.table import Table

from gongzhi.core.db import failures
from gongzhi.core.db.address import Address, parse
from gongzhi.core.db.postgres import Postgres, Replica
from gongzhi.core.db.sqlite import SQLite
from gongzhi.core.db.transaction import Callback, Isolation, Transaction, run_callbacks
from gongzhi.core.errors import GongzhiError, Invalid, Unavailable
from gongzhi.core.within import Within

T = TypeVar("T")
_FIRST_PAUSE = 0.01
"""Seconds before a transaction is tried a second time; doubled each time, up to `_LONGEST_PAUSE`."""
_LONGEST_PAUSE = 0.5
_OLDEST_SQLITE = (3, 35)
"""The first with RETURNING, which tells an insert its id."""

_open: list["Database"] = []
_chosen: ContextVar["Database | None"] = ContextVar("gongzhi_database", default=None)


class Database:
    """A database, opened and closed once in a process, whose transactions every part of gongzhi shares.

    Get one from `connect`. It belongs to the event loop that it is opened in.
    """

    def __init__(self, address: Address, engine: SQLite | Postgres) -> None:
        self.address = address
        self.engine = engine
        self.dialect: Literal["sqlite", "postgresql"] = "sqlite" if isinstance(engine, SQLite) else "postgresql"
        self._turns = count()
        self._callbacks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Open the connections, and make this the `current` database.

        :raises Unavailable: nothing answers there, or it refuses us; the message says what to do.
        """
        await self.engine.open()
        for replica in self._replicas().values():
            await replica.open(at_once=0)  # connects when it is first asked, and so cannot fail here
        _open.append(self)

    async def close(self) -> None:
        """Wait for what is running, then close the connections. Closing twice does nothing."""
        if self in _open:
            _open.remove(self)
        await asyncio.gather(*self._callbacks)
        for replica in self._replicas().values():
            await replica.close()
        await self.engine.close()

    async def __aenter__(self) -> "Database":
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def bind(self, tables: Iterable[type[Table]]) -> None:
        """Let these tables query this database, from now on and in the whole process."""
        for table in tables:
            table._meta.db = self.engine

    @asynccontextmanager
    async def transaction(
        self, *, isolation: Isolation = "repeatable read", statement_timeout: float | None = None
    ) -> AsyncIterator[None]:
        """All that is written in this block is committed together at its end, or not at all.

        A block inside another joins it, and the outermost one's options hold. Reading a row and then writing it loses
        no other's update: on SQLite nobody else writes meanwhile, on PostgreSQL a row that was changed meanwhile is a
        retryable Conflict. Where many transactions write the same row without having read it (a counter), "read
        committed" lets them wait for each other instead. `statement_timeout` is in seconds, a statement.

        :raises Conflict: a constraint, or (`retryable` in its details) somebody else at the same time.
        """
        async with self.engine.new_transaction(isolation, statement_timeout):
            yield

    async def run_in_transaction(
        self,
        work: Callable[[], Awaitable[T]],
        attempts: int = 3,
        *,
        isolation: Isolation = "repeatable read",
        statement_timeout: float | None = None,
    ) -> T:
        """The result of `work()`, run in a transaction, again from its start if somebody else got in the way.

        `work` must have no effect outside the database. Inside a running transaction it runs once, as a part of that.

        :raises Conflict: with `retryable`, after the last of `attempts`.
        """
        pause = _FIRST_PAUSE
        for left in reversed(range(attempts)):
            try:
                async with self.engine.new_transaction(isolation, statement_timeout):
                    return await work()
            except GongzhiError as error:
                if not left or self.in_transaction or not failures.is_retryable(error):
                    raise
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  # spreads attempts, hides nothing
            pause = min(2 * pause, _LONGEST_PAUSE)
        raise ValueError("attempts must be at least 1")

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Inside a transaction: if this block fails, undo it alone; the error still comes through.

        :raises RuntimeError: outside a transaction.
        """
        transaction = self._running()
        if transaction is None:
            raise RuntimeError("a savepoint needs a transaction around it")
        name = f"savepoint_{next(self._turns)}"
        await transaction.fetch(f"SAVEPOINT {name}", ())
        try:
            yield
            await transaction.send_lines()
        except Exception:
            await transaction.roll_back_to(name)
            raise
        await transaction.fetch(f"RELEASE SAVEPOINT {name}", ())

    async def send_appended(self) -> None:
        """Inside a transaction: send now what was appended to it (`writing.append`), to hear whether it is refused."""
        transaction = self._running()
        if transaction is not None:
            await transaction.send_lines()

    def after_commit(self, callback: Callback) -> Awaitable[None]:
        """Run `await callback()` once the outermost transaction is committed, or at once if there is none.

        A rollback discards it. What must not be lost belongs into the outbox: the process may end in between, and an
        error in a callback is logged, for what is committed can no longer fail. What is returned need not be awaited;
        outside a transaction, awaiting it waits for the callback.
        """
        transaction = self._running()
        if transaction is not None:
            transaction.after_commit(callback)
            done = asyncio.get_running_loop().create_future()
            done.set_result(None)
            return done
        task = asyncio.ensure_future(run_callbacks((callback,)))
        self._callbacks.add(task)
        task.add_done_callback(self._callbacks.discard)
        return task

    @property
    def in_transaction(self) -> bool:
        """Whether this task is inside a transaction of this database."""
        return self._running() is not None

    def _running(self) -> Transaction | None:
        running: Transaction | None = self.engine.current_transaction.get()
        return running

    async def execute(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """The rows of one statement in this engine's own SQL: `?` stands for a value on SQLite, `$1` on PostgreSQL."""
        return [dict(row) for row in await self.engine.run(sql, values)]

    async def ping(self) -> float:
        """The seconds that the database takes to answer.

        :raises Unavailable: it does not.
        """
        start = time.perf_counter()
        if isinstance(self.engine, SQLite):
            self.engine.require_file()
        await self.engine.run("SELECT 1", ())
        return time.perf_counter() - start

    def reader_node(self) -> str | None:
        """The `node` of a list query, `select.run(node=database.reader_node())`: a replica's name, each in turn.

        None, which means the database itself, inside a transaction (what it wrote must be seen), without replicas and
        while none of them answers.
        """
        nodes = [name for name, replica in self._replicas().items() if not replica.rests]
        if not nodes or self.in_transaction:
            return None
        return nodes[next(self._turns) % len(nodes)]

    def _replicas(self) -> dict[str, Replica]:
        nodes = self.engine.extra_nodes if isinstance(self.engine, Postgres) else {}
        return {name: node for name, node in nodes.items() if isinstance(node, Replica)}


def connect(
    url: str,
    *,
    pool_size: int = 10,
    pool_wait: float = 2.0,
    statement_timeout: float = 5.0,
    replicas: Sequence[str] = (),
    prepared: bool = True,
) -> Database:
    """A database, not opened yet: `sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql://…`.

    `pool_size` is the number of PostgreSQL's connections or of SQLite's readers beside its one writer. `pool_wait` is
    how long a request waits for one, `statement_timeout` how long one statement may take, both in seconds. `replicas`
    are PostgreSQL addresses. `prepared` lets its connections keep prepared statements.

    :raises Invalid: an address that cannot be used; no password is quoted.
    """
    address = parse(url)
    if address.dialect == "sqlite":
        if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
            raise Unavailable(f"Python has SQLite {sqlite3.sqlite_version} here; at least 3.35 is needed. Update it.")
        if replicas:
            raise Invalid.at("replicas", "SQLite has no replicas", "remove them, or use a postgresql: address")
        return Database(
            address,
            SQLite(address.target, readers=pool_size, pool_wait=pool_wait, statement_timeout=statement_timeout),
        )
    copies = {
        f"replica_{number}": Replica(
            parse(replica).target,
            pool_size=pool_size,
            pool_wait=pool_wait,
            statement_timeout=statement_timeout,
            prepared=prepared,
        )
        for number, replica in enumerate(replicas, start=1)
    }
    primary = Postgres(
        address.target,
        pool_size=pool_size,
        pool_wait=pool_wait,
        statement_timeout=statement_timeout,
        replicas=copies,
        prepared=prepared,
    )
    for copy in copies.values():
        copy.primary = primary
    return Database(address, primary)


def current() -> Database:
    """The database in use: the one chosen by `using`, else the one that was opened last.

    :raises Unavailable: none is open.
    """
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    if not _open:
        raise Unavailable("No database is open; call `await connect(url).open()` first.")
    return _open[-1]


def using(database: Database) -> Within[Database]:
    """Let `current()` be this database within the block, for this task and those that it starts."""
    return Within(_chosen, database)
