"""Places: the district, its subdistricts, communities and grids."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import strawberry

from gongzhi.core.provenance import Provenance
from gongzhi.core.territory import path as paths
from gongzhi.core.territory import records, service
from gongzhi.core.territory.records import ChangeKind, Level
from gongzhi.graphql.access import PUBLIC
from gongzhi.graphql.arguments import IncludeClosed, On, PathArgument, Within
from gongzhi.graphql.context import Context, Info
from gongzhi.graphql.fields import about, extends, object_type, or_none, present, public
from gongzhi.graphql.loading import loaded
from gongzhi.graphql.relay import Listing, Node, connection, node_type

LevelArgument = Annotated[Level | None, about("Only places of this level.")]
Root = strawberry.Parent[records.Territory]


@object_type(records.TerritoryChange)
class TerritoryChange:
    """What a place came from or became: one line of its lineage."""

    kind: ChangeKind = public("Whether it was split or merged.")
    effective_on: date = public("The first day on which it held.")
    note: str = public("What was remarked when it was recorded.")

    @public("The place that ended.")
    async def source(root: strawberry.Parent[records.TerritoryChange], info: Info) -> "Territory":
        """By the loader."""
        return present(await info.context.loaders.territory.load(root.source))

    @public("The place that it became, or became part of.")
    async def target(root: strawberry.Parent[records.TerritoryChange], info: Info) -> "Territory":
        """By the loader."""
        return present(await info.context.loaders.territory.load(root.target))


async def _load(context: Context, ids: Sequence[UUID]) -> dict[UUID, Any]:
    return await service.by_ids(ids)


@node_type(records.Territory, _load)
class Territory(Node):
    """A place. Everything that belongs somewhere names the path of one."""

    code: str = public("Its stable code.")
    path: str = public("Where it lies, from the district down: /futian/nanyuan/dongyuan.")
    level: Level = public("District, subdistrict, community or grid.")
    name: str = public("Its name in Chinese.")
    name_en: str = public("Its name in English.")
    valid_from: date | None = public("The first day on which it existed; null where that is not recorded.")
    valid_to: date | None = public("The first day on which it no longer existed; null while it goes on.")
    population: int | None = public("How many people live there, where that is known.")
    provenance: Provenance = public("Where the record comes from.")
    note: str = public("A remark.")
    version: int = public("Counts its changes; a mutation names the one that its caller saw.")

    @public("The place that it lies directly in; null for a district.")
    async def parent(root: Root, info: Info) -> "Territory | None":
        """By the loader."""
        return present(await info.context.loaders.territory.load(root.parent)) if root.parent else None

    @public("The places that it lies in, nearest first.")
    async def ancestors(root: Root, info: Info) -> list["Territory"]:
        """By the loader, all at once."""
        above = [path for path in paths.ancestors(root.path)[1:] if path != paths.ROOT]
        found = await info.context.loaders.territory_at.load_many(above)
        return present([place for place in found if place is not None])

    history = public(
        "What it came from and became, oldest first.",
        resolver=loaded(list[TerritoryChange], "loaders.lineage", "id", missing=()),
    )


@extends(Territory)
class TerritoryChildren:
    """The places below a place."""

    @connection("The places directly below it, by path.", Territory, PUBLIC)
    def children(root: Root, info: Info, on: On = None, include_closed: IncludeClosed = False) -> Listing:
        """Those that exist on the day."""
        wanted = service.TerritoryFilter(parent=root.id, on=on, include_closed=include_closed)
        return lambda page: service.territories(info.context.principal, wanted, page)


@strawberry.type
class TerritoryQuery:
    """Finding places."""

    @public("The place at a path, closed ones too; null when there is none.")
    async def territory(self, info: Info, path: PathArgument) -> Territory | None:
        """Absence is no error here: a client asks whether there is one."""
        return present(await or_none(service.territory(info.context.principal, path)))

    @connection("Places, by path.", Territory, PUBLIC)
    def territories(
        self,
        info: Info,
        within: Within = None,
        level: LevelArgument = None,
        on: On = None,
        include_closed: IncludeClosed = False,
    ) -> Listing:
        """Those that exist on the day."""
        wanted = service.TerritoryFilter(within=within, level=level, on=on, include_closed=include_closed)
        return lambda page: service.territories(info.context.principal, wanted, page)
