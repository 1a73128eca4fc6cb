"""`gongzhi audit prune`: the only way in which lines of the log go."""

from datetime import timedelta

import click

from gongzhi.cli.client import database_option
from gongzhi.cli.session import run, say, settings_for
from gongzhi.cli.workplace import working
from gongzhi.core.audit.retention import Pruned
from gongzhi.core.audit.retention import prune as remove
from gongzhi.core.permissions import SYSTEM


@click.command()
@click.confirmation_option("--yes", prompt="Lines that are pruned are gone. Have you exported them, and go on?")
@database_option
def prune(database: str | None) -> None:
    """Remove sealed lines that are old enough.

    Older than the setting audit_keep_days, from the beginning of the chain on; what is left can still be verified.
    Export them first. Stopped half-way, it goes on when it is run again.
    """
    settings = settings_for(database)

    async def work() -> Pruned | None:
        async with working(settings) as (opened, _):
            return await remove(SYSTEM, opened, timedelta(days=settings.audit_keep_days))

    pruned = run(work())
    if pruned is None:
        say(f"Nothing is older than {settings.audit_keep_days} days.")
    else:
        say(f"{pruned.lines} lines are gone; the chain begins after {pruned.until}.")
