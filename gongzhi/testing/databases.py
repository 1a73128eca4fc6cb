"""Databases for tests: made once in a worker, emptied or copied for each test, dropped at the end."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from gongzhi import __version__
from gongzhi.core.db import Database, connect
from gongzhi.core.host import Host
from gongzhi.core.migrations import App, migrate
from gongzhi.installation import builtin
from gongzhi.testing.copies import Copy
from gongzhi.testing.plugin import NO_SERVER

SERVER = os.environ.get("GONGZHI_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
"""Any database of a server on which this user may create databases and switch triggers off."""
MISSING = f"{NO_SERVER} {urlsplit(SERVER).hostname}; set GONGZHI_TEST_POSTGRESQL"

# One statement that empties every table but the record of migrations. Replica mode: an append-only table lets itself be
# emptied, and foreign keys need no order.
_EMPTY = """
SET session_replication_role = replica;
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migration'
  LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
END $$;
"""
T = TypeVar("T")
_copies: dict[tuple[str, str], list[Copy]] = {}


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run outside of any event loop that the test runner keeps in this thread."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, work).result()


def worker_of(config: pytest.Config) -> str:
    """The name of this process among those that run tests side by side."""
    workerinput = getattr(config, "workerinput", {"workerid": "main"})
    return str(workerinput["workerid"])


def url_of(name: str) -> str:
    """The address of a database of the test server."""
    return urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))


async def _on_server(sql: str, url: str = SERVER) -> None:
    connection = await asyncpg.connect(url, timeout=5)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def server_answers() -> bool:
    """Whether there is a test server."""
    try:
        run(_on_server("SELECT 1"))
    except OSError:
        return False
    return True


@cache
def apps() -> Sequence[App]:
    """The tables of the core and of the built-in modules."""
    return Host(builtin(), __version__).apps()


async def migrated(url: str) -> None:
    """Bring a database up to date with the core and the built-in modules."""
    async with connect(url) as database:
        await migrate(database, apps())


@contextmanager
def postgresql(worker: str, *, migrate_it: bool) -> Iterator[str]:
    """The URL of a new PostgreSQL database, dropped afterwards."""
    if not server_answers():
        if "CI" in os.environ:
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    name = f"gongzhi_test_{worker}_{os.getpid()}{'' if migrate_it else '_empty'}"
    run(_on_server(f'CREATE DATABASE "{name}"'))
    try:
        if migrate_it:
            run(migrated(url_of(name)))
        yield url_of(name)
    finally:
        run(_on_server(f'DROP DATABASE "{name}" WITH (FORCE)'))


async def wipe(url: str) -> None:
    """Drop every table."""
    await _on_server("DROP SCHEMA public CASCADE; CREATE SCHEMA public;", url)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """The database, open and bound to the tables of the core and of the built-in modules."""
    async with connect(url, pool_size=4) as database:
        database.bind(table for app in apps() for table in app.tables)
        yield database


@asynccontextmanager
async def emptied(url: str) -> AsyncIterator[Database]:
    """A migrated PostgreSQL database without rows."""
    await _on_server(_EMPTY, url)
    async with opened(url) as database:
        yield database


@asynccontextmanager
async def copied(template: Path, to: Path) -> AsyncIterator[Database]:
    """A copy of a SQLite file."""
    shutil.copyfile(template, to)
    async with opened(f"sqlite:///{to}") as database:
        yield database


@contextmanager
def duplicate(url: str, name: str, folder: Path) -> Iterator[str]:
    """The URL of a database of one test's own that begins as a copy of `url`, to which nobody may be connected."""
    if url.startswith("sqlite"):
        shutil.copyfile(url.removeprefix("sqlite:///"), folder / "own.db")
        yield f"sqlite:///{folder / 'own.db'}"
        return
    copy = _free_copy(name, urlsplit(url).path.removeprefix("/"))
    run(_ready(copy))
    copy.busy = True
    try:
        yield url_of(copy.name)
    finally:
        copy.busy = False


def _free_copy(name: str, template: str) -> Copy:
    """A copy of this template that no test uses now; it may have to be made yet."""
    known = _copies.setdefault((name, template), [])
    for copy in known:
        if not copy.busy:
            return copy
    known.append(Copy(f"gongzhi_test_{name}_{os.getpid()}_own_{sum(map(len, _copies.values()))}", template))
    return known[-1]


async def _ready(copy: Copy) -> None:
    url = url_of(copy.name)
    if not (copy.made and await copy.put_back(url)):
        await copy.make(SERVER, url)


def drop_copies() -> None:
    """Drop every copy, at the end of the tests of this process."""
    for copy in (copy for known in _copies.values() for copy in known if copy.made):
        run(copy.drop(SERVER))
    _copies.clear()
