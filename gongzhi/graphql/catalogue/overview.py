"""The catalogue as a whole: coverage and gaps, before and after a reform, differences, the change feed."""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
import strawberry
from strawberry.scalars import JSON

from gongzhi.core.catalogue import coverage as covering
from gongzhi.core.catalogue import diff as differences
from gongzhi.core.catalogue import feed, reading, records, workload
from gongzhi.core.catalogue.item import Item as ItemRecord
from gongzhi.core.catalogue.lists import DispositionKind
from gongzhi.core.catalogue.records import FeedKind
from gongzhi.graphql.access import PUBLIC
from gongzhi.graphql.actors import Organization
from gongzhi.graphql.arguments import ListArgument, On, PathArgument, SlugArgument
from gongzhi.graphql.catalogue.items import Item
from gongzhi.graphql.catalogue.lists import Edition, ServiceList
from gongzhi.graphql.catalogue.offerings import ASSIGNMENTS, OFFERINGS
from gongzhi.graphql.context import Info
from gongzhi.graphql.fields import about, field, object_type, present, public, viewer
from gongzhi.graphql.loading import loaded
from gongzhi.graphql.relay import Listing, connection
from gongzhi.graphql.territory import Territory

From = Annotated[int, strawberry.argument(name="from", description="The number of the earlier edition.")]
To = Annotated[int | None, about("The number of the later edition; the one in force if left out.")]


@object_type(covering.ItemCoverage)
class ItemCoverage:
    """Where an item is offered, where it is missing, and who provides it."""

    item: Item = viewer("The item.")
    offered_in: list[str] = viewer("The paths of the communities where it is offered.")
    missing_in: list[str] = viewer("The paths of the communities where it is missing.")

    @viewer("Who provides it there.")
    async def providers(root: strawberry.Parent[covering.ItemCoverage], info: Info) -> list[Organization]:
        """By the loader."""
        return present(await info.context.loaders.organization.load_many(root.providers))


@object_type(covering.PlaceCoverage)
class PlaceCoverage:
    """How much of a list is offered at one place."""

    place: Territory = viewer("The place: a subdistrict, a community or the district.")
    communities: int = viewer("How many communities lie in it.")
    offered: int = viewer("How many pairs of a community and an item are offered.")
    possible: int = viewer("How many pairs there could be.")


@object_type(covering.Coverage)
class Coverage:
    """Which communities offer which items of a list, and what is missing."""

    path: str = viewer("The territory path that it is about.")
    list_slug: str = viewer("The list that it is about.")
    day: date = viewer("The day that it is about.")
    offered: int = viewer("How many pairs of a community and an item are offered.")
    possible: int = viewer("How many pairs there could be.")
    items: list[ItemCoverage] = viewer("Item by item.")
    places: list[PlaceCoverage] = viewer("Place by place, by path.")


class Counted(msgspec.Struct, frozen=True):
    """What DispositionCount reads."""

    kind: DispositionKind
    count: int


@object_type(Counted)
class DispositionCount:
    """How many tasks went one way."""

    kind: DispositionKind = viewer("What was decided.")
    count: int = viewer("About how many tasks.")


@object_type(workload.Workload)
class Workload:
    """The tasks that the workstations at a place perform on two days. A task that several perform counts once."""

    path: str = viewer("The territory path.")
    list_slug: str = viewer("The list of tasks.")
    before_day: date = viewer("The earlier day.")
    after_day: date = viewer("The later day.")

    @viewer("How many tasks on the earlier day.")
    def before(root: strawberry.Parent[workload.Workload]) -> int:
        """Counted."""
        return len(root.before)

    @viewer("How many tasks on the later day.")
    def after(root: strawberry.Parent[workload.Workload]) -> int:
        """Counted."""
        return len(root.after)

    @viewer("The codes of the tasks on the earlier day.")
    def before_codes(root: strawberry.Parent[workload.Workload]) -> list[str]:
        """By code."""
        return list(root.before)

    @viewer("The codes of the tasks on the later day.")
    def after_codes(root: strawberry.Parent[workload.Workload]) -> list[str]:
        """By code."""
        return list(root.after)

    @viewer("What became of the tasks about which something was decided between the two days.")
    def kinds(root: strawberry.Parent[workload.Workload]) -> list[DispositionCount]:
        """In the order of the kinds."""
        return present([Counted(kind, root.kinds[kind]) for kind in DispositionKind if kind in root.kinds])


