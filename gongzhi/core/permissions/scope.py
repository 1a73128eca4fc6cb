"""Which records a list may show: the same tables that decide, turned into one clause over paths and organizations.

A record is shown when some relation of the caller to it is allowed where it lies, and none is denied there: exactly
the decision about the single record. The clause is linear in places and relations, and independent of the rules.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

from piccolo.columns import Column
from piccolo.columns.combination import And, CombinableMixin, Or, WhereRaw
from piccolo.querystring import QueryString
from piccolo.table import Table

from gongzhi.core.db.shapes import fixed
from gongzhi.core.permissions.compiler import NOTHING, Masks, Pair, nearest, thin
from gongzhi.core.permissions.principal import Binding, Principal
from gongzhi.core.permissions.running import current
from gongzhi.core.permissions.snapshot import Snapshot
from gongzhi.core.permissions.vocabulary import ANY, OWN
from gongzhi.core.territory.path import ROOT, ancestors, below, within

Clause = And | Or | WhereRaw | Any
"""Whatever Piccolo combines with `&` and `|`."""

KEPT = 10_000
"""Callers and actions of which is kept what follows for lists; beyond it all is worked out anew."""

NEVER = WhereRaw("1 = 0")
ALWAYS = WhereRaw("1 = 1")


def holds_always(clause: Clause) -> bool:
    """Whether a scope's clause hides no row."""
    return getattr(clause, "inner", clause) is ALWAYS


class Not(CombinableMixin):
    """The negation of a clause, which Piccolo does not have. An unknown value counts as false before it is negated."""

    __slots__ = ("inner",)

    def __init__(self, inner: Clause) -> None:
        self.inner = inner

    @property
    def querystring(self) -> QueryString:
        """The clause for a select."""
        return QueryString("(NOT COALESCE({}, {}))", self.inner.querystring, False)

    @property
    def querystring_for_update_and_delete(self) -> QueryString:
        """The clause for an update or a delete."""
        return QueryString("(NOT COALESCE({}, {}))", self.inner.querystring_for_update_and_delete, False)

    def get_column_values(self) -> dict[object, object]:
        """Nothing that `get_or_create` could fill in."""
        return {}


class Derived:
    """What follows from a caller's bindings for one action, kept for the next request of the same caller."""

    __slots__ = ("bindings", "empty", "everywhere", "held", "tables")

    def __init__(self, bindings: tuple[Binding, ...], held: tuple[Binding, ...]) -> None:
        self.bindings = bindings
        self.held = held
        self.everywhere: dict[str, Masks] | None = None
        self.empty: bool | None = None
        self.tables: dict[type[Table], Clause] = {}


