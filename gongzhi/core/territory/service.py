"""Use cases on places: find, list, create, correct, close, split and merge."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from piccolo.custom_types import Combinable
from piccolo.table import Table

from gongzhi.core import clock, journal
from gongzhi.core.db.shapes import fixed
from gongzhi.core.errors import Conflict, Invalid, NotFound
from gongzhi.core.fields import checked, given
from gongzhi.core.paging import Keyset, Page, PageRequest
from gongzhi.core.permissions import Principal, require
from gongzhi.core.records import as_record, check_version, fetch, fetch_many
from gongzhi.core.rows import reader
from gongzhi.core.territory import path as paths
from gongzhi.core.territory import tables
from gongzhi.core.territory.records import (
    PARENT_LEVEL,
    CloseTerritory,
    CreateTerritory,
    Level,
    Territory,
    TerritoryChange,
    UpdateTerritory,
)
from gongzhi.core.validity import check_day, check_stands, in_force

RESOURCE = "territory.territory"

_table = tables.Territory
territory_of = reader(Territory)
"""A row as a record."""
_keyset: Keyset[Territory] = Keyset(tag="territory", table=_table, order=(_table.path,), types=(str,), record=Territory)


class TerritoryFilter(msgspec.Struct, frozen=True):
    """Which places to list: below (and including) a path, of a level, existing on a day (today if None)."""

    within: str | None = None
    level: Level | None = None
    on: date | None = None
    parent: UUID | None = None
    include_closed: bool = False


async def territory(principal: Principal, path: str) -> Territory:
    """The place at `path`, closed ones too, or NotFound."""
    row = await fetch(_table, _table.path, paths.parse(path), "territory")
    return territory_of(row)


async def find(path: str, on: date | None = None) -> Territory:
    """The place at `path` for a record that is to refer to it: it must exist on the day (today if None)."""
    row = await fetch(_table, _table.path, paths.parse(path), "territory")
    return standing(territory_of(row), on or clock.today())


def standing(found: Territory, day: date) -> Territory:
    """The place, or Invalid: it does not exist on the day."""
    instead = "use the place it became part of"
    check_stands("path", found.path, found.valid_from, found.valid_to, day, instead=instead)
    return found


async def territories(principal: Principal, wanted: TerritoryFilter, request: PageRequest) -> Page[Territory]:
    """Places in the order of their paths."""
    return await _keyset.page(request, filter_clauses(wanted))


def filter_clauses(wanted: TerritoryFilter) -> list[Combinable]:
    """The conditions of a filter."""
    clauses: list[Combinable] = []
    if wanted.within is not None:
        clauses.append(path_clause(_table.path, wanted.within))
    if wanted.level is not None:
        clauses.append(_table.level == wanted.level.value)
    if wanted.parent is not None:
        clauses.append(_table.parent == wanted.parent)
    if not wanted.include_closed:
        clauses.append(in_force(_table.valid_from, _table.valid_to, check_day(wanted.on or clock.today(), "on")))
    return clauses


def path_clause(column: Any, path: str) -> Combinable:
    """The clause for rows at `path` or below it; an index that begins with the column finds them in its order."""
    meta = column._meta
    return _path_clause(column, path) if meta.call_chain else _kept_path_clause(meta.table, meta.name, path)


@lru_cache(maxsize=4096)
def _kept_path_clause(table: type[Table], name: str, path: str) -> Combinable:
    return fixed(_path_clause(getattr(table, name), path))


def _path_clause(column: Any, path: str) -> Combinable:
    low, high = paths.below(paths.parse(path))
    # The first two say nothing new, but without them the alternative would keep the index from being read in order.
    clause: Combinable = (column >= path) & (column < high) & ((column == path) | (column >= low))
    return clause


async def by_ids(ids: Iterable[UUID]) -> dict[UUID, Territory]:
    """The places of these ids: one statement."""
    return {row["id"]: territory_of(row) for row in await fetch_many(_table, _table.id, ids)}


async def by_paths(wanted: Iterable[str]) -> dict[str, Territory]:
    """The places at these paths: one statement."""
    return {row["path"]: territory_of(row) for row in await fetch_many(_table, _table.path, wanted)}


async def history(territory_ids: Iterable[UUID]) -> dict[UUID, list[TerritoryChange]]:
    """What these places came from and became, oldest first: one statement."""
    wanted = list(territory_ids)
    changes = tables.TerritoryChange
    rows = await (
        changes.select(*changes.all_columns())
        .where(changes.source.is_in(wanted) | changes.target.is_in(wanted))
        .order_by(changes.effective_on)
        .order_by(changes.id)
    )
    found: dict[UUID, list[TerritoryChange]] = {territory_id: [] for territory_id in wanted}
    for row in rows:
        change = as_record(row, TerritoryChange)
        for side in {change.source, change.target} & found.keys():
            found[side].append(change)
    return found


async def create(principal: Principal, command: CreateTerritory) -> Territory:
    """A new place. Its level must be the one directly below its parent's; its path and code must be free."""
    command = checked(command)
    first = check_day(command.valid_from or clock.today(), "valid_from")
    parent = await find(command.parent_path, max(first, clock.today())) if command.parent_path else None
    path = paths.parse(f"{parent.path if parent else ''}/{command.slug}", "slug")
    decision = require(principal, "create", RESOURCE, path)
    check_level(command.level, parent.level if parent else None)
    await check_free(path, command.code)
    return await journal.insert(principal, decision, row_of(command, parent, path), Territory)


