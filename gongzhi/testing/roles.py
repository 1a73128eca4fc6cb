"""A small district in which every role is held by one account, named like the role."""

from gongzhi.core.actors import accounts, memberships, organizations
from gongzhi.core.actors.commands import Appoint, CreateAccount, CreateOrganization
from gongzhi.core.actors.kinds import ActorKind, OrganizationSubkind, Position
from gongzhi.core.permissions import SYSTEM
from gongzhi.core.provenance import Provenance
from gongzhi.core.signin.local import ISSUER
from gongzhi.core.territory import service
from gongzhi.core.territory.records import CreateTerritory, Level

DISTRICT, SUBDISTRICT = "/test", "/test/street"
COMMUNITY, NEIGHBOUR = "/test/street/home", "/test/street/next"
"""Where the roles are held, and a community in which nobody holds any."""

_PLACES = (
    (DISTRICT, Level.district),
    (SUBDISTRICT, Level.subdistrict),
    (COMMUNITY, Level.community),
    (NEIGHBOUR, Level.community),
)
_K, _S, _P = ActorKind, OrganizationSubkind, Position
ORGANIZATIONS = (
    ("party", _K.party, _S.general_party_organization, COMMUNITY),
    ("committee", _K.committee, _S.residents_committee, COMMUNITY),
    ("station", _K.station, _S.workstation, COMMUNITY),
    ("center", _K.org, _S.service_center, COMMUNITY),
    ("other-center", _K.org, _S.service_center, NEIGHBOUR),
    ("office", _K.department, _S.district_office, DISTRICT),
)
"""Code, kind, kind more closely, and place of each organization."""

ROLES = {
    "party.secretary": ("party", _P.secretary),
    "party.member": ("party", _P.member),
    "committee.director": ("committee", _P.director),
    "committee.member": ("committee", _P.member),
    "resident": ("committee", _P.resident),
    "station.head": ("station", _P.head),
    "station.clerk": ("station", _P.clerk),
    "org.manager": ("center", _P.manager),
    "org.staff": ("center", _P.staff),
    "other.manager": ("other-center", _P.manager),
    "department.officer": ("office", _P.officer),
    "district.admin": ("office", _P.administrator),
    "auditor": ("office", _P.auditor),
    "nobody": None,
}
"""Account -> the post that gives it its role. `other.manager` manages an organization of the other community, and
`nobody` has an account and no post."""


async def enter() -> None:
    """Enter places, organizations and accounts; the caller's policy decides and records it as the operator's."""
    for path, level in _PLACES:
        parent, _, slug = path.rpartition("/")
        code = path.strip("/").replace("/", "-")
        command = CreateTerritory(code=code, slug=slug, level=level, name=slug, parent_path=parent or None)
        await service.create(SYSTEM, command)
    for code, kind, subkind, path in ORGANIZATIONS:
        made = CreateOrganization(
            code=code, kind=kind, subkind=subkind, name=code, path=path, provenance=Provenance.synthetic
        )
        await organizations.create(SYSTEM, made)
    for code, post in ROLES.items():
        account = CreateAccount(code=code, name=code, issuer=ISSUER, subject=code, provenance=Provenance.synthetic)
        await accounts.create(SYSTEM, account)
        if post is not None:
            await memberships.appoint(SYSTEM, Appoint(account=code, organization=post[0], position=post[1]))
