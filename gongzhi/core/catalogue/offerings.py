"""Who offers which item where: find, page, create, change, close."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from uuid import UUID

import msgspec
from piccolo.custom_types import Combinable

from gongzhi.core import clock, journal
from gongzhi.core.actors import organizations
from gongzhi.core.actors.finding import place_and_organization
from gongzhi.core.catalogue import tables
from gongzhi.core.catalogue.commands import CreateOffering, UpdateOffering
from gongzhi.core.catalogue.placed import by_place, one_plan_suits
from gongzhi.core.catalogue.records import Offering, OfferingStatus
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.db.shapes import fixed
from gongzhi.core.errors import Conflict, Invalid
from gongzhi.core.fields import checked, given
from gongzhi.core.paging import Page, PageRequest
from gongzhi.core.permissions import Principal, holds_always, require, scope
from gongzhi.core.reading import equal
from gongzhi.core.records import check_version, fetch, fetch_many
from gongzhi.core.rows import reader
from gongzhi.core.territory import service as territory
from gongzhi.core.territory.path import ancestors
from gongzhi.core.validity import check_day, check_term, in_force
from gongzhi.core.writing import append

RESOURCE = "catalogue.offering"
_table = tables.Offering
offering_of = reader(Offering)
"""A row as a record; its contact is JSON in the database."""
_keyset = by_place("offering", _table, _table.path, Offering, _table.organization)
FILTERS = 4_096
"""Filters of which the clauses are kept."""
_HAS = {status: fixed(_table.status == status.value) for status in OfferingStatus}


class OfferingFilter(msgspec.Struct, frozen=True):
    """Which offerings: at or below a path, of an item, by an organization, in force on a day (today if None)."""

    within: str | None = None
    list_slug: str | None = None
    item_code: str | None = None
    organization: UUID | None = None
    status: OfferingStatus | None = OfferingStatus.active
    on: date | None = None


async def offerings(principal: Principal, wanted: OfferingFilter, request: PageRequest) -> Page[Offering]:
    """Offerings that the caller may read, by path. Every filter has an index that ends in the order."""
    seen = scope(principal, "read", RESOURCE).where(_table)
    item = wanted.item_code if wanted.list_slug is not None else None
    usual = holds_always(seen) and wanted == OfferingFilter(within=wanted.within)  # nearly every row is one of them
    once = usual or one_plan_suits(wanted.within, item, wanted.organization)
    return await _keyset.page(request, [*filter_clauses(wanted), seen], once=once)


def filter_clauses(wanted: OfferingFilter) -> Sequence[Combinable]:
    """The conditions of a filter."""
    return _clauses(wanted, check_day(wanted.on or clock.today(), "on"))


@lru_cache(maxsize=FILTERS)
def _clauses(wanted: OfferingFilter, day: date) -> Sequence[Combinable]:
    clauses: list[Combinable] = []
    if wanted.within is not None:
        clauses.append(territory.path_clause(_table.path, wanted.within))
    if wanted.list_slug is not None:
        clauses.append(equal(_table.list_slug, wanted.list_slug))
    if wanted.item_code is not None:
        clauses.append(equal(_table.item_code, wanted.item_code))
    if wanted.organization is not None:
        clauses.append(equal(_table.organization, wanted.organization))
    if wanted.status is not None:
        clauses.append(_HAS[wanted.status])
    if wanted.status is OfferingStatus.active or wanted.on is not None:
        clauses.append(in_force(_table.valid_from, _table.valid_to, day))
    return tuple(fixed(each) for each in clauses)


def reaching(path: str) -> Combinable:
    """The clause for offerings that reach a place or a part of it: at it, below it, or above it for the whole area."""
    inside, above = territory.path_clause(_table.path, path), ancestors(path)[1:]
    return inside | _table.path.is_in(above) if above else inside


async def by_ids(ids: Iterable[UUID]) -> dict[UUID, Offering]:
    """The offerings of these ids: one statement."""
    return {row["id"]: offering_of(row) for row in await fetch_many(_table, _table.id, ids)}


async def create(principal: Principal, catalogue: Catalogue, command: CreateOffering) -> Offering:
    """Offer an item that is in force, at an open place that the organization serves or lies in."""
    command = checked(command)
    place, provider = await place_and_organization(command.path, command.organization)
    decision = require(principal, "create", RESOURCE, place.path, owner=provider.id)
    check_item(catalogue, command.list_slug, command.item_code)
    if not await organizations.serves(provider, place.path):
        raise Invalid.at("organization", f"{provider.code} does not serve {place.path}", "enter the service area first")
    first = command.valid_from or clock.today()
    check_term(first, command.valid_to)
    values = {**msgspec.structs.asdict(command), "organization": provider.id}
    values["contact"] = msgspec.json.encode(command.contact).decode()
    values["valid_from"] = first
    known = f"{provider.code} offers {command.item_code} at {place.path} already; change that offering"
    created = offering_of(await append(_table, values, ("offering_once", Conflict(known))))
    await journal.write(principal, decision, journal.label_of(created), after=msgspec.to_builtins(created))
    return created


async def revise(principal: Principal, command: UpdateOffering) -> Offering:
    """Change an offering; closing it needs `close` as well. A closed one ends by today and stays as it is."""
    command = checked(command)
    current = offering_of(await fetch(_table, _table.id, command.offering, "offering"))
    decision = require(principal, "update", RESOURCE, current.path, owner=current.organization)
    closing = command.status is OfferingStatus.closed
    if closing:
        decision = require(principal, "close", RESOURCE, current.path, owner=current.organization)
    check_version(current.version, command.version, "offering")
    if current.status is OfferingStatus.closed:
        raise Conflict("this offering is closed; create a new one")
    check_term(current.valid_from, command.valid_to)
    values = given(command, "offering", "version")
    if closing:
        ends = [day for day in (clock.today(), command.valid_to or current.valid_to) if day is not None]
        values["valid_to"] = max(min(ends), current.valid_from)
    return await journal.amend(principal, decision, _table, current, values)


def check_item(catalogue: Catalogue, slug: str, code: str) -> None:
    """Invalid unless the item is in an edition that is in force."""
    catalogue.registry.get(slug)
    if catalogue.snapshot.item(slug, code) is None:
        raise Invalid.at("item_code", f"{slug} has no item {code} in force", "search the list for the code")


async def paths_by_item(
    principal: Principal, slug: str | None, path: str, day: date
) -> list[tuple[str, str, str, UUID]]:
    """(list, code, path, organization) of every readable offering in force at, above or below a path."""
    query = _table.select(_table.list_slug, _table.item_code, _table.path, _table.organization)
    for clause in (reaching(path), *filter_clauses(OfferingFilter(list_slug=slug, on=day))):
        query = query.where(clause)
    rows = await query.where(scope(principal, "read", RESOURCE).where(_table))
    return [(row["list_slug"], row["item_code"], row["path"], row["organization"]) for row in rows]
