"""What an administrator looks at before a policy goes live: its problems, its matrix, its roles, and what changes."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import msgspec

from gongzhi.core.errors import Invalid, Problem
from gongzhi.core.permissions.compiler import NOTHING, Cell, Masks, Pair, nearest
from gongzhi.core.permissions.rules import ACCOUNT_PREFIX, bare
from gongzhi.core.permissions.snapshot import Snapshot
from gongzhi.core.permissions.store import load
from gongzhi.core.permissions.vocabulary import Vocabulary
from gongzhi.core.territory.path import ROOT, parent_of

ALLOWED = "allowed"
DENIED = "denied"
NEITHER = "neither"


class Change(msgspec.Struct, frozen=True):
    """What one role or account gains or loses, from `path` down. `before` and `after`: allowed, denied or neither."""

    subject: str
    path: str
    resource: str
    action: str
    relation: str
    before: str
    after: str

    @property
    def gained(self) -> bool:
        """Whether it is allowed now and was not."""
        return self.after == ALLOWED

    @property
    def lost(self) -> bool:
        """Whether it was allowed and is not now."""
        return self.before == ALLOWED


class Grant(msgspec.Struct, frozen=True):
    """From `path` down (until another grant of the same cell), the relations that are allowed and denied."""

    path: str
    allowed: tuple[str, ...]
    denied: tuple[str, ...] = ()


class MatrixRow(msgspec.Struct, frozen=True):
    """One action: for each role that has any verdict on it, its grants; the root's first."""

    resource: str
    action: str
    title: str
    title_en: str
    cells: dict[str, tuple[Grant, ...]]


class Matrix(msgspec.Struct, frozen=True):
    """Roles by resources and actions, with the titles of both, as `gongzhi policy matrix` prints it."""

    revision: str
    commit: str | None
    roles: tuple[tuple[str, str, str], ...]
    rows: tuple[MatrixRow, ...]


def check(
    directory: Path | None,
    vocabulary: Vocabulary,
    known_paths: Collection[str] | None = None,
    *,
    plugins: Mapping[str, bytes] | None = None,
) -> tuple[Problem, ...]:
    """Every problem that loading the directory would be refused for; empty when it would be accepted."""
    try:
        load(directory, vocabulary, known_paths, plugins=plugins)
    except Invalid as error:
        return error.problems
    return ()


def diff(old: Snapshot, new: Snapshot) -> tuple[Change, ...]:
    """What changes for whom, by subject and path; a change is told once, at the highest path that it holds from."""
    found: list[Change] = []
    pairs = dict.fromkeys([*old.tables, *new.tables])
    for subject in dict.fromkeys([*_subjects(old), *_subjects(new)]):
        for pair in pairs:
            found.extend(_changes(subject, pair, old, new))
    return tuple(found)


def _subjects(snapshot: Snapshot) -> Iterator[str]:
    yield from snapshot.vocabulary.roles
    yield from (account for account in snapshot.accounts)


def _changes(subject: str, pair: Pair, old: Snapshot, new: Snapshot) -> Iterator[Change]:
    before, after = _cell(old, subject, pair), _cell(new, subject, pair)
    if before == after and old.bits.get(pair[0]) == new.bits.get(pair[0]):
        return
    relations = dict.fromkeys([*old.bits.get(pair[0], ()), *new.bits.get(pair[0], ())])
    places = sorted({*before, *after}, key=lambda place: (place.count("/"), place))
    for relation in relations:
        bits = old.bits.get(pair[0], {}).get(relation, 0), new.bits.get(pair[0], {}).get(relation, 0)
        told: dict[str, tuple[str, str]] = {}
        for place in places:
            was, now = _word(nearest(before, place), bits[0]), _word(nearest(after, place), bits[1])
            if (was, now) != _above(told, place):
                told[place] = (was, now)
                if was != now:
                    yield Change(subject, place, *pair, relation, was, now)


def _above(told: Mapping[str, tuple[str, str]], place: str) -> tuple[str, str] | None:
    upper = parent_of(place) if place != ROOT else None
    while upper is not None:
        if upper in told:
            return told[upper]
        upper = parent_of(upper)
    return told.get(ROOT) if place != ROOT else None


def _cell(snapshot: Snapshot, subject: str, pair: Pair) -> Cell:
    """The verdicts over places of a role; of an account, those of all that a file gives it, taken together."""
    if not subject.startswith(ACCOUNT_PREFIX):
        return snapshot.cell(subject, pair) or {ROOT: NOTHING}
    bindings = snapshot.accounts.get(subject, ())
    places = {ROOT, *(binding.path for binding in bindings)}
    for binding in bindings:
        places.update(snapshot.cell(binding.role, pair) or ())
    relations = snapshot.bits.get(pair[0], ())
    return {place: snapshot.masks(bindings, pair, place, relations) for place in places}


def _word(masks: Masks, bit: int) -> str:
    if masks[1] & bit:
        return DENIED
    return ALLOWED if masks[0] & bit else NEITHER


def matrix(snapshot: Snapshot) -> Matrix:
    """The whole policy as a table."""
    vocabulary = snapshot.vocabulary
    rows = []
    for resource in vocabulary.resources.values():
        for action in resource.actions:
            name, title, title_en = (action, "", "") if isinstance(action, str) else msgspec.structs.astuple(action)
            cells = {role: _grants(snapshot, role, (resource.name, name)) for role in vocabulary.roles}
            shown = {role: grants for role, grants in cells.items() if grants}
            rows.append(MatrixRow(resource.name, name, title, title_en, shown))
    roles = tuple((role.name, role.title, role.title_en) for role in vocabulary.roles.values())
    return Matrix(snapshot.revision, snapshot.commit, roles, tuple(rows))


def _grants(snapshot: Snapshot, role: str, pair: Pair) -> tuple[Grant, ...]:
    cell = snapshot.cell(role, pair) or {}
    bits = snapshot.bits[pair[0]]
    grants = [
        Grant(place, *(tuple(relation for relation, bit in bits.items() if side & bit) for side in masks))
        for place, masks in sorted(cell.items())
    ]
    return tuple(grants) if any(grant.allowed or grant.denied for grant in grants) else ()


def graph(snapshot: Snapshot) -> str:
    """Roles and inheritance as a Mermaid flowchart: an arrow leads from a role to the one whose rules it has too."""
    lines = ["flowchart BT"]
    for role in snapshot.vocabulary.roles.values():
        lines.append(f'    {_node(role.name)}["{role.title}<br/>{role.name}"]')
    for account in snapshot.accounts:
        lines.append(f'    {_node(account)}(["{account}"])')
    for link in snapshot.links:
        label = "" if link.dom == ROOT else f"|{link.dom}|"
        lines.append(f"    {_node(bare(link.child))} -->{label} {_node(bare(link.parent))}")
    return "\n".join(lines) + "\n"


def _node(name: str) -> str:
    """A name that Mermaid accepts as an id."""
    return "".join(character if character.isalnum() else f"_{ord(character):x}_" for character in name)