@object_type(differences.FieldChange)
class FieldChange:
    """One field that differs. A value that one side lacks is null."""

    path: str = public("The dotted path of the field, list members by their index from 0: basis.1.article.")
    before: JSON | None = public("What it was.")
    after: JSON | None = public("What it is.")


@object_type(differences.ItemChange)
class ItemChange:
    """An item that both editions have, and that differs."""

    code: str = public("Its code.")
    fields: list[FieldChange] = public("What differs.")


class ComparedEditions(msgspec.Struct, frozen=True, eq=False):
    """Two editions with their difference, as the type reads it."""

    earlier: records.Edition
    later: records.Edition
    added: tuple[ItemRecord, ...]
    removed: tuple[ItemRecord, ...]
    changed: tuple[differences.ItemChange, ...]
    moved: tuple[str, ...]


@object_type(ComparedEditions)
class EditionDiff:
    """What changed between two editions of a list."""

    earlier: Edition = public("The earlier edition.")
    later: Edition = public("The later edition.")
    added: list[Item] = public("What only the later one has, in its order.")
    removed: list[Item] = public("What only the earlier one has, in its order.")
    changed: list[ItemChange] = public("What both have and differs, in the later one's order.")
    moved: list[str] = public("The codes of as few items as need to move to put both in the same order.")


@object_type(records.FeedEntry)
class CatalogueChange:
    """One entry of the change feed: a front end that keeps a copy follows it by `after`, removals included."""

    revision: int = public("The revision of the catalogue that it came with.")
    kind: FeedKind = public("What happened.")
    list_slug: str = public("The list.")
    code: str = public("The item's code; empty for what happened to an edition as a whole.")
    at: datetime = public("When.")

    @public("The list.")
    def list(root: strawberry.Parent[records.FeedEntry], info: Info) -> ServiceList | None:
        """From memory."""
        return present(info.context.snapshot.lists.get(root.list_slug))

    edition = public("The edition that it came with.", resolver=loaded(Edition, "loaders.edition", "edition"))

    item = public(
        "The item as it then was; of a removed one the last that there was.",
        resolver=loaded(Item | None, "item_loader", "item"),
    )


@strawberry.type
class OverviewQuery:
    """The catalogue as a whole."""

    @field("Which communities at a place or below it offer which items of a list, and what is missing.", OFFERINGS)
    async def coverage(self, info: Info, path: PathArgument, list: SlugArgument, on: On = None) -> Coverage | None:
        """Two statements, whatever the size."""
        context = info.context
        return present(await covering.coverage(context.principal, context.catalogue, path, list, on))

    @field("The tasks of the workstations at a place before and after: 减负增效.", ASSIGNMENTS)
    async def workload(
        self,
        info: Info,
        path: PathArgument,
        list: SlugArgument = workload.TASKS,
        before: Annotated[date | None, about("The earlier day; the one before the first decision if left out.")] = None,
        after: Annotated[date | None, about("The later day; today if left out.")] = None,
    ) -> Workload | None:
        """Three statements."""
        return present(await workload.workload(info.context.principal, path, list, before, after))

    @public("What changed between two published editions of a list.")
    async def edition_diff(self, info: Info, list: SlugArgument, from_: From, to: To = None) -> EditionDiff:
        """From memory, as far as the editions are there."""
        return present(await _compare(info, list, from_, to))

    @connection(
        "What publications and withdrawals did, oldest first. A cursor stays good for ever.", CatalogueChange, PUBLIC
    )
    def catalogue_changes(self, info: Info, list: ListArgument = None) -> Listing:
        """By index seek."""
        return lambda page: feed.changes(info.context.principal, list, page)


async def _compare(info: Info, slug: str, earlier: int, later: int | None) -> Any:
    snapshot, catalogue = info.context.snapshot, info.context.catalogue
    old = reading.edition_numbered(snapshot, slug, earlier)
    new = reading.edition_to_compare(snapshot, slug, later)
    before, after = await reading.items_of(catalogue, old), await reading.items_of(catalogue, new)
    found = differences.diff(before, after)
    gone, come = set(found.removed), set(found.added)
    return ComparedEditions(
        earlier=old,
        later=new,
        added=tuple(item for item in after if item.code in come),
        removed=tuple(item for item in before if item.code in gone),
        changed=found.changed,
        moved=found.moved,
    )
