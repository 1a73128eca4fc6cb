"""Which communities offer which items, who provides them, and what is missing."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

import msgspec

from gongzhi.core import clock
from gongzhi.core.catalogue.item import Item
from gongzhi.core.catalogue.offerings import paths_by_item
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.permissions import Principal
from gongzhi.core.territory import service as territory
from gongzhi.core.territory.path import ancestors, within
from gongzhi.core.territory.records import Level, Territory
from gongzhi.core.validity import check_day


class PlaceCoverage(msgspec.Struct, frozen=True, eq=False):
    """A place, how many communities lie in it, and how many of their (community, item) pairs are offered."""

    place: Territory
    communities: int
    offered: int
    possible: int


class ItemCoverage(msgspec.Struct, frozen=True, eq=False):
    """An item, the communities where it is offered and missing, and the organizations that provide it there."""

    item: Item
    offered_in: tuple[str, ...]
    missing_in: tuple[str, ...]
    providers: tuple[UUID, ...]


class Coverage(msgspec.Struct, frozen=True, eq=False):
    """The matrix of a list at a place on a day. `places` are the subdistricts and communities, by path."""

    path: str
    list_slug: str
    day: date
    items: tuple[ItemCoverage, ...]
    places: tuple[PlaceCoverage, ...]

    @property
    def offered(self) -> int:
        """How many (community, item) pairs are offered."""
        return sum(len(item.offered_in) for item in self.items)

    @property
    def possible(self) -> int:
        """How many pairs there could be: communities times items."""
        return sum(len(item.offered_in) + len(item.missing_in) for item in self.items)


async def coverage(
    principal: Principal, catalogue: Catalogue, path: str, slug: str, on: date | None = None
) -> Coverage:
    """Coverage of the list in force, over the communities at or below a path. Two statements, whatever the size.

    An offering at a subdistrict or the district reaches every community in it; one in a grid reaches its community.
    """
    day = check_day(on or clock.today(), "on")
    catalogue.registry.get(slug)
    published = catalogue.snapshot.current.get(slug)
    places = await territory.all_below(path, day)
    communities = [place.path for place in places if place.level is Level.community]
    reached, providers = _reach(await paths_by_item(principal, slug, path, day), communities)
    items = tuple(
        ItemCoverage(
            item=item,
            offered_in=tuple(sorted(reached[item.code])),
            missing_in=tuple(sorted(set(communities) - reached[item.code])),
            providers=tuple(sorted(providers[item.code])),
        )
        for item in (published.items if published else ())
    )
    return Coverage(path=path, list_slug=slug, day=day, items=items, places=_places(places, communities, items))


def _reach(
    offered: Iterable[tuple[str, str, str, UUID]], communities: list[str]
) -> tuple[dict[str, set[str]], dict[str, set[UUID]]]:
    known = set(communities)
    below: dict[str, list[str]] = {}
    reached: dict[str, set[str]] = defaultdict(set)
    providers: dict[str, set[UUID]] = defaultdict(set)
    for _, code, path, organization in offered:
        if path not in below:
            above = next((place for place in ancestors(path) if place in known), None)
            below[path] = [above] if above else [place for place in communities if within(place, path)]
        reached[code].update(below[path])
        providers[code].add(organization)
    return reached, providers


def _places(
    places: list[Territory], communities: list[str], items: tuple[ItemCoverage, ...]
) -> tuple[PlaceCoverage, ...]:
    counts: dict[str, int] = defaultdict(int)
    for item in items:
        for community in item.offered_in:
            counts[community] += 1
    found = []
    for place in places:
        if place.level is Level.grid:
            continue
        inside = [community for community in communities if within(community, place.path)]
        found.append(
            PlaceCoverage(
                place=place,
                communities=len(inside),
                offered=sum(counts[community] for community in inside),
                possible=len(inside) * len(items),
            )
        )
    return tuple(found)
