"""What a change of policy means to people: gains and losses by role and place, and how many accounts feel them."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from uuid import UUID

import msgspec

from gongzhi.core.permissions.compiler import Pair
from gongzhi.core.permissions.principal import Principal
from gongzhi.core.permissions.review import ALLOWED, DENIED, Change, diff
from gongzhi.core.permissions.rules import ACCOUNT_PREFIX
from gongzhi.core.permissions.snapshot import Snapshot
from gongzhi.core.permissions.vocabulary import ANY
from gongzhi.core.territory.path import ROOT, ancestors, below

GAINED = "gained"
LOST = "lost"
FORBIDDEN = "forbidden"
RELEASED = "released"


class Shift(msgspec.Struct, frozen=True):
    """One action that changes in some relations; with `any` among them, in every one.

    `kind`: gained or lost; forbidden when a deny now rules out what was not granted here either, released when it
    no longer does. Both matter to whoever holds another role that grants it.
    """

    resource: str
    action: str
    relations: tuple[str, ...]
    before: str
    after: str
    kind: str


class Part(msgspec.Struct, frozen=True):
    """What changes for one role or account from `path` down.

    `holders` counts the accounts that hold the role there, `affected` those of them for whom a decision changes: an
    account may keep through another role what this one loses. Both are None when the accounts are not known.
    """

    subject: str
    path: str
    shifts: tuple[Shift, ...]
    holders: int | None = None
    affected: int | None = None


class Comparison(msgspec.Struct, frozen=True):
    """Two policies. `affected` counts each account once, over all parts."""

    old: str
    new: str
    parts: tuple[Part, ...]
    accounts: int | None = None
    affected: int | None = None

    def count(self, kind: str) -> int:
        """How many shifts are of a kind."""
        return sum(shift.kind == kind for part in self.parts for shift in part.shifts)


def compare(old: Snapshot, new: Snapshot, principals: Collection[Principal] | None = None) -> Comparison:
    """The difference between two policies; `principals` are all accounts with their posts, where they are known."""
    grouped: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in diff(old, new):
        grouped[change.subject, change.path].append(change)
    parts = [Part(subject, path, tuple(_shifts(changes))) for (subject, path), changes in grouped.items()]
    if principals is None:
        return Comparison(old.revision, new.revision, tuple(parts))
    crowd = _Crowd(old, new, principals)
    everybody: set[UUID | None] = set()
    counted = []
    for part in parts:
        holders, affected = crowd.of(part)
        everybody |= affected
        counted.append(msgspec.structs.replace(part, holders=holders, affected=len(affected)))
    return Comparison(old.revision, new.revision, tuple(counted), len(principals), len(everybody))


def _shifts(changes: Iterable[Change]) -> Iterable[Shift]:
    """The changes of one subject and place, told once for all relations that change alike."""
    grouped: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for change in changes:
        grouped[change.resource, change.action, change.before, change.after].append(change.relation)
    for (resource, action, before, after), relations in grouped.items():
        shown = (ANY,) if ANY in relations else tuple(relations)
        yield Shift(resource, action, shown, before, after, _kind(before, after))


def _kind(before: str, after: str) -> str:
    if after == ALLOWED:
        return GAINED
    if before == ALLOWED:
        return LOST
    return FORBIDDEN if after == DENIED else RELEASED


class _Crowd:
    """The accounts, found by what they hold and where."""

    def __init__(self, old: Snapshot, new: Snapshot, principals: Iterable[Principal]) -> None:
        self._old = old
        self._new = new
        self._holders: dict[str, dict[str, dict[UUID | None, Principal]]] = defaultdict(lambda: defaultdict(dict))
        for principal in principals:
            for binding in (*old.held(principal), *new.held(principal)):
                self._holders[binding.role][binding.path][principal.account_id] = principal
            # Policy files name an account by its code or by its id, and what they give it lies anywhere.
            for name in (principal.account_code, principal.account_id):
                self._holders[f"{ACCOUNT_PREFIX}{name}"][ROOT][principal.account_id] = principal
        self._paths = {subject: sorted(places) for subject, places in self._holders.items()}

    def of(self, part: Part) -> tuple[int, set[UUID | None]]:
        """How many accounts hold the part's subject at its place, and the ids of those who feel it."""
        holders: set[UUID | None] = set()
        affected: set[UUID | None] = set()
        for held, place in self._meetings(part):
            for account, principal in self._holders[part.subject][held].items():
                holders.add(account)
                if account not in affected and any(self._differs(principal, shift, place) for shift in part.shifts):
                    affected.add(account)
        return len(holders), affected

    def _meetings(self, part: Part) -> Iterator[tuple[str, str]]:
        """(where the subject is held, the highest place that lies both there and within the part's)."""
        paths = self._paths.get(part.subject, [])
        above = set(ancestors(part.path)).intersection(self._holders.get(part.subject, ()))
        yield from ((held, part.path) for held in above)
        first, end = (bisect_left(paths, bound) for bound in below(part.path))
        yield from ((held, held) for held in paths[first:end] if held not in above)

    def _differs(self, principal: Principal, shift: Shift, place: str) -> bool:
        pair = (shift.resource, shift.action)
        return any(
            _allowed(self._old, principal, pair, place, relation)
            != _allowed(self._new, principal, pair, place, relation)
            for relation in shift.relations
        )


def _allowed(snapshot: Snapshot, principal: Principal, pair: Pair, place: str, relation: str) -> bool:
    return snapshot.allows(principal, pair, place, (relation,))
