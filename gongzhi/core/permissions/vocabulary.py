"""The words a policy may use: resources with their actions, relations and guarded fields, and roles."""

import re
from collections.abc import Iterable, Mapping
from importlib import import_module

import msgspec

from gongzhi.core.errors import Invalid, Problem

ANY = "any"
"""The relation that every caller has to every record."""

OWN = "own"
"""The record belongs to an organization that the caller acts for."""

ASSIGNED = "assigned"
"""The caller is charged with the record."""

PARTY = "party"
"""The caller is named in the record."""

ORGANIZATIONAL = (ANY, OWN, ASSIGNED, PARTY)
"""The relations of a resource whose records belong to organizations."""

_DOTTED = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_ROLE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")

CORE_FOLDERS = ("territory", "actors", "catalogue", "permissions", "clients", "webhooks")
"""The folders of core that declare resources in `resources.py`."""


class Action(msgspec.Struct, frozen=True):
    """One thing that can be done to a resource; titles are for the matrix and the documentation."""

    name: str
    title: str = ""
    title_en: str = ""


class Resource(msgspec.Struct, frozen=True):
    """A kind of record that policies speak of, named `<module>.<noun>`.

    `actions` may be given as bare names. `relations` starts with `any`. `guarded_fields` maps a field of a visible
    record to the action that its reader needs on top of `read`. `log_reads` asks for a line in the decision log for
    each read.
    """

    name: str
    title: str
    title_en: str
    actions: tuple[Action | str, ...]
    relations: tuple[str, ...] = (ANY,)
    guarded_fields: dict[str, str] = {}
    log_reads: bool = False

    @property
    def action_names(self) -> tuple[str, ...]:
        """The actions in the order declared."""
        return tuple(action if isinstance(action, str) else action.name for action in self.actions)


class Role(msgspec.Struct, frozen=True):
    """A role that memberships and policies may name. In policy files it is written `role:<name>`."""

    name: str
    title: str
    title_en: str


class Contribution(msgspec.Struct, frozen=True):
    """What one owner (core, or a plugin by its id) adds to the vocabulary."""

    owner: str
    resources: tuple[Resource, ...] = ()
    roles: tuple[Role, ...] = ()


class Vocabulary(msgspec.Struct, frozen=True):
    """Every resource and role that is installed, and who declared each."""

    resources: Mapping[str, Resource]
    roles: Mapping[str, Role]
    owners: Mapping[str, str]

    @classmethod
    def collect(cls, contributions: Iterable[Contribution]) -> "Vocabulary":
        """Join contributions, or Invalid with every malformed and every doubly declared name and both its owners."""
        resources: dict[str, Resource] = {}
        roles: dict[str, Role] = {}
        owners: dict[str, str] = {}
        problems: list[Problem] = []
        for contribution in contributions:
            words: list[Resource | Role] = [*contribution.resources, *contribution.roles]
            for word in words:
                key = word.name if isinstance(word, Resource) else f"role:{word.name}"
                problems.extend(_faults(word, contribution.owner))
                if key in owners:
                    message = f"{key} is declared by both {owners[key]} and {contribution.owner}"
                    problems.append(Problem(message=message, field=key, remedy="rename one of them"))
                owners.setdefault(key, contribution.owner)
                if isinstance(word, Resource):
                    resources.setdefault(word.name, word)
                else:
                    roles.setdefault(word.name, word)
        if problems:
            raise Invalid("The permission vocabulary contradicts itself.", problems)
        return cls(resources, roles, owners)

    def pairs(self) -> Iterable[tuple[str, str]]:
        """Every (resource, action), in the order declared."""
        return ((name, action) for name, resource in self.resources.items() for action in resource.action_names)


def _faults(word: Resource | Role, owner: str) -> Iterable[Problem]:
    if isinstance(word, Role):
        if not _ROLE.fullmatch(word.name):
            yield Problem(
                message=f"{word.name!r} of {owner} is not a role name", remedy="write it like committee.member"
            )
        return
    if not _DOTTED.fullmatch(word.name):
        yield Problem(
            message=f"{word.name!r} of {owner} is not a resource name", remedy="write it like catalogue.edition"
        )
    actions = word.action_names
    for name in (*actions, *word.relations):
        if not _WORD.fullmatch(name):
            yield Problem(message=f"{word.name} of {owner}: {name!r} is not a word", remedy="use a-z, 0-9 and _")
    if word.relations[:1] != (ANY,):
        yield Problem(message=f"{word.name} of {owner}: relations must start with {ANY!r}", remedy="put it first")
    if len(set(actions)) < len(actions) or len(set(word.relations)) < len(word.relations):
        yield Problem(message=f"{word.name} of {owner} names an action or relation twice", remedy="name it once")
    for field, action in word.guarded_fields.items():
        if action not in actions:
            message = f"{word.name} of {owner}: field {field} is guarded by {action!r}, which is not one of its actions"
            yield Problem(message=message, remedy=f"use one of {', '.join(actions)}")


def core_contribution() -> Contribution:
    """What core itself declares.

    The modules are imported here and not above, because each of them imports `Resource` from this one.
    """
    from gongzhi.core.permissions.roles import ROLES

    resources: list[Resource] = []
    for folder in CORE_FOLDERS:
        resources.extend(import_module(f"gongzhi.core.{folder}.resources").RESOURCES)
    return Contribution("core", tuple(resources), ROLES)


def core_vocabulary(plugins: Iterable[Contribution] = ()) -> Vocabulary:
    """The vocabulary of core together with what plugins declare."""
    return Vocabulary.collect([core_contribution(), *plugins])
