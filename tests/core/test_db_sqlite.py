"""SQLite's own traps."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from gongzhi.core.db import Database, connect, is_retryable
from gongzhi.core.errors import Conflict, Unavailable
from tests.core.tally import Tally, add, make, names


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    async with connect(sqlite_url, pool_size=2, pool_wait=0.5) as opened:
        yield opened


async def test_the_file_is_opened_safely(database: Database) -> None:
    await make(database)
    async with database.transaction():
        pragmas = {
            name: next(iter((await database.execute(f"PRAGMA {name}"))[0].values()))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 500}


async def test_connections_and_threads_are_kept_and_no_query_opens_one(database: Database) -> None:
    await make(database)
    before = threading.active_count()
    for number in range(10):
        await add(f"n{number}")
        await names()
    await asyncio.gather(*(names() for _ in range(20)))
    assert threading.active_count() == before


async def test_a_reader_refuses_to_write(database: Database) -> None:
    await make(database)
    reader = await database.engine._free_reader()
    with pytest.raises(Unavailable):
        await reader.fetch("INSERT INTO tally (id, name, value) VALUES ('1', 'a', 1)", (), 1)
    database.engine._readers.put_nowait(reader)
    assert await names() == []


async def test_a_commit_that_fails_rolls_back_and_the_writer_goes_on(database: Database) -> None:
    await database.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
    await database.execute("CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)")
    for _ in range(6):
        with pytest.raises(Conflict) as caught:
            async with database.transaction():
                await database.execute("INSERT INTO child VALUES (1)")
        assert caught.value.details == {"kind": "foreign_key"}
        assert not database.in_transaction
    async with database.transaction():
        await database.execute("INSERT INTO parent VALUES (1)")
        await database.execute("INSERT INTO child VALUES (1)")
    assert await database.execute("SELECT parent FROM child") == [{"parent": 1}]


async def test_a_full_disk_is_unavailable_and_loses_nothing_else(database: Database) -> None:
    await make(database, "a")
    (pages,) = await database.execute("PRAGMA page_count")
    async with database.transaction():
        await database.execute(f"PRAGMA max_page_count = {pages['page_count'] + 2}")

    async def fill() -> None:
        async with database.transaction():
            await add("b")
            await Tally.insert(*(Tally(name="x" * 200 + str(number)) for number in range(100)))

    with pytest.raises(Unavailable, match="no space"):
        await fill()
    assert await names() == ["a"]
    async with database.transaction():
        await database.execute("PRAGMA max_page_count = 100000")
    await add("c")
    assert await names() == ["a", "c"]


async def test_a_lock_held_by_another_process_is_a_retryable_conflict(database: Database, tmp_path: Path) -> None:
    await make(database)
    with closing(sqlite3.connect(tmp_path / "empty.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert await names() == []
        with pytest.raises(Conflict) as caught:
            async with database.transaction():
                await add("a")
        assert is_retryable(caught.value)
        with pytest.raises(Conflict):
            await add("a")
        other.execute("ROLLBACK")
    await add("b")
    assert await names() == ["b"]


async def test_readers_do_not_wait_for_the_writer(database: Database) -> None:
    await make(database, "a")
    inside, done = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with database.transaction():
            await add("b")
            inside.set()
            await done.wait()

    task = asyncio.create_task(write())
    await inside.wait()
    async with asyncio.timeout(0.4):
        assert await asyncio.gather(*(names() for _ in range(10))) == [["a"]] * 10
    done.set()
    await task


@pytest.mark.parametrize("content", [b"not a database " * 100, None], ids=["another file", "no folder"])
async def test_a_file_that_cannot_be_used_is_unavailable_and_nothing_stays_open(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "other" / "file.db"
    if content is not None:
        path.parent.mkdir()
        path.write_bytes(content)
    before = threading.active_count()
    with pytest.raises(Unavailable, match="file"):
        await connect(f"sqlite:///{path}").open()
    await asyncio.sleep(0.05)
    assert threading.active_count() <= before  # an earlier test's may end meanwhile
    assert content is None or path.read_bytes() == content


async def test_what_is_committed_survives_the_process(sqlite_url: str, tmp_path: Path) -> None:
    async with connect(sqlite_url) as database:
        await make(database, "a")
        for suffix in ("", "-wal"):  # what a process that is killed now leaves behind
            shutil.copyfile(tmp_path / f"empty.db{suffix}", tmp_path / f"copy.db{suffix}")
    async with connect(f"sqlite:///{tmp_path / 'copy.db'}") as database:
        database.bind([Tally])
        assert await names() == ["a"]
