"""What a command that works on the database needs: the settings, an event loop and the open database."""

import sys
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import uvloop

from gongzhi.core.db import Database, connect
from gongzhi.core.db.address import parse
from gongzhi.core.errors import Unavailable
from gongzhi.core.migrations import App, core_apps, require_current
from gongzhi.core.settings import Settings

T = TypeVar("T")

DEMO_DATABASE = "sqlite:///.gongzhi/demo.sqlite"


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work` in an event loop of its own."""
    return uvloop.run(work)


def settings_for(database: str | None = None) -> Settings:
    """The settings in force, with the database that a command was given.

    Without one, and with none configured, it is the demo's if that is the only one in the working directory, so that
    `gongzhi token issue` works beside a running `gongzhi demo` without any setting.
    """
    settings = Settings.load()
    if database is not None:
        return msgspec.structs.replace(settings, database=database)
    if "database" not in settings.sources and not exists(settings.database) and exists(DEMO_DATABASE):
        return msgspec.structs.replace(settings, database=DEMO_DATABASE)
    return settings


def exists(url: str) -> bool:
    """Whether there is a file for a SQLite address; any other database is taken to exist."""
    address = parse(url)
    return address.dialect != "sqlite" or Path(address.target).exists()


def connection(settings: Settings) -> Database:
    """The database of the settings, not open yet."""
    return connect(
        settings.database,
        pool_size=settings.pool_size,
        pool_wait=settings.pool_wait_seconds,
        statement_timeout=settings.statement_timeout_seconds,
    )


@asynccontextmanager
async def opened(settings: Settings, apps: Sequence[App] | None = None) -> AsyncIterator[Database]:
    """The database of the settings, open, up to date, and bound to the tables of these apps (the core's if None).

    :raises Unavailable: there is none, or its tables are not those that the code expects.
    """
    if not exists(settings.database):
        raise Unavailable(f"There is no database {parse(settings.database).shown}; run `gongzhi migrate` first.")
    async with connection(settings) as database:
        apps = core_apps() if apps is None else apps
        database.bind(table for app in apps for table in app.tables)
        await require_current(database, apps)
        yield database


def say(text: str) -> None:
    """Tell the person at the terminal something that is not the command's output."""
    print(text, file=sys.stderr, flush=True)
