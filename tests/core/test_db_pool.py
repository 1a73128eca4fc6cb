"""PostgreSQL's connections: never more than allowed, each with one task, none lost whatever happens to its task."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from gongzhi.core.db import Database, connect, pool
from gongzhi.core.errors import Limited, Unavailable

SIZE = 2


@pytest.fixture
async def database(postgresql_url: str) -> AsyncIterator[Database]:
    async with connect(postgresql_url, pool_size=SIZE, pool_wait=0.5, statement_timeout=1) as opened:
        yield opened


def kept(database: Database) -> tuple[int, int]:
    """How many connections there are, and how many are idle."""
    return database.engine.pool.get_size(), database.engine.pool.get_idle_size()


async def pid(database: Database) -> int:
    (row,) = await database.execute("SELECT pg_backend_pid() AS pid")
    return int(row["pid"])


async def test_connections_are_made_when_they_are_needed_and_the_last_one_is_used_first(database: Database) -> None:
    assert kept(database) == (1, 1)
    assert len({await pid(database) for _ in range(5)}) == 1
    await asyncio.gather(*(database.execute("SELECT pg_sleep(0.02)") for _ in range(10)))
    assert kept(database) == (SIZE, SIZE)
    assert len({await pid(database) for _ in range(5)}) == 1


async def test_who_waits_too_long_is_told_and_takes_nothing_along(database: Database) -> None:
    busy = [asyncio.create_task(database.execute("SELECT pg_sleep(0.8)")) for _ in range(SIZE)]
    await asyncio.sleep(0.05)
    with pytest.raises(Unavailable, match=r"within 0\.5 s"):
        await database.execute("SELECT 1")
    await asyncio.gather(*busy)
    assert kept(database) == (SIZE, SIZE)


async def test_cancelled_tasks_leave_their_connections_usable(database: Database) -> None:
    for moment in (0, 0.001, 0.01, 0.05):
        tasks = [asyncio.create_task(database.execute("SELECT pg_sleep(0.3)")) for _ in range(3 * SIZE)]
        await asyncio.sleep(moment)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        answers = await asyncio.gather(*(database.execute(f"SELECT {n} AS n") for n in range(20)))
        assert [rows[0]["n"] for rows in answers] == list(range(20))
    size, idle = kept(database)
    assert size == idle <= SIZE


async def test_a_statement_that_takes_too_long_leaves_its_connection_usable(database: Database) -> None:
    with pytest.raises(Limited):
        await database.execute("SELECT pg_sleep(3)")
    assert await database.execute("SELECT 1 AS n") == [{"n": 1}]
    assert kept(database) == (1, 1)


async def test_one_that_waits_takes_the_place_of_a_connection_that_broke(database: Database) -> None:
    async def breaks() -> None:
        async with database.transaction():
            await database.execute("SELECT 1")
            await asyncio.sleep(0.1)
            await database.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    breaking = [asyncio.create_task(breaks()) for _ in range(SIZE)]
    await asyncio.sleep(0.05)
    waiting = [asyncio.create_task(pid(database)) for _ in range(2 * SIZE)]
    failed = await asyncio.gather(*breaking, return_exceptions=True)
    assert [type(each) for each in failed] == [Unavailable] * SIZE
    assert all(await asyncio.gather(*waiting))
    size, idle = kept(database)
    assert size == idle <= SIZE


async def test_a_connection_that_nobody_used_for_long_is_replaced(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await pid(database)
    monkeypatch.setattr(pool, "IDLE_SECONDS", 0.0)
    assert await pid(database) != before
    assert kept(database) == (1, 1)


async def test_closing_waits_for_what_runs_and_lends_nothing_more(database: Database) -> None:
    running = asyncio.create_task(database.execute("SELECT 1 AS n FROM pg_sleep(0.2)"))
    await asyncio.sleep(0.05)
    closing = asyncio.create_task(database.engine.close())
    await asyncio.sleep(0.05)
    with pytest.raises(Unavailable):
        await database.execute("SELECT 1")
    assert not closing.done()
    assert await running == [{"n": 1}]
    await closing


async def test_without_prepared_statements_none_is_kept(postgresql_url: str) -> None:
    counted = "SELECT count(*) AS n FROM pg_prepared_statements"
    for prepared in (True, False):
        async with connect(postgresql_url, pool_size=1, prepared=prepared) as opened:
            await opened.execute("SELECT 1")
            (row,) = await opened.execute(counted)
            assert (row["n"] > 1) is prepared


async def test_a_server_that_refuses_leaves_room_for_the_next_attempt() -> None:
    attempts = 0

    async def refuse() -> asyncpg.Connection:
        nonlocal attempts
        attempts += 1
        raise ConnectionRefusedError

    connections = pool.Connections(refuse, 1)
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            await connections.acquire()
    assert (attempts, connections.get_size()) == (3, 0)
    await connections.close()
