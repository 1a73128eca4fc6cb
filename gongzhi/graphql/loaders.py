"""Records by their keys, gathered from all rows of a level and fetched with one statement."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

from gongzhi.core.actors import accounts, areas, mergers, organizations
from gongzhi.core.actors.records import Account, Organization, ServiceArea
from gongzhi.core.catalogue import editions
from gongzhi.core.catalogue.records import Edition, ServiceList
from gongzhi.core.permissions import Principal
from gongzhi.core.territory import service as territory
from gongzhi.core.territory.records import Territory, TerritoryChange

K = TypeVar("K")
V = TypeVar("V")


def by_key(fetch: Callable[[Iterable[K]], Awaitable[Mapping[K, V]]]) -> DataLoader[K, V | None]:
    """A loader over a function from keys to what exists of them."""

    async def load(keys: Sequence[K]) -> list[V | None]:
        found = await fetch(keys)
        return [found.get(key) for key in keys]

    return DataLoader(load_fn=load)


class Loaders:
    """One request's loaders; each is made when first used."""

    def __init__(self, principal: Principal) -> None:
        self.principal = principal

    @cached_property
    def territory(self) -> DataLoader[UUID, Territory | None]:
        """Places by id."""
        return by_key(territory.by_ids)

    @cached_property
    def territory_at(self) -> DataLoader[str, Territory | None]:
        """Places by path."""
        return by_key(territory.by_paths)

    @cached_property
    def lineage(self) -> DataLoader[UUID, list[TerritoryChange] | None]:
        """What became of places, by the place's id."""
        return by_key(territory.history)

    @cached_property
    def organization(self) -> DataLoader[UUID, Organization | None]:
        """Organizations by id."""
        return by_key(organizations.by_ids)

    @cached_property
    def organization_of_code(self) -> DataLoader[str, Organization | None]:
        """Organizations by code."""
        return by_key(organizations.by_codes)

    @cached_property
    def areas(self) -> DataLoader[UUID, list[ServiceArea] | None]:
        """What organizations serve today, by the organization's id."""
        return by_key(areas.areas_of)

    @cached_property
    def area_history(self) -> DataLoader[UUID, list[ServiceArea] | None]:
        """What organizations ever served or will serve, by the organization's id."""
        return by_key(areas.histories)

    @cached_property
    def absorbed(self) -> DataLoader[UUID, list[Organization] | None]:
        """What was merged into organizations, by the id of the one that went on."""
        return by_key(mergers.absorbed)

    @cached_property
    def account(self) -> DataLoader[UUID, Account | None]:
        """Accounts by id; who may read them is decided field by field."""
        return by_key(accounts.by_ids)

    @cached_property
    def account_place(self) -> DataLoader[UUID, str | None]:
        """Where accounts belong, by id."""
        return by_key(accounts.places_of)

    @cached_property
    def edition(self) -> DataLoader[UUID, Edition | None]:
        """Editions by id, in any state."""
        return by_key(editions.by_ids)

    @cached_property
    def service_list(self) -> DataLoader[UUID, ServiceList | None]:
        """Lists by id."""
        return by_key(editions.lists_by_ids)
