"""Records by their keys, gathered from all rows of a level and fetched with one statement."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Generic, TypeVar
from uuid import UUID

from gongzhi.core.actors import accounts, areas, mergers, organizations
from gongzhi.core.actors.records import Account, Organization, ServiceArea
from gongzhi.core.audit import trail
from gongzhi.core.batching import begin
from gongzhi.core.catalogue import editions
from gongzhi.core.catalogue.records import Edition, ServiceList
from gongzhi.core.permissions import Principal
from gongzhi.core.territory import service as territory
from gongzhi.core.territory.records import Territory, TerritoryChange

K = TypeVar("K")
V = TypeVar("V")


class Loader(Generic[K, V]):
    """What one request knows by one kind of key: asked for in one statement a turn of the event loop, and remembered.

    `fetch` answers what there is of the keys.
    """

    def __init__(self, fetch: Callable[[Iterable[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._fetch = fetch
        self._known: dict[K, V | None] = {}
        self._coming: dict[K, asyncio.Future[None]] = {}
        self._asked: list[K] = []
        self._turn: asyncio.Future[None] | None = None

    async def load(self, key: K) -> V | None:
        """What there is of a key, or None."""
        return (await self.found((key,)))[key]

    async def load_many(self, keys: Iterable[K]) -> list[V]:
        """What there is of each key, or None, in their order."""
        wanted = list(keys)
        found = await self.found(wanted)
        return [found[key] for key in wanted]

    async def found(self, keys: Sequence[K]) -> Mapping[K, V | None]:
        """Of each of these keys what there is, or None; other keys may be in it, too."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._known]
        if missing:
            await self._ask(missing)
        return self._known

    async def _ask(self, keys: Iterable[K]) -> None:
        """Wait for these keys: those that were asked for already are not asked for again."""
        for coming in {self._coming.get(key) or self._ask_for(key): None for key in keys}:
            await asyncio.shield(coming)

    def _ask_for(self, key: K) -> "asyncio.Future[None]":
        if self._turn is None:
            loop = asyncio.get_running_loop()
            self._turn = loop.create_future()
            loop.call_soon(self._begin, self._turn)
        self._asked.append(key)
        self._coming[key] = self._turn
        return self._turn

    def _begin(self, turn: "asyncio.Future[None]") -> None:
        asked, self._asked, self._turn = self._asked, [], None
        begin(self._answer(asked, turn), turn)

    async def _answer(self, keys: Sequence[K], coming: "asyncio.Future[None]") -> None:
        try:
            found = await self._fetch(keys)
        except Exception as error:  # noqa: BLE001  # whatever it is, those who wait are told
            coming.set_exception(error)
            coming.exception()  # nobody may be waiting any more
        else:
            self._known.update({key: found.get(key) for key in keys})
            coming.set_result(None)
        finally:
            for key in keys:
                del self._coming[key]


class Loaders:
    """One request's loaders; each is made when first used."""

    def __init__(self, principal: Principal) -> None:
        self.principal = principal

    @cached_property
    def territory(self) -> Loader[UUID, Territory]:
        """Places by id."""
        return Loader(territory.by_ids)

    @cached_property
    def territory_at(self) -> Loader[str, Territory]:
        """Places by path."""
        return Loader(territory.by_paths)

    @cached_property
    def lineage(self) -> Loader[UUID, list[TerritoryChange]]:
        """What became of places, by the place's id."""
        return Loader(territory.history)

    @cached_property
    def organization(self) -> Loader[UUID, Organization]:
        """Organizations by id."""
        return Loader(organizations.by_ids)

    @cached_property
    def organization_of_code(self) -> Loader[str, Organization]:
        """Organizations by code."""
        return Loader(organizations.by_codes)

    @cached_property
    def areas(self) -> Loader[UUID, list[ServiceArea]]:
        """What organizations serve today, by the organization's id."""
        return Loader(areas.areas_of)

    @cached_property
    def area_history(self) -> Loader[UUID, list[ServiceArea]]:
        """What organizations ever served or will serve, by the organization's id."""
        return Loader(areas.histories)

    @cached_property
    def seal(self) -> Loader[UUID, trail.LineSeal]:
        """Seals of audit lines, by the line's id."""
        return Loader(trail.seals_of)

    @cached_property
    def absorbed(self) -> Loader[UUID, list[Organization]]:
        """What was merged into organizations, by the id of the one that went on."""
        return Loader(mergers.absorbed)

    @cached_property
    def account(self) -> Loader[UUID, Account]:
        """Accounts by id; who may read them is decided field by field."""
        return Loader(accounts.by_ids)

    @cached_property
    def account_place(self) -> Loader[UUID, str]:
        """Where accounts belong, by id."""
        return Loader(accounts.places_of)

    @cached_property
    def edition(self) -> Loader[UUID, Edition]:
        """Editions by id, in any state."""
        return Loader(editions.by_ids)

    @cached_property
    def service_list(self) -> Loader[UUID, ServiceList]:
        """Lists by id."""
        return Loader(editions.lists_by_ids)