async def revise(principal: Principal, command: UpdateTerritory) -> Territory:
    """Correct the names, population or note of a place."""
    command = checked(command)
    current = await territory(principal, command.path)
    decision = require(principal, "update", RESOURCE, current.path)
    check_version(current.version, command.version, "territory")
    return await journal.amend(principal, decision, _table, current, given(command, "path", "version"))


async def close(principal: Principal, command: CloseTerritory) -> Territory:
    """Let a place end on a day. A place with open ones below it cannot end."""
    command = checked(command)
    current = await territory(principal, command.path)
    decision = require(principal, "close", RESOURCE, current.path)
    check_version(current.version, command.version, "territory")
    await check_closable(current, check_day(command.on, "on"))
    return await journal.amend(principal, decision, _table, current, {"valid_to": command.on})


async def check_closable(current: Territory, on: date) -> None:
    """Conflict when the place has ended already, or others below it still exist on that day or begin later."""
    if current.valid_to is not None:
        raise Conflict(f"{current.path} ended on {current.valid_to} already")
    if current.valid_from is not None and on <= current.valid_from:
        raise Invalid.at("on", f"{current.path} begins only on {current.valid_from}")
    low, high = paths.below(current.path)
    open_below = (
        await _table.count()
        .where(_table.path >= low)
        .where(_table.path < high)
        .where(_table.valid_to.is_null() | (_table.valid_to > on))
    )
    if open_below:
        raise Conflict(f"{open_below} places below {current.path} still exist; close or move them first")


async def check_free(path: str, code: str) -> None:
    """Conflict when a place, open or closed, has this path or code."""
    taken = await _table.select(_table.path).where((_table.path == path) | (_table.code == code)).limit(1)
    if taken:
        raise Conflict(f"the path {path} or the code {code} is taken by {taken[0]['path']}")


def row_of(command: CreateTerritory, parent: Territory | None, path: str) -> tables.Territory:
    """The row of a new place; it begins today unless the command says otherwise."""
    return _table(
        code=command.code,
        path=path,
        level=command.level.value,
        name=command.name,
        name_en=command.name_en,
        parent=parent.id if parent else None,
        valid_from=check_day(command.valid_from or clock.today(), "valid_from"),
        population=command.population,
        note=command.note,
    )


def check_level(level: Level, parent: Level | None) -> None:
    """Invalid unless `parent` is the level directly above: so the territory can have no cycle and no gap."""
    expected = PARENT_LEVEL[level]
    if expected != parent:
        below = f"below a {expected}" if expected else "at the top"
        raise Invalid.at("level", f"a {level} lies {below}, not {f'below a {parent}' if parent else 'at the top'}")


async def all_below(path: str, on: date | None = None) -> list[Territory]:
    """Every place at and below `path` on a day (today if None), by path; NotFound when there is none."""
    query = _table.select(*_table.all_columns()).order_by(_table.path)
    for clause in filter_clauses(TerritoryFilter(within=path, on=on)):
        query = query.where(clause)
    rows = await query
    if not rows:
        raise NotFound(f"there is no territory {path[:80]!r}")
    return [territory_of(row) for row in rows]
