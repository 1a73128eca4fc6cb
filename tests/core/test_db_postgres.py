"""PostgreSQL's own traps, and Piccolo's."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from gongzhi.core.db import Database, connect, is_retryable
from gongzhi.core.db.failures import coded, translated
from gongzhi.core.errors import Conflict, GongzhiError, Limited, Unavailable
from tests.core.tally import Tally, add, make, names, value

POOL_SIZE = 2


@pytest.fixture
async def database(postgresql_url: str) -> AsyncIterator[Database]:
    async with connect(postgresql_url, pool_size=POOL_SIZE, pool_wait=1) as opened:
        yield opened


class Wire:
    """The network between us and the server, which a test can cut."""

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self.port = 0

    @property
    def url(self) -> str:
        user = f"{self._target.username}@" if self._target.username else ""
        return urlunsplit(self._target._replace(netloc=f"{user}127.0.0.1:{self.port}"))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._target.hostname, self._target.port or 5432)
        self._writers += [writer, back]
        await asyncio.gather(self._pass(reader, back), self._pass(there, writer))

    async def connect(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()
        await asyncio.sleep(0.05)


@asynccontextmanager
async def wired(url: str) -> AsyncIterator[Wire]:
    wire = Wire(url)
    await wire.connect()
    try:
        yield wire
    finally:
        await wire.cut()


async def terminate(database: Database, which: str) -> None:
    """Let the server end connections to this database."""
    killer = await asyncpg.connect(database.address.target)
    await killer.execute(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND {which}"
    )
    await killer.close()


async def test_failing_commits_neither_leak_connections_nor_leave_the_transaction_open(database: Database) -> None:
    await database.execute("CREATE TABLE once (n INTEGER UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    await database.execute("INSERT INTO once VALUES (1)")
    for _ in range(POOL_SIZE + 1):
        with pytest.raises(Conflict) as caught:
            async with database.transaction():
                await database.execute("INSERT INTO once VALUES (1)")
        assert caught.value.details == {"kind": "unique", "constraint": "once_n_key"}
        assert not database.in_transaction
    start = time.perf_counter()
    assert await database.execute("SELECT n FROM once") == [{"n": 1}]
    assert time.perf_counter() - start < 1
    assert database.engine.pool.get_idle_size() == database.engine.pool.get_size()


async def test_a_row_that_changed_meanwhile_is_a_retryable_conflict(database: Database) -> None:
    await make(database, "a")
    read, changed = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with database.transaction():
            seen = await value()
            read.set()
            await changed.wait()
            await Tally.update({Tally.value: seen + 1}).where(Tally.name == "a")

    task = asyncio.create_task(slow())
    await read.wait()
    await Tally.update({Tally.value: 10}).where(Tally.name == "a")
    changed.set()
    with pytest.raises(Conflict) as caught:
        await task
    assert is_retryable(caught.value)
    assert await value() == 10


async def test_read_committed_lets_counters_wait_for_each_other(database: Database) -> None:
    await make(database, "a")

    async def count() -> None:
        async with database.transaction(isolation="read committed"):
            await Tally.update({Tally.value: Tally.value + 1}).where(Tally.name == "a")

    database.engine.pool_wait = 30
    await asyncio.gather(*(count() for _ in range(50)))
    assert await value() == 50


async def test_a_deadlock_is_a_retryable_conflict_and_a_retry_resolves_it(database: Database) -> None:
    await make(database, "a", "b")

    async def change(first: str, second: str) -> None:
        await Tally.update({Tally.value: Tally.value + 1}).where(Tally.name == first)
        await asyncio.sleep(0.1)
        await Tally.update({Tally.value: Tally.value + 1}).where(Tally.name == second)

    await asyncio.gather(
        database.run_in_transaction(lambda: change("a", "b"), isolation="read committed"),
        database.run_in_transaction(lambda: change("b", "a"), isolation="read committed"),
    )
    assert (await value("a"), await value("b")) == (2, 2)


async def test_a_terminated_connection_is_unavailable_at_once_and_heals(database: Database) -> None:
    await make(database)
    start = time.perf_counter()

    async def write() -> None:
        async with database.transaction():
            await add("a")
            (row,) = await database.execute("SELECT pg_backend_pid() AS pid")
            await terminate(database, f"pid = {row['pid']}")
            await add("b")

    for _ in range(POOL_SIZE + 1):
        with pytest.raises(Unavailable):
            await write()
    assert await names() == []
    assert not database.in_transaction
    assert time.perf_counter() - start < 2


def test_a_connection_that_ends_amid_a_statement_is_unavailable() -> None:
    with pytest.raises(Unavailable), translated(5):
        raise asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress")


async def test_idle_connections_that_were_terminated_are_replaced(database: Database) -> None:
    await asyncio.gather(*(database.execute("SELECT pg_sleep(0.05)") for _ in range(POOL_SIZE)))
    await terminate(database, "application_name = 'gongzhi'")
    await asyncio.sleep(0.05)
    for _ in range(POOL_SIZE + 1):
        assert await database.execute("SELECT 1 AS answer") == [{"answer": 1}]


async def test_a_server_that_is_gone_is_unavailable_at_once_and_heals(postgresql_url: str) -> None:
    async with wired(postgresql_url) as wire, connect(wire.url, pool_size=POOL_SIZE) as database:
        await make(database)
        await wire.cut()
        for _ in range(POOL_SIZE + 2):
            start = time.perf_counter()
            with pytest.raises(Unavailable):
                await names()
            with pytest.raises(Unavailable):
                async with database.transaction():
                    await add("a")
            assert time.perf_counter() - start < 0.5
        await wire.connect()
        await add("b")
        assert await names() == ["b"]


async def test_a_connection_lost_inside_a_transaction_leaves_nothing(postgresql_url: str) -> None:
    async with wired(postgresql_url) as wire, connect(wire.url, pool_size=POOL_SIZE) as database:
        await make(database)

        async def write() -> None:
            async with database.transaction():
                await add("a")
                await wire.cut()

        with pytest.raises(Unavailable):
            await write()
        await wire.connect()
        assert await names() == []


async def test_no_server_at_all_is_unavailable_when_it_is_opened() -> None:
    with pytest.raises(Unavailable) as caught:
        await connect("postgresql://ann:s3cret@127.0.0.1:1/g").open()
    assert "s3cret" not in caught.value.message


async def test_a_database_that_is_missing_is_named_as_the_cause(postgresql_url: str) -> None:
    missing = urlunsplit(urlsplit(postgresql_url)._replace(path="/gongzhi_no_such_database"))
    with pytest.raises(Unavailable, match="create it"):
        await connect(missing).open()


async def test_list_queries_go_to_the_replicas_in_turn_and_never_inside_a_transaction(postgresql_url: str) -> None:
    async with connect(postgresql_url, replicas=[postgresql_url, postgresql_url]) as database:
        await make(database, "a")
        nodes = {database.reader_node() for _ in range(4)}
        assert nodes == {"replica_1", "replica_2"}
        assert await Tally.count().run(node=database.reader_node()) == 1
        async with database.transaction():
            assert database.reader_node() is None


async def test_while_a_replica_is_gone_the_database_itself_answers(postgresql_url: str) -> None:
    async with connect(postgresql_url, replicas=["postgresql://127.0.0.1:1/g"]) as database:
        await make(database, "a")
        node = database.reader_node()
        assert node == "replica_1"
        assert await Tally.count().run(node=node) == 1
        assert database.reader_node() is None


async def test_making_an_engine_connects_to_nothing() -> None:
    start = time.perf_counter()
    connect("postgresql://10.255.255.1/g")
    assert time.perf_counter() - start < 0.1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (asyncpg.DiskFullError("secret"), Unavailable),
        (asyncpg.TooManyConnectionsError("secret"), Unavailable),
        (asyncpg.CannotConnectNowError("secret"), Unavailable),
        (asyncpg.ReadOnlySQLTransactionError("secret"), Unavailable),
        (asyncpg.InvalidPasswordError("secret"), Unavailable),
        (asyncpg.ConnectionDoesNotExistError("secret"), Unavailable),
        (asyncpg.InterfaceError("secret"), Unavailable),
        (ConnectionRefusedError("secret"), Unavailable),
        (TimeoutError("secret"), Unavailable),
        (asyncpg.QueryCanceledError("secret"), Limited),
        (asyncpg.SerializationError("secret"), Conflict),
        (asyncpg.ExclusionViolationError("secret"), Conflict),
        (asyncpg.RaiseError("secret"), Conflict),
    ],
    ids=lambda item: type(item).__name__ if isinstance(item, Exception) else None,
)
def test_each_failure_has_a_code_and_hides_the_text_of_the_driver(error: Exception, code: type[GongzhiError]) -> None:
    found = coded(error, 5)
    assert type(found) is code
    assert "secret" not in str(found.extensions()) + found.message
