"""Service areas: which places an organization serves, from when until when."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from gongzhi.core import clock
from gongzhi.core.actors import tables
from gongzhi.core.actors.records import Organization, ServiceArea
from gongzhi.core.errors import Invalid, Problem
from gongzhi.core.reading import among, equal, exists
from gongzhi.core.records import as_record
from gongzhi.core.territory import path as paths
from gongzhi.core.territory import service as territory
from gongzhi.core.validity import check_day, in_force

_table = tables.ServiceArea


async def areas_of(organization_ids: Iterable[UUID], on: date | None = None) -> dict[UUID, list[ServiceArea]]:
    """The places that these organizations serve on a day (today if None), by path: one statement."""
    found: dict[UUID, list[ServiceArea]] = {organization_id: [] for organization_id in organization_ids}
    if not found:
        return found
    rows = await (
        _table.select(*_table.all_columns())
        .where(_table.organization.is_in(list(found)))
        .where(in_force(_table.valid_from, _table.valid_to, check_day(on or clock.today(), "on")))
        .order_by(_table.path)
    )
    for row in rows:
        found[row["organization"]].append(as_record(row, ServiceArea))
    return found


async def histories(organization_ids: Iterable[UUID]) -> dict[UUID, list[ServiceArea]]:
    """Every place that these organizations ever served or will serve, oldest first: one statement."""
    found: dict[UUID, list[ServiceArea]] = {organization_id: [] for organization_id in organization_ids}
    if not found:
        return found
    rows = await (
        _table.select(*_table.all_columns())
        .where(_table.organization.is_in(list(found)))
        .order_by(_table.valid_from)
        .order_by(_table.path)
    )
    for row in rows:
        found[row["organization"]].append(as_record(row, ServiceArea))
    return found


async def history(organization_id: UUID) -> list[ServiceArea]:
    """Every place that an organization ever served or will serve, oldest first."""
    return (await histories([organization_id]))[organization_id]


async def serves(organization: Organization, path: str, on: date | None = None) -> bool:
    """Whether an organization, or a service area of it, lies at or above a place on a day (today if None)."""
    if paths.within(path, organization.path):
        return True
    return await exists(
        _table,
        equal(_table.organization, organization.id),
        among(_table.path, paths.ancestors(path)),
        in_force(_table.valid_from, _table.valid_to, check_day(on or clock.today(), "on")),
    )


async def check_places(wanted: Sequence[str], field: str, on: date) -> list[str]:
    """The paths without repetition, or Invalid naming each that is malformed or no place on the day."""
    known = await territory.by_paths(wanted)
    problems = []
    for index, path in enumerate(wanted):
        place = known.get(path)
        if place is None:
            problems.append(Problem(message=f"there is no territory {path[:60]!r}", field=f"{field}.{index}"))
        elif place.valid_to is not None and place.valid_to <= on:
            problems.append(Problem(message=f"{path} has not existed since {place.valid_to}", field=f"{field}.{index}"))
    if problems:
        raise Invalid("some places do not exist", problems)
    return list(dict.fromkeys(wanted))


async def open_areas(organization_id: UUID, day: date) -> list[ServiceArea]:
    """What an organization serves on the day or will serve after it."""
    return [area for area in await history(organization_id) if area.valid_to is None or area.valid_to > day]


async def begin(organization_id: UUID, served: Iterable[str], day: date) -> None:
    """Serve these places from the day on."""
    rows = [_table(organization=organization_id, path=path, valid_from=day) for path in served]
    if rows:
        await _table.insert(*rows)


async def end(areas: Iterable[ServiceArea], day: date) -> None:
    """End these areas on the day. One that would begin later keeps an empty term: it never took effect."""
    begun: list[ServiceArea] = []
    later: list[ServiceArea] = []
    for area in areas:
        (later if area.valid_from is not None and area.valid_from > day else begun).append(area)
    if begun:
        await _table.update({_table.valid_to: day}).where(_table.id.is_in([area.id for area in begun]))
    for area in later:
        await _table.update({_table.valid_to: area.valid_from}).where(_table.id == area.id)


async def replace(organization_id: UUID, served: Sequence[str], day: date) -> None:
    """Serve exactly these places from the day on."""
    areas = await open_areas(organization_id, day)
    kept = {area.path for area in areas if _lasts(area, served, day)}
    await end([area for area in areas if not _lasts(area, served, day)], day)
    await begin(organization_id, [path for path in served if path not in kept], day)


async def pass_on(source: Organization, target: Organization, day: date) -> None:
    """What `source` serves from the day on, its own place included, is served by `target` as far as it is not already.

    An area that was to begin or end later does so for the target.
    """
    own = ServiceArea(id=source.id, organization=source.id, path=source.path, valid_from=None, valid_to=None)
    areas = await open_areas(source.id, day)
    held = await open_areas(target.id, day)
    await end(areas, day)
    for area in (own, *areas):
        first = max(day, area.valid_from or day)
        if paths.within(area.path, target.path) or any(_covers(other, area, first) for other in held):
            continue
        heir = _table(organization=target.id, path=area.path, valid_from=first, valid_to=area.valid_to)
        await _table.insert(heir)
        held.append(as_record(heir.to_dict(), ServiceArea))


def _lasts(area: ServiceArea, served: Sequence[str], day: date) -> bool:
    begun = area.valid_from is None or area.valid_from <= day
    return begun and area.valid_to is None and area.path in served


def _covers(other: ServiceArea, area: ServiceArea, first: date) -> bool:
    begun = other.valid_from is None or other.valid_from <= first
    lasts = other.valid_to is None or (area.valid_to is not None and other.valid_to >= area.valid_to)
    return begun and lasts and paths.within(area.path, other.path)
