"""`gongzhi audit export`: the sealed log for those who have no database."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import BinaryIO

import click

from gongzhi.cli.client import database_option
from gongzhi.cli.session import opened, run, settings_for
from gongzhi.core import clock
from gongzhi.core.audit.export import Period, exported

MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]


@click.command()
@click.option("--since", type=click.DateTime(MOMENTS), help="Sealed from then on, in Chinese time unless it says.")
@click.option("--until", type=click.DateTime(MOMENTS), help="Sealed before then.")
@click.option("--without-personal", is_flag=True, help="Leave out who, from where, and the salts of digests.")
@click.option("-o", "--output", type=click.File("wb"), default="-", help="The file; by default standard output.")
@database_option
def export(
    since: datetime | None, until: datetime | None, without_personal: bool, output: BinaryIO, database: str | None
) -> None:
    """Write the sealed log as JSON Lines.

    `gongzhi audit verify FILE` checks it without a database. The file holds what can be erased from the database
    afterwards, unless it is left out here: keep it as confidential as that.
    """
    period = Period(aware(since), aware(until))

    async def work() -> None:
        async with opened(settings_for(database)):
            lines: AsyncIterator[bytes] = exported(period, personal=not without_personal)
            async for line in lines:
                output.write(line)

    run(work())


def aware(moment: datetime | None) -> datetime | None:
    """A moment that was given, in UTC; one without a zone is in Chinese time."""
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=clock.CHINA)).astimezone(UTC)
