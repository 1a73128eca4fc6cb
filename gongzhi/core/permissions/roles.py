"""The roles of core, and which post in which kind of organization gives which of them."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from gongzhi.core.permissions.principal import Binding
from gongzhi.core.permissions.vocabulary import Role

PUBLIC = "public"
"""The role that everybody holds at the root, signed in or not."""

SYSTEM_ROLE = "system"
"""The role of the operator at the command line. Only the shipped system.csv may name it."""

ROLES = (
    Role(PUBLIC, "公众", "public"),
    Role("resident", "居民", "resident"),
    Role("party.member", "党组织委员", "party organization member"),
    Role("party.secretary", "党组织书记", "party organization secretary"),
    Role("committee.member", "居委会委员", "residents' committee member"),
    Role("committee.director", "居委会主任", "residents' committee director"),
    Role("station.clerk", "工作站工作人员", "workstation clerk"),
    Role("station.head", "工作站站长", "workstation head"),
    Role("org.staff", "服务机构工作人员", "organization staff"),
    Role("org.manager", "服务机构负责人", "organization manager"),
    Role("department.officer", "部门工作人员", "department officer"),
    Role("grid.officer", "网格员", "grid officer"),
    Role("supervisor", "监督员(两代表一委员、居民代表)", "supervisor"),
    Role("district.admin", "区级管理员", "district administrator"),
    Role("auditor", "审计员", "auditor"),
    Role(SYSTEM_ROLE, "系统", "system operator"),
)

ANYWHERE = "*"

ROLE_OF_POST: dict[tuple[str, str], str] = {
    ("party", "secretary"): "party.secretary",
    ("party", "deputy_secretary"): "party.secretary",
    ("party", "first_secretary"): "party.secretary",
    ("party", "member"): "party.member",
    ("party", "concurrent_member"): "party.member",
    ("committee", "director"): "committee.director",
    ("committee", "deputy_director"): "committee.director",
    ("committee", "member"): "committee.member",
    ("station", "head"): "station.head",
    ("station", "deputy_head"): "station.head",
    ("station", "clerk"): "station.clerk",
    ("station", "staff"): "station.clerk",
    ("org", "manager"): "org.manager",
    ("org", "director"): "org.manager",
    ("org", "head"): "org.manager",
    ("org", "staff"): "org.staff",
    ("org", "member"): "org.staff",
    ("department", "officer"): "department.officer",
    ("department", "head"): "department.officer",
    ("department", "deputy_head"): "department.officer",
    ("department", "administrator"): "district.admin",
    ("department", "auditor"): "auditor",
    (ANYWHERE, "grid_officer"): "grid.officer",
    (ANYWHERE, "supervisor"): "supervisor",
    (ANYWHERE, "resident"): "resident",
}
"""(kind of organization, position) -> role. A post that is not listed gives no role: deny is the default."""


class Post(msgspec.Struct, frozen=True):
    """A current membership, as far as permissions need it.

    `paths` are the organization's own territory and those that it serves: the role holds at each. Whoever builds posts
    leaves out memberships outside their term and those of an organization that was dissolved or merged.
    """

    kind: str
    position: str
    paths: tuple[str, ...]
    membership_id: UUID | None = None
    organization_id: UUID | None = None


def role_of(kind: str, position: str) -> str | None:
    """The role that a post gives, None if it gives none."""
    return ROLE_OF_POST.get((kind, position)) or ROLE_OF_POST.get((ANYWHERE, position))


def bindings_for(posts: Iterable[Post]) -> tuple[Binding, ...]:
    """The role bindings that posts give: one for each post and path, in order, without repetition."""
    found: dict[Binding, None] = {}
    for post in posts:
        if role := role_of(post.kind, post.position):
            for path in post.paths:
                found[Binding(role, path, post.membership_id, post.organization_id)] = None
    return tuple(found)
