"""Short ways to enter organizations, accounts and posts."""

from datetime import date
from typing import Any

from gongzhi.core.actors import accounts, memberships, organizations
from gongzhi.core.actors.commands import Appoint, CreateAccount, CreateOrganization
from gongzhi.core.actors.kinds import SUBKINDS_OF, Education, OrganizationSubkind, Position
from gongzhi.core.actors.records import Account, Membership, Organization
from gongzhi.core.permissions import SYSTEM
from tests.core.places import FOUNDED

KIND_OF = {subkind: kind for kind, subkinds in SUBKINDS_OF.items() for subkind in subkinds}


async def organization(code: str, subkind: str, path: str, **more: Any) -> Organization:
    chosen = OrganizationSubkind(subkind)
    values = {"name": code, "valid_from": FOUNDED, **more}
    return await organizations.create(
        SYSTEM, CreateOrganization(code=code, kind=KIND_OF[chosen], subkind=chosen, path=path, **values)
    )


async def committee(code: str, path: str = "/futian/nanyuan/dongyuan", **more: Any) -> Organization:
    return await organization(code, "residents_committee", path, **more)


async def station(code: str, path: str, **more: Any) -> Organization:
    return await organization(code, "workstation", path, **more)


async def person(code: str, born: date | None = None, education: Education | None = None) -> Account:
    return await accounts.create(SYSTEM, CreateAccount(code=code, name=code, birth_date=born, education=education))


async def post(
    account: str, organization: str, position: str, valid_from: date = FOUNDED, valid_to: date | None = None
) -> Membership:
    return await memberships.appoint(
        SYSTEM,
        Appoint(
            account=account,
            organization=organization,
            position=Position(position),
            valid_from=valid_from,
            valid_to=valid_to,
        ),
    )
