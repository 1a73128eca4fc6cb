"""Who offers what where, who performs what where, and what was decided about it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from gongzhi.core.actors import records as actors
from gongzhi.core.catalogue import assignments as performing
from gongzhi.core.catalogue import item as items
from gongzhi.core.catalogue import offerings as supply
from gongzhi.core.catalogue import records
from gongzhi.core.catalogue.lists import DispositionKind
from gongzhi.core.catalogue.records import OfferingStatus
from gongzhi.core.provenance import Provenance
from gongzhi.core.territory import records as places
from gongzhi.graphql.access import Needs, Standing
from gongzhi.graphql.actors import Contact, Organization
from gongzhi.graphql.arguments import ItemArgument, ListArgument, On, OrganizationArgument, Within
from gongzhi.graphql.catalogue.items import Item
from gongzhi.graphql.context import Context, Info
from gongzhi.graphql.fields import about, extends, present, viewer
from gongzhi.graphql.loading import by_keys, loaded
from gongzhi.graphql.relay import Listing, Node, connection, node_type
from gongzhi.graphql.territory import Territory

StatusArgument = Annotated[OfferingStatus | None, about("Only offerings with this status; null for every status.")]
KindArgument = Annotated[DispositionKind | None, about("Only decisions of this kind.")]
Until = Annotated[date | None, about("Only those that take effect up to this day.")]


async def _offerings(context: Context, ids: Sequence[UUID]) -> dict[UUID, Any]:
    return await supply.by_ids(ids)


async def _assignments(context: Context, ids: Sequence[UUID]) -> dict[UUID, Any]:
    return await performing.by_ids(ids)


async def _dispositions(context: Context, ids: Sequence[UUID]) -> dict[UUID, Any]:
    return await performing.dispositions_by_ids(ids)


async def place(context: Context, record: records.Offering | records.Assignment | records.Disposition) -> Standing:
    """The record stands at its path, and belongs to its organization."""
    return Standing(path=record.path, owner=record.organization)


READ_OFFERING = Needs(supply.RESOURCE, "read", place)
READ_ASSIGNMENT = Needs(performing.ASSIGNMENT, "read", place)
READ_DISPOSITION = Needs(performing.DISPOSITION, "read", place)
OFFERINGS = Needs(supply.RESOURCE, "read")
ASSIGNMENTS = Needs(performing.ASSIGNMENT, "read")
DISPOSITIONS = Needs(performing.DISPOSITION, "read")


def _items(context: Context) -> Mapping[tuple[str, str], items.Item]:
    """The items in force in the request of this context, by the slugs of their lists and their codes."""
    return context.snapshot.by_code


@strawberry.interface(description="What ties an item to a place and an organization.")
class AtPlace:
    """The fields that offerings, assignments and dispositions share."""

    path: str = viewer("The territory path.")
    list_slug: str = viewer("The slug of the item's list.")
    item_code: str = viewer("The item's code.")
    provenance: Provenance = viewer("Where the record comes from.")

    @viewer("The item in force of that code; null when the list no longer has it.")
    @by_keys(_items, "list_slug", "item_code")
    def item(root: strawberry.Parent[records.Offering], info: Info) -> Item | None:
        """From memory."""
        return present(info.context.snapshot.item(root.list_slug, root.item_code))

    territory = viewer("The place.", resolver=loaded(Territory, "loaders.territory_at", "path"))

    organization = viewer("The organization.", resolver=loaded(Organization, "loaders.organization", "organization"))


@node_type(records.Offering, _offerings, READ_OFFERING)
class Offering(Node, AtPlace):
    """An item at a place by an organization (HSDS service_at_location)."""

    location: str = viewer("The room, hall or address, in Chinese.")
    location_en: str = viewer("The same in English.")
    schedule: str = viewer("When it is open, as people write it.")
    capacity: int | None = viewer("Persons at once; null where unlimited or unknown.")
    contact: Contact = viewer("How to reach the people behind it.")
    status: OfferingStatus = viewer("Whether it can be used now.")
    valid_from: date = viewer("The first day.")
    valid_to: date | None = viewer("The first day on which it is no longer offered; null while it goes on.")
    version: int = viewer("Counts its changes; a mutation names the one that its caller saw.")


@node_type(records.Assignment, _assignments, READ_ASSIGNMENT)
class Assignment(Node, AtPlace):
    """An organization performs a function or task at a place, for a term."""

    valid_from: date = viewer("The first day.")
    valid_to: date | None = viewer("The first day on which it no longer performs it; null while it goes on.")
    note: str = viewer("A remark.")
    version: int = viewer("Counts its changes; a mutation names the one that its caller saw.")


@node_type(records.Disposition, _dispositions, READ_DISPOSITION)
class Disposition(Node, AtPlace):
    """What was decided about an assigned task: kept, handed over, or returned."""

    kind: DispositionKind = viewer("What was decided.")
    effective_on: date = viewer("The first day on which it held.")
    authority: str = viewer("The decision's document or meeting, as its makers call it.")
    note: str = viewer("A remark.")
    recorded_at: datetime = viewer("When it was entered.")

    target = viewer(
        "The organization that took over; null where the task was kept.",
        resolver=loaded(Organization | None, "loaders.organization", "target"),
    )


async def _organization_id(context: Context, code: str | None) -> UUID | None:
    if code is None:
        return None
    found = await context.loaders.organization_of_code.load(code)
    return found.id if found is not None else UUID(int=0)


@strawberry.type
class OfferingQuery:
    """Finding offerings, assignments and dispositions."""

    @connection("Offerings in force, by place. Any page costs the same.", Offering, OFFERINGS)
    async def offerings(
        self,
        info: Info,
        within: Within = None,
        list: ListArgument = None,
        item: ItemArgument = None,
        organization: OrganizationArgument = None,
        status: StatusArgument = OfferingStatus.active,
        on: On = None,
    ) -> Listing:
        """By index seek."""
        provider = await _organization_id(info.context, organization)
        wanted = supply.OfferingFilter(
            within=within, list_slug=list, item_code=item, organization=provider, status=status, on=on
        )
        return lambda page: supply.offerings(info.context.principal, wanted, page)

    @connection("Who performs which function or task where on a day, by place.", Assignment, ASSIGNMENTS)
    async def assignments(
        self,
        info: Info,
        within: Within = None,
        list: ListArgument = None,
        item: ItemArgument = None,
        organization: OrganizationArgument = None,
        on: On = None,
    ) -> Listing:
        """By index seek."""
        performer = await _organization_id(info.context, organization)
        wanted = performing.AssignmentFilter(
            within=within, list_slug=list, item_code=item, organization=performer, on=on
        )
        return lambda page: performing.assignments(info.context.principal, wanted, page)

    @connection("What was decided about tasks, by place.", Disposition, DISPOSITIONS)
    def dispositions(
        self,
        info: Info,
        within: Within = None,
        list: ListArgument = None,
        item: ItemArgument = None,
        kind: KindArgument = None,
        until: Until = None,
    ) -> Listing:
        """By index seek."""
        wanted = performing.DispositionFilter(within=within, list_slug=list, item_code=item, kind=kind, until=until)
        return lambda page: performing.dispositions(info.context.principal, wanted, page)


@extends(Item)
class ItemOfferings:
    """Where an item is offered."""

    @connection("Where it is offered today, by place.", Offering, OFFERINGS)
    def offerings(root: strawberry.Parent[items.Item], info: Info, within: Within = None, on: On = None) -> Listing:
        """By index seek."""
        wanted = supply.OfferingFilter(within=within, list_slug=root.list_slug, item_code=root.code, on=on)
        return lambda page: supply.offerings(info.context.principal, wanted, page)


@extends(Territory)
class TerritoryOfferings:
    """What is offered at a place."""

    @connection("What is offered there or below, by place.", Offering, OFFERINGS)
    def offerings(
        root: strawberry.Parent[places.Territory],
        info: Info,
        list: ListArgument = None,
        item: ItemArgument = None,
        on: On = None,
    ) -> Listing:
        """By index seek."""
        wanted = supply.OfferingFilter(within=root.path, list_slug=list, item_code=item, on=on)
        return lambda page: supply.offerings(info.context.principal, wanted, page)


@extends(Organization)
class OrganizationWork:
    """What an organization offers and performs."""

    @connection("What it offers, by place.", Offering, OFFERINGS)
    def offerings(root: strawberry.Parent[actors.Organization], info: Info, on: On = None) -> Listing:
        """By index seek."""
        wanted = supply.OfferingFilter(organization=root.id, on=on)
        return lambda page: supply.offerings(info.context.principal, wanted, page)

    @connection("The functions and tasks that it performs, by place.", Assignment, ASSIGNMENTS)
    def assignments(
        root: strawberry.Parent[actors.Organization], info: Info, list: ListArgument = None, on: On = None
    ) -> Listing:
        """By index seek."""
        wanted = performing.AssignmentFilter(organization=root.id, list_slug=list, on=on)
        return lambda page: performing.assignments(info.context.principal, wanted, page)
