"""Reading the catalogue: lists, editions and items, as pages, by search, by code and by id.

What is published comes from memory; only past editions that were not read lately, drafts, and the filter by territory
touch the database.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from gongzhi.core.catalogue import drafts, editions, tables
from gongzhi.core.catalogue.item import Item
from gongzhi.core.catalogue.offerings import RESOURCE, OfferingFilter, filter_clauses, reaching
from gongzhi.core.catalogue.records import OPEN_STATES, Edition, ServiceList
from gongzhi.core.catalogue.search import EVERYTHING, SearchFilters
from gongzhi.core.catalogue.store import Catalogue, Snapshot, in_force, item_page
from gongzhi.core.errors import Invalid, NotFound
from gongzhi.core.paging import Page, PageRequest, slice_rows
from gongzhi.core.permissions import Principal, scope
from gongzhi.core.records import fetch_many
from gongzhi.core.territory.path import parse
from gongzhi.core.validity import check_day

KEPT = 100_000
"""More than there are items: a page of search results is cut from all of them."""
KEY = (int, int, int)
"""What a found item is ordered by: its score, best first, its list's place, its own."""


class DraftItem(Item, frozen=True, kw_only=True, eq=False):
    """An item of an edition that is not published, with the version that an editor names."""

    version: int


def list_of(snapshot: Snapshot, slug: str) -> ServiceList:
    """The list of a slug, or NotFound naming those that there are."""
    try:
        return snapshot.lists[slug]
    except KeyError:
        raise NotFound(f"there is no list {slug[:60]!r}; there are {', '.join(sorted(snapshot.lists))}") from None


def edition_on(snapshot: Snapshot, slug: str, day: date | None = None) -> Edition | None:
    """The edition of a list that is in force on a day (today if None)."""
    list_of(snapshot, slug)
    if day is None:
        present = snapshot.current.get(slug)
        return present.edition if present else None
    return in_force(snapshot.editions[slug], check_day(day, "asOf"))


def edition_numbered(snapshot: Snapshot, slug: str, number: int) -> Edition:
    """A published or withdrawn edition of a list, or NotFound."""
    list_of(snapshot, slug)
    for edition in snapshot.editions[slug]:
        if edition.number == number:
            return edition
    raise NotFound(f"there is no published edition {number} of {slug}")


def edition_to_compare(snapshot: Snapshot, slug: str, number: int | None) -> Edition:
    """The edition of a number, or the one in force; NotFound when there is none."""
    found = edition_numbered(snapshot, slug, number) if number is not None else edition_on(snapshot, slug)
    if found is None:
        raise NotFound(f"no edition of {slug} is in force")
    return found


def item_coded(snapshot: Snapshot, code: str, slug: str | None = None) -> Item | None:
    """The item in force of a code, in one list or in all; Invalid when several lists have one of that code."""
    if slug is not None:
        return snapshot.item(list_of(snapshot, slug).slug, code)
    found = [item for each in snapshot.lists if (item := snapshot.item(each, code)) is not None]
    if len(found) > 1:
        slugs = ", ".join(item.list_slug for item in found)
        raise Invalid.at("list", f"several lists have an item {code}: {slugs}", "name the list")
    return found[0] if found else None


async def items_of(catalogue: Catalogue, edition: Edition) -> Sequence[Item]:
    """The items of an edition that the caller may read, in order; those of a draft as `DraftItem`."""
    slug = _slug_of(catalogue.snapshot, edition.service_list)
    if edition.state not in OPEN_STATES:
        return (await catalogue.published(edition, slug)).items
    found = await drafts.draft_items(edition, catalogue.registry.get(slug))
    return [versioned(item, version) for item, version in found]


def versioned(item: Item, version: int) -> DraftItem:
    """The item of a draft with its version."""
    return DraftItem(version=version, **{name: getattr(item, name) for name in Item.__struct_fields__})


async def page_of(catalogue: Catalogue, edition: Edition, request: PageRequest) -> Page[Item]:
    """A page of the items of an edition that the caller may read, in order; those of a draft as `DraftItem`."""
    if edition.state in OPEN_STATES:
        return item_page(await items_of(catalogue, edition), str(edition.id), request)
    return (await catalogue.published(edition, _slug_of(catalogue.snapshot, edition.service_list))).page(request)


async def search(
    principal: Principal,
    snapshot: Snapshot,
    query: str,
    filters: SearchFilters,
    within: str | None,
    request: PageRequest,
) -> Page[Item]:
    """Items in force that match, best first; without a query in the order of the lists. `within`: offered there."""
    order = {slug: index for index, slug in enumerate(snapshot.lists)}
    if within is None and filters == EVERYTHING and not query.strip():  # what is asked for most
        every = snapshot.index.items
        return slice_rows(every, request, "search", lambda _, item: (0, order[item.list_slug], item.position), KEY)
    offered = await offered_at(principal, parse(within)) if within is not None else None
    hits = snapshot.index.search(
        query,
        filters=filters,
        where=None if offered is None else lambda item: (item.list_slug, item.code) in offered,
        limit=KEPT,
    )
    keys = [(-hit.score, order[hit.item.list_slug], hit.item.position) for hit in hits]
    items = [hit.item for hit in hits]
    return slice_rows(items, request, "search", lambda index, _: keys[index], KEY)


async def offered_at(principal: Principal, path: str) -> set[tuple[str, str]]:
    """(list, code) of every item offered today at a place, below it, or above it for the whole area: one statement."""
    table = tables.Offering
    query = table.select(table.list_slug, table.item_code).distinct()
    for clause in (reaching(path), *filter_clauses(OfferingFilter()), scope(principal, "read", RESOURCE).where(table)):
        query = query.where(clause)
    return {(row["list_slug"], row["item_code"]) for row in await query}


def related(snapshot: Snapshot, item: Item) -> list[Item]:
    """The items in force that an item names as related."""
    found = []
    for code in item.related:
        slug, _, rest = code.rpartition(":")
        other = snapshot.item(slug or item.list_slug, rest)
        if other is not None:
            found.append(other)
    return found


async def items_by_ids(principal: Principal, catalogue: Catalogue, ids: Iterable[UUID]) -> dict[UUID, Item]:
    """Items of any edition that the caller may read, by id: from memory, else with one statement for all editions."""
    wanted = list(ids)
    found = {key: item for key in wanted if (item := catalogue.snapshot.by_item.get(key)) is not None}
    table = tables.EditionItem
    rows = await fetch_many(table, table.id, [key for key in wanted if key not in found])
    for edition_id in {row["edition"] for row in rows}:
        try:
            edition = await editions.edition(principal, edition_id)
        except NotFound:
            continue
        slug = _slug_of(catalogue.snapshot, edition.service_list)
        spec = catalogue.registry.get(slug)
        for row in rows:
            if row["edition"] == edition_id:
                item = drafts.item_of(row, edition, spec)
                found[item.id] = versioned(item, row["version"]) if edition.state in OPEN_STATES else item
    return found


def _slug_of(snapshot: Snapshot, service_list: UUID) -> str:
    for slug, record in snapshot.lists.items():
        if record.id == service_list:
            return slug
    raise NotFound("this edition belongs to a list that is not installed")
