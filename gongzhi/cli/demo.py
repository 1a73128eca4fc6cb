"""`gongzhi demo`: one command from nothing to an API full of data."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

import click
import msgspec

from gongzhi import demo as scenario
from gongzhi.cli import listening
from gongzhi.cli.session import DEMO_DATABASE, connection, exists, run, say
from gongzhi.cli.welcome import welcome
from gongzhi.core.actors import tables as actors
from gongzhi.core.db import Database
from gongzhi.core.db.address import parse
from gongzhi.core.errors import Conflict
from gongzhi.core.host import prepare_tables
from gongzhi.core.migrations import core_apps
from gongzhi.core.settings import Settings
from gongzhi.core.signin import issue_token
from gongzhi.core.territory.tables import Territory
from gongzhi.installation import host_of

Contents = Literal["nothing", "the demo", "other data"]
TOKEN_LIFETIME = timedelta(days=1)
_TRIGGER_FUNCTIONS = """
SELECT DISTINCT t.tgfoid::regprocedure::text AS function FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relname = ANY($1) AND NOT t.tgisinternal
"""


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: the system chooses.")
@click.option("--database", metavar="URL", help=f"By default GONGZHI_DATABASE, else {DEMO_DATABASE}.")
@click.option("--reset", is_flag=True, help="Drop the demo's data first. A database with other data is refused.")
def demo(port: int, database: str | None, reset: bool) -> None:
    """Serve the demo data: the fastest way to look around.

    The first start migrates the database and fills it with the reference lists and the Futian scenario of 2015; later
    starts keep what is there. People and records are invented and marked so.
    """
    settings = settings_of(port, database)
    settings.require_safe()
    listener = listening.bind(settings.host, settings.port)
    try:
        prepare(settings, reset=reset)
        tokens = {account.code: issue_token(settings, account.code, TOKEN_LIFETIME) for account in accounts()}
        click.echo(welcome(listening.address(listener), accounts(), tokens))
        listening.serve_until_stopped(settings, listener)
    finally:
        listener.close()


def accounts() -> tuple[scenario.DemoAccount, ...]:
    """Who can sign in to the demo."""
    return scenario.DEMO_ACCOUNTS


def settings_of(port: int, database: str | None) -> Settings:
    """The settings in force, changed as the demo needs them: open schema, local tokens, one process."""
    settings = Settings.load()
    configured = settings.database if "database" in settings.sources else DEMO_DATABASE
    return msgspec.structs.replace(
        settings,
        database=database or configured,
        port=port,
        workers=1,
        demo=True,
        introspection="on",
        issuer=None,
        jwks_url=None,
    )


def prepare(settings: Settings, *, reset: bool) -> None:
    """Bring the database to where it can be served: migrated, with the demo in it.

    :raises Conflict: it holds other data, which neither `reset` nor the demo's records shall touch.
    """
    address = parse(settings.database)
    if address.dialect == "sqlite":
        Path(address.target).parent.mkdir(parents=True, exist_ok=True)
    say(f"Database {address.shown}")
    if reset and exists(settings.database):
        run(drop(settings))
        if address.dialect == "sqlite":
            for suffix in ("", "-wal", "-shm"):
                Path(address.target + suffix).unlink(missing_ok=True)
        say("  the demo's data were dropped")
    run(fill(settings))


async def drop(settings: Settings) -> None:
    """Check that nothing but the demo is there; on PostgreSQL, drop its tables and the plugins'.

    :raises Conflict: the database holds other data.
    """
    apps = host_of(settings).apps()
    async with connection(settings) as database:
        database.bind(table for app in apps for table in app.tables)
        await refuse_other_data(database)
        if database.dialect == "postgresql":
            await _drop_tables(database, [table._meta.tablename for app in apps for table in app.tables])


async def _drop_tables(database: Database, names: list[str]) -> None:
    functions = await database.execute(_TRIGGER_FUNCTIONS, names)
    async with database.transaction():
        for name in [*names, "migration"]:
            await database.execute(f'DROP TABLE IF EXISTS "{name}" CASCADE')
        for row in functions:
            await database.execute(f"DROP FUNCTION {row['function']}")


async def fill(settings: Settings) -> None:
    """Migrate the database, and load the demo unless it is there."""
    apps = core_apps()
    async with connection(settings) as database:
        database.bind(table for app in apps for table in app.tables)
        await refuse_other_data(database)
        host = host_of(settings)
        applied = await prepare_tables(database, host, migrating=True)
        if applied:
            say(f"  {len(applied)} migrations applied")
        if not await scenario.loaded(database):
            await scenario.load(database, told)
        for wrong in await scenario.load_modules(database, host, told):
            say(f"  without the demo of {wrong}")


def told(what: str, count: int) -> None:
    """What was loaded, a line each."""
    say(f"  {count:>6} {what}")


async def refuse_other_data(database: Database) -> None:
    """:raises Conflict: there is something in the database, and it is not the demo."""
    if await contents(database) == "other data":
        raise Conflict(f"{database.address.shown} holds other data than the demo's; name another with --database")


async def contents(database: Database) -> Contents:
    """What a database holds, whose tables may be missing."""
    if not await Territory.table_exists():
        return "nothing"
    if await scenario.loaded(database):
        return "the demo"
    for table in (Territory, actors.Organization, actors.Account):
        if await table.exists():
            return "other data"
    return "nothing"
