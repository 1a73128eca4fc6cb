"""A small district with its roles, whose policy decides, and settings under which this machine may be sent to."""

from collections.abc import Iterator

import pytest

from gongzhi.core.actors import organizations
from gongzhi.core.actors.commands import CreateOrganization
from gongzhi.core.actors.kinds import ActorKind, OrganizationSubkind
from gongzhi.core.db import Database
from gongzhi.core.permissions import SYSTEM, pinned
from gongzhi.core.settings import Settings
from gongzhi.core.territory.records import Level
from gongzhi.testing.roles import COMMUNITY, DISTRICT, NEIGHBOUR, SUBDISTRICT
from gongzhi.testing.serving import settings_for
from tests.core.places import place, shipped_policy

KEY = "k" * 32
PLACES = (
    (DISTRICT, Level.district),
    (SUBDISTRICT, Level.subdistrict),
    (COMMUNITY, Level.community),
    (NEIGHBOUR, Level.community),
)


@pytest.fixture(autouse=True)
def policy() -> Iterator[None]:
    with pinned(shipped_policy()):
        yield


@pytest.fixture
async def district(database: Database) -> Database:
    """The database with a community, its neighbour, and two organizations of the first."""
    async with database.transaction():
        for path, level in PLACES:
            await place(path, level)
        for code, subkind in (("center", OrganizationSubkind.service_center), ("shop", OrganizationSubkind.u_station)):
            made = CreateOrganization(code=code, kind=ActorKind.org, subkind=subkind, name=code, path=COMMUNITY)
            await organizations.create(SYSTEM, made)
    return database


@pytest.fixture
def settings(district: Database) -> Settings:
    return settings_for(
        district,
        webhook_networks=("127.0.0.0/8",),
        webhook_http=True,
        webhook_keys=(KEY,),
        webhook_timeout_seconds=2,
    )
