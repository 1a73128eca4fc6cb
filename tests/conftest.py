"""Fixtures for every test: each test that asks for a database runs on both engines."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gongzhi.core.db import Database
from gongzhi.testing import databases
from tests import demos


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> str:
    """The name of this process among those that run tests side by side."""
    return databases.worker_of(request.config)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    databases.run(databases.migrated(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(worker: str) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database of this worker."""
    with databases.postgresql(worker, migrate_it=True) as url:
        yield url


@pytest.fixture(scope="session")
def empty_postgresql(worker: str) -> Iterator[str]:
    """The URL of a PostgreSQL database of this worker whose tables each test makes for itself."""
    with databases.postgresql(worker, migrate_it=False) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An open database with the core's tables, bound to them, without rows; once on each engine."""
    if request.param == "sqlite":
        template = request.getfixturevalue("migrated_file")
        async with databases.copied(template, tmp_path / "gongzhi.db") as opened:
            yield opened
    else:
        async with databases.emptied(request.getfixturevalue("migrated_postgresql")) as opened:
            yield opened


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture
def postgresql_url(empty_postgresql: str) -> str:
    """The address of a PostgreSQL database without tables."""
    databases.run(databases.wipe(empty_postgresql))
    return empty_postgresql


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """The address of a database without tables; once on each engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def empty_database(empty_url: str) -> AsyncIterator[Database]:
    """An open database without tables; once on each engine."""
    async with databases.opened(empty_url) as opened:
        yield opened


@pytest.fixture(scope="session")
def demo_sqlite(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a SQLite database with the demo data: to be read, not changed."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    return databases.run(demos.filled(f"sqlite:///{path}"))


@pytest.fixture(scope="session")
def demo_postgresql(worker: str) -> Iterator[str]:
    """The address of a PostgreSQL database with the demo data: to be read, not changed."""
    with databases.postgresql(f"{worker}_demo", migrate_it=False) as url:
        yield databases.run(demos.filled(url))


@pytest.fixture(params=["sqlite", "postgresql"])
def demo_url(request: pytest.FixtureRequest) -> str:
    """The address of a database with the demo data, to be read and not changed; once on each engine."""
    url: str = request.getfixturevalue(f"demo_{request.param}")
    return url


@pytest.fixture
def own_demo_url(demo_url: str, worker: str, tmp_path: Path) -> Iterator[str]:
    """The address of a database with the demo data that this test may change; once on each engine."""
    with databases.duplicate(demo_url, worker, tmp_path) as url:
        yield url
