"""`gongzhi account`: what is done with accounts at the command line."""

import click

from gongzhi.cli.client import database_option
from gongzhi.cli.session import run, say, settings_for
from gongzhi.cli.workplace import principal_of, working
from gongzhi.core.actors import accounts, erasure
from gongzhi.core.actors.commands import EraseAccount
from gongzhi.core.actors.records import Account


@click.group()
def account() -> None:
    """Erase people."""


@account.command()
@click.argument("code")
@click.option("--account", "admin", required=True, metavar="ADMIN", help="Who does it: in the audit log.")
@click.confirmation_option("--yes", prompt="Who is erased cannot be brought back. Go on?")
@database_option
def erase(code: str, admin: str, database: str | None) -> None:
    """Remove the data of the person with this CODE for ever.

    Name, birth date, education, sign-in, remarks on posts, and who they were in the audit log, whose chain still holds.
    Their posts end first. The account stays under another code, which is printed, so that records can refer to it.
    """

    async def work() -> Account:
        async with working(settings_for(database)) as (opened, _), opened.transaction():
            principal = await principal_of(admin)
            version = (await accounts.find(code)).version
            return await erasure.erase(principal, EraseAccount(code=code, version=version))

    click.echo(run(work()).code)
    say(f"{code} is erased. Backups and exports that were made before still tell of them, and policy files may.")
