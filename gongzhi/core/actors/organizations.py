"""Use cases on organizations of every kind: find, list, count, create, correct, and say whom they serve."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta
from piccolo.columns.combination import WhereRaw
from piccolo.custom_types import Combinable
from piccolo.query.functions.aggregate import Count

from gongzhi.core import clock, journal
from gongzhi.core.actors import areas, tables
from gongzhi.core.actors.commands import CreateOrganization, SetServiceAreas, UpdateOrganization
from gongzhi.core.actors.kinds import SUBKINDS_OF, ActorKind, OrganizationSubkind
from gongzhi.core.actors.records import Organization, OrganizationStatus
from gongzhi.core.errors import Conflict, Invalid
from gongzhi.core.fields import checked, given
from gongzhi.core.paging import Keyset, Page, PageRequest
from gongzhi.core.permissions import Principal, require
from gongzhi.core.records import check_version, fetch, fetch_many, update
from gongzhi.core.rows import reader
from gongzhi.core.territory import path as paths
from gongzhi.core.territory import service as territory
from gongzhi.core.validity import check_day, check_stands, in_force

RESOURCE = "actors.organization"
SUBCOMMITTEES = SUBKINDS_OF[ActorKind.committee] - {OrganizationSubkind.residents_committee}
"""The committees that may belong to a residents' committee."""

serves = areas.serves
_table = tables.Organization
organization_of = reader(Organization)
"""A row as a record; its contact is JSON in the database."""
_keyset: Keyset[Organization] = Keyset(
    tag="organization", table=_table, order=(_table.code,), types=(str,), record=Organization
)


class OrganizationFilter(msgspec.Struct, frozen=True):
    """Which organizations to list.

    `within`: located at or below a path. `serving`: located at or above a path, or with a service area there or above.
    `on`: existing on a day (today if None), unless `include_closed`. `text`: part of either name.
    """

    kind: ActorKind | None = None
    subkind: OrganizationSubkind | None = None
    status: OrganizationStatus | None = None
    within: str | None = None
    serving: str | None = None
    on: date | None = None
    include_closed: bool = False
    parent: UUID | None = None
    text: Annotated[str, Meta(max_length=100)] | None = None


async def organization(principal: Principal, code: str) -> Organization:
    """The organization of that code, ended ones too, or NotFound."""
    return organization_of(await fetch(_table, _table.code, code, "organization"))


async def find(code: str, on: date | None = None) -> Organization:
    """The organization for a record that is to refer to it: it must exist on the day (today if None)."""
    found = organization_of(await fetch(_table, _table.code, code, "organization"))
    return standing(found, on or clock.today())


def standing(found: Organization, day: date) -> Organization:
    """The organization, or Invalid: it does not exist on the day."""
    check_stands("organization", found.code, found.valid_from, found.valid_to, day, instead="use its successor")
    return found


async def organizations(principal: Principal, wanted: OrganizationFilter, request: PageRequest) -> Page[Organization]:
    """Organizations in the order of their codes. Whether an organization exists is public; see `RESOURCES`."""
    return await _keyset.page(request, filter_clauses(checked(wanted)))


def filter_clauses(wanted: OrganizationFilter) -> list[Combinable]:
    """The conditions of a filter."""
    day = check_day(wanted.on or clock.today(), "on")
    equal = ((_table.kind, wanted.kind), (_table.subkind, wanted.subkind), (_table.status, wanted.status))
    clauses: list[Combinable] = [column == value.value for column, value in equal if value is not None]
    if wanted.parent is not None:
        clauses.append(_table.parent == wanted.parent)
    if wanted.within is not None:
        clauses.append(territory.path_clause(_table.path, wanted.within))
    if wanted.serving is not None:
        clauses.append(serving_clause(wanted.serving, day))
    if wanted.text:
        clauses.append(_text_clause(wanted.text))
    if not wanted.include_closed:
        clauses.append(in_force(_table.valid_from, _table.valid_to, day))
    return clauses


def serving_clause(path: str, day: date) -> Combinable:
    """The clause for organizations that serve a place on a day."""
    above = paths.ancestors(paths.parse(path, "serving"))
    area = tables.ServiceArea
    through = (
        area.select(area.organization)
        .where(area.path.is_in(above))
        .where(in_force(area.valid_from, area.valid_to, day))
    )
    clause: Combinable = _table.path.is_in(above) | _table.id.is_in(through)
    return clause


def _text_clause(text: str) -> Combinable:
    # Not ILIKE: SQLite has none, and its LIKE and PostgreSQL's treat case differently.
    escaped = text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return WhereRaw("(lower(name) LIKE {} ESCAPE '\\' OR lower(name_en) LIKE {} ESCAPE '\\')", *[f"%{escaped}%"] * 2)