class Scope:
    """What a caller may do one action to, over all places. Made by `scope`."""

    def __init__(self, snapshot: Snapshot, derived: Derived, pair: Pair) -> None:
        self.snapshot = snapshot
        self.pair = pair
        self._bindings = derived.held
        self._derived = derived

    def covers(self, path: str, relations: Collection[str] = (), owner: UUID | None = None) -> bool:
        """Whether a record at `path`, owned by `owner`, to which the caller so stands, is within the scope."""
        allow, deny = self.snapshot.masks(self._bindings, self.pair, path, relations, owner)
        return bool(allow) and not deny

    @property
    def everywhere(self) -> dict[str, Masks]:
        """Place -> bits of all relations that are allowed and denied there, over all bindings at once."""
        found = self._derived.everywhere
        if found is None:
            found = self._derived.everywhere = self._regions(self._bindings)
        return found

    @property
    def empty(self) -> bool:
        """Whether no record at all can be within the scope."""
        found = self._derived.empty
        if found is None:
            found = self._derived.empty = not any(allow for allow, _ in self.everywhere.values())
        return found

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The highest places with something to show, in any relation."""
        shown = [place for place, (allow, _) in self.everywhere.items() if allow]
        return tuple(place for place in shown if not any(place != other and within(place, other) for other in shown))

    def where(
        self, table: type[Table], /, *, path: Column | None = None, owner: Column | None = None, **relations: Clause
    ) -> Clause:
        """The clause for a query on `table`. `path` and `owner` default to its columns `path` and `organization`.

        A row is `own` when its owner is an organization that the caller acts for. Any other relation needs a clause
        that says which rows stand in it, as in `where(Case, party=Case.filed_by == principal.account_id)`; one that is
        not given holds for no row. A clause for `own` adds to what the column says.
        """
        if path is None and owner is None and not relations:
            kept = self._derived.tables.get(table)
            if kept is None:
                kept = self._derived.tables[table] = fixed(self._clause(table, None, None, relations))
            return kept
        return self._clause(table, path, owner, relations)

    def _clause(
        self, table: type[Table], path: Column | None, owner: Column | None, relations: Mapping[str, Clause]
    ) -> Clause:
        where: Column = path or getattr(table, "path")  # noqa: B009 - Table itself declares no columns
        column: Column | None = owner or getattr(table, "organization", None)
        standings: list[tuple[Clause | None, dict[str, Masks], int]] = [(None, self.everywhere, self._bit(ANY))]
        for relation, clause in relations.items():
            standings.append((clause, self.everywhere, self._bit(relation)))
        if self._bit(OWN) and column is not None:
            standings.extend(self._own(column))
        shown = _any_of([_both(clause, _region(where, places, 0, bit)) for clause, places, bit in standings])
        hidden = _any_of([_both(clause, _region(where, places, 1, bit)) for clause, places, bit in standings])
        return shown if hidden is NEVER or shown is NEVER else _both(Not(hidden), shown)

    def _own(self, column: Column) -> Iterable[tuple[Clause, dict[str, Masks], int]]:
        """For each organization that the caller acts for: its rows, and the bindings to which they are own."""
        for organization in dict.fromkeys(b.organization_id for b in self._bindings if b.organization_id is not None):
            mine = tuple(b for b in self._bindings if b.organization_id in (None, organization))
            yield column == organization, self._regions(mine), self._bit(OWN)

    def _bit(self, relation: str) -> int:
        return self.snapshot.bits.get(self.pair[0], {}).get(relation, 0)

    def _regions(self, bindings: Iterable[Binding]) -> dict[str, Masks]:
        """Places with the verdict that holds from each down to the next."""
        parts: list[dict[str, Masks]] = []
        for binding in bindings:
            if cell := self.snapshot.cell(binding.role, self.pair):
                part = {ROOT: NOTHING, binding.path: nearest(cell, binding.path)}
                part |= {place: masks for place, masks in cell.items() if within(place, binding.path)}
                parts.append(part)
        places = {ROOT}.union(*parts)
        return thin({place: _joined(nearest(part, place) for part in parts) for place in places})


def scope(principal: Principal, action: str, resource: str) -> Scope:
    """Where the caller may do `action` to `resource`, by the current snapshot."""
    snapshot, pair = current(), (resource, action)
    key = (principal.account_id, principal.account_code, principal.acting_for, pair)
    derived: Derived | None = snapshot.derived.get(key)
    if derived is None or derived.bindings != principal.bindings:  # what followed from others is of no use any more
        if len(snapshot.derived) >= KEPT:
            snapshot.derived.clear()
        derived = snapshot.derived[key] = Derived(principal.bindings, snapshot.held(principal))
    return Scope(snapshot, derived, pair)


def _joined(verdicts: Iterable[Masks]) -> Masks:
    allow = deny = 0
    for allowed, denied in verdicts:
        allow |= allowed
        deny |= denied
    return allow, deny


def _region(path: Column, places: Mapping[str, Masks], side: int, bit: int) -> Clause:
    """The rows whose nearest place has `bit` on the allowed (side 0) or the denied (side 1) side."""
    on = {place: bool(masks[side] & bit) for place, masks in places.items()}
    # A place matters only where it changes what the nearest place above it says.
    above = {place: next((each for each in ancestors(place)[1:] if each in on), None) for place in on}
    turning = [place for place in sorted(on) if on[place] != (on[upper] if (upper := above[place]) else False)]
    children: dict[str | None, list[str]] = {}
    for place in turning:
        upper = next((each for each in ancestors(place)[1:] if each in turning), None)
        children.setdefault(upper, []).append(place)

    def rows(place: str) -> Clause:
        inside = _at_or_below(path, place)
        if holes := children.get(place):
            return _both(Not(_any_of([rows(hole) for hole in holes])), inside)
        return inside

    return _any_of([rows(place) for place in children.get(None, ())])


def _at_or_below(path: Column, place: str) -> Clause:
    if place == ROOT:
        return ALWAYS
    low, high = below(place)
    return Or(path == place, And(path >= low, path < high))


def _both(left: Clause | None, right: Clause) -> Clause:
    if left is None or right is NEVER:
        return right
    return left if right is ALWAYS else And(left, right)


def _any_of(clauses: Iterable[Clause]) -> Clause:
    """Their disjunction, balanced so that a long one does not nest deeply."""
    rest = [clause for clause in clauses if clause is not NEVER]
    if any(clause is ALWAYS for clause in rest):
        return ALWAYS
    if not rest:
        return NEVER
    while len(rest) > 1:
        rest = [Or(*rest[i : i + 2]) if i + 1 < len(rest) else rest[i] for i in range(0, len(rest), 2)]
    return rest[0]
