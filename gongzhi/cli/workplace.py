"""What a use case needs that is called from the command line: the policy in force, the catalogue and the caller."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from gongzhi.cli.session import opened
from gongzhi.core import clock
from gongzhi.core.actors import accounts, callers, memberships
from gongzhi.core.actors.records import AccountStatus
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.db import Database
from gongzhi.core.errors import Forbidden
from gongzhi.core.permissions import Principal, activate, load
from gongzhi.core.settings import Settings
from gongzhi.installation import host_of


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[tuple[Database, Catalogue]]:
    """The open database and the catalogue, with the policy in force: what use cases need."""
    host = host_of(settings)
    async with opened(settings, host.apps()) as database:
        directory = Path(settings.policies) if settings.policies is not None else None
        activate(load(directory, host.vocabulary(), plugins=host.policies()))
        catalogue = Catalogue(host.lists())
        await catalogue.refresh()
        yield database, catalogue


async def principal_of(code: str) -> Principal:
    """The caller that an account's posts make today, as it would be over the API.

    :raises NotFound: there is no such account.
    :raises Forbidden: it is suspended.
    """
    account = await accounts.find(code)
    if account.status is not AccountStatus.active:
        raise Forbidden(f"the account {code} is {account.status}")
    held = await memberships.active_bindings(account.id, clock.today())
    return callers.principal_of(account, tuple(held), source="command line")
