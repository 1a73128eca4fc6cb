"""Lists and their editions."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
import strawberry

from gongzhi.core.catalogue import editions, reading, records
from gongzhi.core.catalogue import item as items
from gongzhi.core.catalogue.lists import ListKind
from gongzhi.core.catalogue.records import EditionState
from gongzhi.core.errors import NotFound
from gongzhi.core.provenance import Provenance
from gongzhi.graphql.access import PUBLIC, Needs, require_somewhere
from gongzhi.graphql.actors import Organization
from gongzhi.graphql.arguments import SlugArgument
from gongzhi.graphql.catalogue.items import Item
from gongzhi.graphql.context import Context, Info
from gongzhi.graphql.fields import about, extends, field, or_none, present, public
from gongzhi.graphql.loading import loaded
from gongzhi.graphql.people import Account
from gongzhi.graphql.relay import Listing, Node, connection, node_type

AsOf = Annotated[date | None, about("As it was on this day; today if left out.")]
EditionNumber = Annotated[int | None, about("The edition of this number, in force or not.")]


class ChosenList(records.ServiceList, frozen=True, kw_only=True):
    """A list with the edition that an operation asked for: that of a day, or that of a number."""

    as_of: date | None = None
    number: int | None = None


Root = strawberry.Parent[records.ServiceList]
EditionRoot = strawberry.Parent[records.Edition]
READ_DRAFT = Needs(editions.RESOURCE, "read_draft")


async def _editions(context: Context, ids: Sequence[UUID]) -> dict[UUID, Any]:
    found = {}
    for key in ids:
        edition = await or_none(editions.edition(context.principal, key))
        if edition is not None:
            found[key] = edition
    return found


async def _lists(context: Context, ids: Sequence[UUID]) -> dict[UUID, Any]:
    return {record.id: record for record in context.snapshot.lists.values() if record.id in ids}


@node_type(records.Edition, _editions)
class Edition(Node):
    """An edition of a list: drafted, reviewed, published, and from then on unchangeable."""

    number: int = public("Counts the editions of the list, from 1.")
    label: str = public("What it is called, in Chinese.")
    label_en: str = public("What it is called, in English.")
    state: EditionState = public("Draft, review, published or withdrawn.")
    note: str = public("A remark, or why it was sent back.")
    provenance: Provenance = public("Where its texts come from: official, or compiled for reference.")
    digest: str = public("The SHA-256 of its contents, in hexadecimal; empty until it is published.")
    item_count: int = public("How many items it has.")
    created_at: datetime = public("When it was drafted.")
    published_at: datetime | None = public("When it was published.")
    effective_from: date | None = public("The first day on which it is in force.")
    withdrawn_from: date | None = public("The first day on which it is no longer in force, if it was withdrawn.")
    version: int = public("Counts its changes; a mutation names the one that its caller saw.")

    published_by = public(
        "Who published it; null with an error for callers who may not read the account.",
        resolver=loaded(Account | None, "loaders.account", "published_by"),
    )

    @connection("Its items, in their order.", Item, PUBLIC)
    def items(root: EditionRoot, info: Info) -> Listing:
        """From memory for a published edition."""
        snapshot = info.context.snapshot

        def held(page: Any) -> Any:
            for current in snapshot.current.values():
                if current.edition.id == root.id:
                    return current.page(page)
            return reading.page_of(info.context.catalogue, root, page)

        return held

    @public("Its item of a code; null when it has none.")
    async def item(root: EditionRoot, info: Info, code: Annotated[str, about("The item's code.")]) -> Item | None:
        """From memory for a published edition."""
        found = await reading.items_of(info.context.catalogue, root)
        return present(next((item for item in found if item.code == code), None))


@node_type(records.ServiceList, _lists)
class ServiceList(Node):
    """A list (清单): of services, of functions, of tasks."""

    slug: str = public("Its slug: the stable name in addresses.")
    name: str = public("Its name in Chinese.")
    name_en: str = public("Its name in English.")
    kind: ListKind = public("What its rows are.")
    provenance: Provenance = public("Where its texts come from.")
    provenance_note: str = public("The same in words, in Chinese.")
    provenance_note_en: str = public("The same in words, in English.")

    owner = public(
        "The organization that answers for it; null where none is entered.",
        resolver=loaded(Organization | None, "loaders.organization_of_code", "owner"),
    )

    @public("The edition in force, today or on the `asOf` of `serviceList`; null before the first one.")
    def current_edition(root: Root, info: Info) -> Edition | None:
        """From memory."""
        if isinstance(root, ChosenList) and root.number is not None:
            return present(reading.edition_numbered(info.context.snapshot, root.slug, root.number))
        as_of = root.as_of if isinstance(root, ChosenList) else None
        return present(reading.edition_on(info.context.snapshot, root.slug, as_of))

    @public("The edition that was in force on a day, or the one of a number; null when there is none.")
    def edition(root: Root, info: Info, as_of: AsOf = None, number: EditionNumber = None) -> Edition | None:
        """From memory."""
        try:
            if number is not None:
                return present(reading.edition_numbered(info.context.snapshot, root.slug, number))
            return present(reading.edition_on(info.context.snapshot, root.slug, as_of))
        except NotFound:
            return None

    @public("Every edition that was published, oldest first.")
    def editions(root: Root, info: Info) -> list[Edition]:
        """From memory."""
        return present(info.context.snapshot.editions[root.slug])

    @field("The editions that are being drafted or reviewed.", READ_DRAFT)
    async def open_editions(root: Root, info: Info) -> list[Edition]:
        """For those who may read drafts of this list."""
        return present(await editions.open_editions(info.context.principal, root.id))


@extends(Edition)
class EditionList:
    """Of which list an edition is one."""

    list = public(
        "The list that it is an edition of.", resolver=loaded(ServiceList, "loaders.service_list", "service_list")
    )


@extends(Item)
class ItemPlace:
    """Where an item stands."""

    @public("The list that it belongs to.")
    def list(root: strawberry.Parent[items.Item], info: Info) -> ServiceList:
        """From memory."""
        return present(info.context.snapshot.lists[root.list_slug])

    @public("The edition that it is a row of.")
    async def edition(root: strawberry.Parent[items.Item], info: Info) -> Edition:
        """From memory for the edition in force."""
        current = info.context.snapshot.current.get(root.list_slug)
        if current is not None and current.edition.id == root.edition_id:
            return present(current.edition)
        return present(await info.context.loaders.edition.load(root.edition_id))


@strawberry.type
class ListQuery:
    """Finding lists."""

    @public("Every list that is installed.")
    def service_lists(self, info: Info) -> list[ServiceList]:
        """From memory."""
        return present(list(info.context.snapshot.lists.values()))

    @public("The list of a slug; null when there is none. `asOf` or `edition` choose what `currentEdition` shows.")
    def service_list(
        self, info: Info, slug: SlugArgument, as_of: AsOf = None, edition: EditionNumber = None
    ) -> ServiceList | None:
        """From memory."""
        found = info.context.snapshot.lists.get(slug)
        if found is None or (as_of is None and edition is None):
            return present(found)
        return present(ChosenList(as_of=as_of, number=edition, **msgspec.structs.asdict(found)))


__all__ = ["Edition", "ListQuery", "ServiceList", "require_somewhere"]
