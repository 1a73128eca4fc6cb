"""Databases for tests: made once in a worker, emptied or copied for each test, dropped at the end."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from gongzhi.core.db import Database, connect
from gongzhi.core.migrations import core_apps, migrate

SERVER = os.environ.get("GONGZHI_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
"""Any database of a server on which this user may create databases and switch triggers off."""
MISSING = f"no PostgreSQL answers at {urlsplit(SERVER).hostname}; set GONGZHI_TEST_POSTGRESQL"

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


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run outside of any event loop that the test runner keeps in this thread."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, work).result()


def url_of(name: str) -> str:
    return urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))


async def _on_server(sql: str, url: str = SERVER) -> None:
    connection = await asyncpg.connect(url, timeout=5)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def server_answers() -> bool:
    try:
        run(_on_server("SELECT 1"))
    except OSError:
        return False
    return True


async def migrated(url: str) -> None:
    async with connect(url) as database:
        await migrate(database, core_apps())


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
    """The database, open and bound to the core's tables."""
    async with connect(url, pool_size=4) as database:
        database.bind(table for app in core_apps() for table in app.tables)
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
