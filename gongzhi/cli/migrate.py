"""`gongzhi migrate`: tables as the code expects them."""

import click

from gongzhi.cli.session import connection, exists, run
from gongzhi.core.errors import Unavailable
from gongzhi.core.host import prepare_tables
from gongzhi.core.migrations import pending, unknown
from gongzhi.core.settings import Settings
from gongzhi.installation import host_of


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 if migrations are missing or too new.")
def migrate(check: bool) -> None:
    """Bring the database's tables up to date.

    Prints what it applied, one `app/migration` a line. Repeating it, also after it was killed, does no harm.
    """
    settings = Settings.load()
    run(_check(settings) if check else _apply(settings))


async def _apply(settings: Settings) -> None:
    host = host_of(settings)
    async with connection(settings) as database:
        applied = await prepare_tables(database, host, migrating=True)
    for step in applied:
        click.echo(step)
    click.echo(f"{len(applied)} migrations applied to {database.address.shown}.", err=True)
    if host.failures:
        reasons = "; ".join(f"{failure.id}: {failure.reason}" for failure in host.failures)
        raise Unavailable(f"These plugins cannot be used: {reasons}. Correct or disable them, then migrate again.")


async def _check(settings: Settings) -> None:
    missing, newer = await _state(settings)
    for step in missing:
        click.echo(f"missing: {step}")
    for step in newer:
        click.echo(f"applied by a newer version: {step}")
    if missing:
        raise Unavailable(f"The database lacks {len(missing)} migrations; run `gongzhi migrate`.")
    if newer:
        raise Unavailable(f"A newer version applied {len(newer)} migrations; install it, or restore a backup.")
    click.echo("The tables are up to date.", err=True)


async def _state(settings: Settings) -> tuple[list[str], list[str]]:
    """What is missing and what a newer version applied; a SQLite file that is not there is not created."""
    apps = host_of(settings).apps()
    if not exists(settings.database):
        raise Unavailable(f"There is no database {connection(settings).address.shown}; run `gongzhi migrate`.")
    async with connection(settings) as database:
        return await pending(database, apps), await unknown(database, apps)
