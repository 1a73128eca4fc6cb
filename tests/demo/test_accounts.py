"""The demo's sign-ins: each has the role that it is named for, where it is named for, and no other."""

from gongzhi import demo
from gongzhi.core import clock
from gongzhi.core.actors import accounts, memberships
from gongzhi.core.db import Database
from gongzhi.core.permissions import Post, Principal, bindings_for, decide
from gongzhi.core.permissions.roles import role_of
from gongzhi.core.signin.local import ISSUER

DONGYUAN = "/futian/nanyuan/dongyuan"
BADENG = "/futian/nanyuan/badeng"
ROLES = {
    "demo-district-admin": ("district.admin", "/futian"),
    "demo-party-secretary": ("party.secretary", DONGYUAN),
    "demo-committee-director": ("committee.director", DONGYUAN),
    "demo-station-head": ("station.head", DONGYUAN),
    "demo-org-manager": ("org.manager", DONGYUAN),
    "demo-resident": ("resident", DONGYUAN),
    "demo-auditor": ("auditor", "/futian"),
}
MAY = (
    ("demo-district-admin", "catalogue.edition", "publish", "/", False, False),
    ("demo-district-admin", "catalogue.edition", "publish", "/futian", False, True),
    ("demo-party-secretary", "actors.membership", "create", DONGYUAN, False, True),
    ("demo-party-secretary", "actors.membership", "create", BADENG, False, False),
    ("demo-party-secretary", "audit.entry", "read", DONGYUAN, False, True),
    ("demo-committee-director", "catalogue.disposition", "record", DONGYUAN, True, True),
    ("demo-committee-director", "catalogue.disposition", "record", DONGYUAN, False, False),
    ("demo-station-head", "catalogue.offering", "create", DONGYUAN, True, True),
    ("demo-org-manager", "catalogue.offering", "close", DONGYUAN, True, True),
    ("demo-org-manager", "catalogue.disposition", "record", DONGYUAN, True, False),
    ("demo-resident", "actors.membership", "read", DONGYUAN, False, True),
    ("demo-resident", "actors.membership", "read", BADENG, False, False),
    ("demo-auditor", "audit.entry", "read", "/futian", False, True),
    ("demo-auditor", "actors.account", "update", "/futian", False, False),
)
"""(account, resource, action, place, whether the record is its organization's, allowed)."""


async def principal(code: str) -> Principal:
    account = await accounts.find_identity(ISSUER, code)
    assert account is not None
    posts = [
        Post(held.kind, held.position, held.paths, held.membership_id, held.organization_id)
        for held in await memberships.active_bindings(account.id, clock.today())
    ]
    return Principal(account_id=account.id, account_code=account.code, bindings=bindings_for(posts))


def test_each_account_says_who_it_is_and_what_it_may_do() -> None:
    assert [account.code for account in demo.DEMO_ACCOUNTS] == list(ROLES)
    for account in demo.DEMO_ACCOUNTS:
        assert account.title
        assert account.title_en
        assert account.may
        assert account.may_en


def test_each_post_gives_the_role() -> None:
    kinds = {"office": "department", "party": "party", "committee": "committee", "station": "station", "centre": "org"}
    for account in demo.DEMO_ACCOUNTS:
        kind = kinds[account.organization.rpartition("-")[2]]
        assert role_of(kind, account.position) == ROLES[account.code][0]


async def test_each_account_holds_its_role_and_may_do_what_it_says(loaded: Database) -> None:
    callers = {code: await principal(code) for code in ROLES}
    for code, (role, path) in ROLES.items():
        held = {(binding.role, binding.path) for binding in callers[code].bindings}
        assert held == {(role, path)}, code
    for code, resource, action, path, own, allowed in MAY:
        caller = callers[code]
        owner = caller.bindings[0].organization_id if own else None
        assert decide(caller, action, resource, path, owner=owner).allowed is allowed, (code, resource, action, path)


async def test_invented_people_cannot_sign_in(loaded: Database) -> None:
    known = await accounts.by_codes(["committee-2014-0001", "committee-2017-0002", "badeng-party-secretary"])
    assert known.keys() == {"committee-2017-0002", "badeng-party-secretary"}
    for account in known.values():
        assert (account.issuer, account.subject) == (None, None)
        assert account.provenance == "synthetic"