async def by_ids(ids: Iterable[UUID]) -> dict[UUID, Organization]:
    """The organizations of these ids: one statement."""
    return {row["id"]: organization_of(row) for row in await fetch_many(_table, _table.id, ids)}


async def by_codes(codes: Iterable[str]) -> dict[str, Organization]:
    """The organizations of these codes: one statement."""
    return {row["code"]: organization_of(row) for row in await fetch_many(_table, _table.code, codes)}


async def organization_counts(
    principal: Principal, within: str, on: date | None = None
) -> dict[tuple[ActorKind, OrganizationSubkind], int]:
    """How many organizations of each kind are located at or below a path on a day (today if None): one statement."""
    rows = await (
        _table.select(_table.kind, _table.subkind, Count())
        .where(territory.path_clause(_table.path, within))
        .where(in_force(_table.valid_from, _table.valid_to, check_day(on or clock.today(), "on")))
        .group_by(_table.kind, _table.subkind)
    )
    return {(ActorKind(row["kind"]), OrganizationSubkind(row["subkind"])): row["count"] for row in rows}


async def create(principal: Principal, command: CreateOrganization) -> Organization:
    """A new organization at an open place. Only a sub-committee has a parent: a residents' committee that serves it."""
    command = checked(command)
    first = check_day(command.valid_from or clock.today(), "valid_from")
    day = max(first, clock.today())
    place = await territory.find(command.path, day)
    decision = require(principal, "create", RESOURCE, place.path)
    if command.subkind not in SUBKINDS_OF[command.kind]:
        allowed = ", ".join(sorted(SUBKINDS_OF[command.kind]))
        raise Invalid.at("subkind", f"a {command.subkind} is no {command.kind}", f"use one of {allowed}")
    parent = await _parent(command, place.path, day)
    served = await areas.check_places(command.serves, "serves", day)
    if await _table.exists().where(_table.code == command.code):
        raise Conflict(f"the code {command.code} is taken")
    values = msgspec.structs.asdict(command)
    del values["serves"]
    values |= {
        "kind": command.kind.value,
        "subkind": command.subkind.value,
        "parent": parent,
        "valid_from": first,
        "contact": msgspec.json.encode(command.contact).decode(),
        "provenance": command.provenance.value,
    }
    row = _table(**values)
    await _table.insert(row)
    created = organization_of(row.to_dict())
    await areas.begin(created.id, served, first)
    after = {**msgspec.to_builtins(created), "serves": sorted(served)}
    await journal.write(principal, decision, journal.label_of(created), after=after)
    return created


async def _parent(command: CreateOrganization, path: str, day: date) -> UUID | None:
    if command.parent is None:
        return None
    if command.subkind not in SUBCOMMITTEES:
        raise Invalid.at("parent", f"a {command.subkind} belongs to no committee", "leave the parent out")
    parent = await find(command.parent, day)
    if parent.subkind is not OrganizationSubkind.residents_committee:
        raise Invalid.at("parent", f"{parent.code} is a {parent.subkind}, not a residents_committee")
    if not await serves(parent, path, day):
        raise Invalid.at("parent", f"{parent.code} does not serve {path}", "name the committee of that place")
    return parent.id


async def revise(principal: Principal, command: UpdateOrganization) -> Organization:
    """Correct the names or the contact of an organization."""
    command = checked(command)
    current = await organization(principal, command.code)
    decision = require(principal, "update", RESOURCE, current.path, owner=current.id)
    check_version(current.version, command.version, "organization")
    return await journal.amend(principal, decision, _table, current, given(command, "code", "version"))


async def set_service_areas(principal: Principal, command: SetServiceAreas) -> Organization:
    """Serve exactly these places from a day on, beside its own. Counts as a change of the organization."""
    command = checked(command)
    current = await organization(principal, command.code)
    decision = require(principal, "update", RESOURCE, current.path, owner=current.id)
    check_version(current.version, command.version, "organization")
    day = check_day(command.valid_from or clock.today(), "valid_from")
    if current.valid_to is not None:
        raise Conflict(f"{current.code} ends on {current.valid_to}; what it serves can no longer change")
    if current.valid_from is not None and day < current.valid_from:
        raise Invalid.at("valid_from", f"{current.code} begins only on {current.valid_from}")
    served = await areas.check_places(command.paths, "paths", max(day, clock.today()))
    before = [area.path for area in await areas.open_areas(current.id, day)]
    await update(_table, current.id, current.version, {})
    await areas.replace(current.id, served, day)
    changed = msgspec.structs.replace(current, version=current.version + 1)
    await journal.write(
        principal,
        decision,
        journal.label_of(current),
        before={**msgspec.to_builtins(current), "serves": sorted(before)},
        after={**msgspec.to_builtins(changed), "serves": sorted(served), "serves_from": day.isoformat()},
    )
    return changed
