"""Names as people read them, Chinese first and English second."""

import msgspec

from gongzhi.core import clock
from gongzhi.core.permissions import Snapshot
from gongzhi.core.permissions.impact import FORBIDDEN, GAINED, LOST, RELEASED
from gongzhi.core.permissions.review import ALLOWED, DENIED, NEITHER
from gongzhi.core.permissions.rules import ACCOUNT_PREFIX, ROLE_PREFIX
from gongzhi.core.permissions.vocabulary import ANY, ASSIGNED, OWN, PARTY, Vocabulary

Both = tuple[str, str]
"""(Chinese, English); either may be empty, when a plugin gave no title."""

RELATIONS: dict[str, Both] = {
    ANY: ("任何记录", "any record"),
    OWN: ("本机构(本人)的", "one's own"),
    ASSIGNED: ("分派给自己的", "assigned to one"),
    PARTY: ("涉及自己的", "in which one is named"),
}
MARKS: dict[str, Both] = {ANY: ("全", "any"), OWN: ("本", "own"), ASSIGNED: ("派", "assigned"), PARTY: ("涉", "party")}
"""A relation as a cell of the matrix has room for it."""

VERDICTS: dict[str, Both] = {
    ALLOWED: ("允许", "allowed"),
    DENIED: ("禁止", "denied"),
    NEITHER: ("未授予", "not granted"),
}
KINDS: dict[str, Both] = {
    GAINED: ("新增", "gained"),
    LOST: ("失去", "lost"),
    FORBIDDEN: ("新增禁止", "now denied"),
    RELEASED: ("解除禁止", "no longer denied"),
}


def relation(name: str) -> Both:
    """A relation's meaning; one of a plugin is its own name."""
    return RELATIONS.get(name, ("", name))


def subject(vocabulary: Vocabulary, name: str) -> Both:
    """A role's titles, or an account as a policy file names it. Roles are given with or without their prefix."""
    if name.startswith(ACCOUNT_PREFIX):
        return "账号", f"account {name.removeprefix(ACCOUNT_PREFIX)}"
    role = vocabulary.roles.get(name.removeprefix(ROLE_PREFIX))
    return (role.title, role.title_en) if role else ("", name)


def named(name: str) -> str:
    """A role or account as policy files write it."""
    return name if name.startswith((ACCOUNT_PREFIX, ROLE_PREFIX)) else ROLE_PREFIX + name


def resource(vocabulary: Vocabulary, name: str) -> Both:
    """A resource's titles."""
    found = vocabulary.resources.get(name)
    return (found.title, found.title_en) if found else ("", name)


def action(vocabulary: Vocabulary, of: str, name: str) -> Both:
    """An action's titles, which may be empty."""
    found = vocabulary.resources.get(of)
    for each in found.actions if found else ():
        if not isinstance(each, str) and each.name == name:
            return each.title, each.title_en
    return "", name


def place(path: str) -> Both:
    """A territory path, with the root in words."""
    return ("全区", "everywhere") if path == "/" else ("", path)


class Stamp(msgspec.Struct, frozen=True):
    """What a printed page says about where it comes from: revision, commit if any, and the local time."""

    revision: str
    commit: str | None
    moment: str


def stamp_of(snapshot: Snapshot) -> Stamp:
    """The policy's revision, and now."""
    return Stamp(snapshot.revision, snapshot.commit, f"{clock.now():%Y-%m-%d %H:%M}")
