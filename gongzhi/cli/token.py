"""`gongzhi token`: sign in without an identity provider, on this machine."""

from datetime import timedelta

import click

from gongzhi.cli.session import opened, run, settings_for
from gongzhi.core.actors import accounts
from gongzhi.core.actors.records import AccountStatus
from gongzhi.core.errors import Forbidden, Invalid
from gongzhi.core.settings import Settings
from gongzhi.core.signin import issue_token
from gongzhi.core.signin.local import ISSUER


@click.group()
def token() -> None:
    """Sign tokens for development."""


@token.command()
@click.option("--account", "code", required=True, metavar="CODE", help="The account that the token speaks for.")
@click.option("--hours", type=click.IntRange(1, 744), default=12, show_default=True)
@click.option("--database", metavar="URL", help="Where the account is; by default the configured database.")
def issue(code: str, hours: float, database: str | None) -> None:
    """Print a token, and nothing else, for `Authorization: Bearer …`.

    It is signed with the local development key and refused wherever an issuer is configured.
    """
    settings = settings_for(database)
    subject = run(_subject(settings, code))
    click.echo(issue_token(settings, subject, timedelta(hours=hours)))


async def _subject(settings: Settings, code: str) -> str:
    """What the token says of whom it is. One for nobody would be refused only when it is used, far from the mistake."""
    async with opened(settings):
        account = await accounts.find(code)
    if account.status is not AccountStatus.active:
        raise Forbidden(f"the account {code} is {account.status}; it cannot sign in")
    if account.issuer != ISSUER or account.subject is None:
        identity = f"issuer {ISSUER}, subject {code}"
        raise Invalid.at("account", f"{code} does not sign in with the local key", f"bind it to {identity} first")
    return account.subject
