"""The published catalogue in memory: immutable, shared by all requests, replaced as a whole when something changes.

Reading it touches no database. Metadata of every published edition and the items of those in force are always here;
the items of past editions are loaded when first asked for and kept, newest use first, up to `KEPT_EDITIONS`.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from gongzhi.core import clock, db
from gongzhi.core.catalogue import content, tables
from gongzhi.core.catalogue.item import Item
from gongzhi.core.catalogue.lists import ListRegistry, ListSpec
from gongzhi.core.catalogue.records import OPEN_STATES, Edition, ServiceList
from gongzhi.core.catalogue.search import SearchIndex
from gongzhi.core.errors import NotFound, Unavailable
from gongzhi.core.events.outbox import CATALOGUE, bumped, revision
from gongzhi.core.paging import FixedPage, Page, PageRequest, slice_rows
from gongzhi.core.records import as_record

KEPT_EDITIONS = 32
KEPT_PAGES = 128
"""Of an edition; of more, those that are asked for next."""


def item_page(items: Sequence[Item], tag: str, request: PageRequest, kind: type[Page[Item]] = Page) -> Page[Item]:
    """A page of items in their order; `kind` is that of `slice_rows`."""
    return slice_rows(items, request, f"items:{tag}", lambda _, item: (item.position,), (int,), kind=kind)


class PublishedEdition(msgspec.Struct, frozen=True, eq=False):
    """An edition that will not change any more, with its items in order, and the pages of them that are asked for."""

    edition: Edition
    slug: str
    items: tuple[Item, ...]
    _pages: dict[object, Page[Item]] = msgspec.field(default_factory=dict)

    def page(self, request: PageRequest) -> Page[Item]:
        """A page of the items: the same one whenever the same is asked for."""
        asked = (request.first, request.after, request.last, request.before)
        found = self._pages.get(asked)
        if found is None:
            found = item_page(self.items, self.slug, request, FixedPage)
            if len(self._pages) >= KEPT_PAGES:
                self._pages.clear()
            self._pages[asked] = found
        return found


class Snapshot(msgspec.Struct, frozen=True, eq=False):
    """The catalogue at one revision. `editions` holds each list's published ones by number, oldest first.

    `by_code` has every item in force by its list's slug and its code, `by_item` by its id.
    """

    revision: int
    day: date
    lists: Mapping[str, ServiceList]
    editions: Mapping[str, tuple[Edition, ...]]
    current: Mapping[str, PublishedEdition]
    index: SearchIndex
    by_code: Mapping[tuple[str, str], Item]
    by_item: Mapping[UUID, Item]

    def items(self) -> Iterable[Item]:
        """Every item in force, list by list."""
        for published in self.current.values():
            yield from published.items

    def item(self, slug: str, code: str) -> Item | None:
        """The item in force of that code."""
        return self.by_code.get((slug, code))


def in_force(editions: Iterable[Edition], day: date) -> Edition | None:
    """The edition that holds on `day`: the one with the latest effective date by then that is not withdrawn by then."""
    found: Edition | None = None
    for edition in editions:
        begun = edition.effective_from is not None and edition.effective_from <= day
        ended = edition.withdrawn_from is not None and edition.withdrawn_from <= day
        if begun and not ended:
            found = edition
    return found


class Catalogue:
    """Holds the present snapshot and replaces it. One per process; create it with the lists that exist."""

    def __init__(self, registry: ListRegistry) -> None:
        self.registry = registry
        self._snapshot: Snapshot | None = None
        self._past: OrderedDict[UUID, PublishedEdition] = OrderedDict()
        self._refreshing = asyncio.Lock()

    @property
    def snapshot(self) -> Snapshot:
        """The present catalogue. A request takes it once and keeps it."""
        if self._snapshot is None:
            raise NotFound("the catalogue is not loaded yet")
        return self._snapshot

    async def ensure_lists(self) -> None:
        """Enter the declared lists that the database does not have yet."""
        known = {row["slug"] for row in await tables.ServiceList.select(tables.ServiceList.slug)}
        missing = [spec for slug, spec in self.registry.specs.items() if slug not in known]
        if missing:
            # Several workers start at once; the first one's rows stay.
            await tables.ServiceList.insert(*(_row(spec) for spec in missing)).on_conflict(action="DO NOTHING")

    async def refresh(self, *, force: bool = False) -> bool:
        """Load what changed since the present snapshot; answers whether there is a new one.

        A new day counts as a change: an edition may take effect at midnight.
        """
        async with self._refreshing:
            latest, day = await revision(CATALOGUE), clock.today()
            present = self._snapshot
            if not force and present is not None and present.revision == latest and present.day == day:
                return False
            self._snapshot = await self._load(latest, day)
            return True

    async def follow(self, published: int) -> None:
        """After a commit: see what this process has published since `bumped(CATALOGUE)` was `published`.

        The change is done. Where the database is away by now, the catalogue follows when it answers again.
        """
        if bumped(CATALOGUE) != published:
            with contextlib.suppress(Unavailable):
                await self.refresh()

    async def within(self) -> Snapshot:
        """The catalogue as the running transaction sees it, with what it has published itself; nobody else gets it."""
        latest, day = await revision(CATALOGUE), clock.today()
        present = self.snapshot
        return present if (present.revision, present.day) == (latest, day) else await self._load(latest, day)

    async def published(self, edition: Edition, slug: str) -> PublishedEdition:
        """The edition with its items: from memory, or loaded and kept."""
        present = self.snapshot.current.get(slug)
        if present is not None and present.edition.id == edition.id:
            return present
        kept = self._past.get(edition.id)
        if kept is None:
            kept = await self._read(edition, slug)
            if db.current().in_transaction:
                return kept  # which may never be committed
            self._past[edition.id] = kept
            if len(self._past) > KEPT_EDITIONS:
                self._past.popitem(last=False)
        self._past.move_to_end(edition.id)
        return kept

    async def _load(self, latest: int, day: date) -> Snapshot:
        lists, editions = await _metadata(self.registry)
        current: dict[str, PublishedEdition] = {}
        for slug in lists:
            edition = in_force(editions[slug], day)
            if edition is not None:
                current[slug] = self._held(edition) or await self._read(edition, slug)
        items = [item for published in current.values() for item in published.items]
        return Snapshot(
            revision=latest,
            day=day,
            lists=lists,
            editions=editions,
            current=current,
            index=await asyncio.to_thread(SearchIndex.build, items),
            by_code={(item.list_slug, item.code): item for item in items},
            by_item={item.id: item for item in items},
        )

    def _held(self, edition: Edition) -> PublishedEdition | None:
        for published in self._snapshot.current.values() if self._snapshot else ():
            if published.edition == edition:
                return published
        return None

    async def _read(self, edition: Edition, slug: str) -> PublishedEdition:
        rows = await (
            tables.EditionItem.select(tables.EditionItem.id, tables.EditionItem.position, tables.EditionItem.document)
            .where(tables.EditionItem.edition == edition.id)
            .order_by(tables.EditionItem.position)
        )
        spec = self.registry.get(slug)
        items = tuple(
            content.materialise(
                content.decode(row["document"]),
                spec,
                item_id=row["id"],
                edition_id=edition.id,
                edition_number=edition.number,
                position=index,
            )
            for index, row in enumerate(rows)
        )
        return PublishedEdition(edition=edition, slug=slug, items=items)


async def _metadata(registry: ListRegistry) -> tuple[dict[str, ServiceList], dict[str, tuple[Edition, ...]]]:
    rows = await tables.ServiceList.select(*tables.ServiceList.all_columns())
    found = {row["slug"]: as_record(row, ServiceList) for row in rows if row["slug"] in registry.specs}
    lists = {slug: found[slug] for slug in registry.specs if slug in found}
    slugs = {record.id: slug for slug, record in lists.items()}
    editions: dict[str, list[Edition]] = {slug: [] for slug in lists}
    open_states = [state.value for state in OPEN_STATES]
    published = await (
        tables.Edition.select(*tables.Edition.all_columns())
        .where(tables.Edition.state.not_in(open_states))
        .order_by(tables.Edition.number)
    )
    for row in published:
        edition = as_record(row, Edition)
        if edition.service_list in slugs:
            editions[slugs[edition.service_list]].append(edition)
    return lists, {slug: tuple(found) for slug, found in editions.items()}


def _row(spec: ListSpec) -> tables.ServiceList:
    return tables.ServiceList(slug=spec.slug, name=spec.name, name_en=spec.name_en, kind=spec.kind.value)
