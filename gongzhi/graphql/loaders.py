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
        self.fetch = fetch
        self._known: dict[K, V | None] = {}
        self._coming: dict[K, Turn[K]] = {}
        self._turn: Turn[K] | None = None

    async def load(self, key: K) -> V | None:
        """What there is of a key, or None."""
        return (await self.found((key,)))[key]

    async def load_many(self, keys: Iterable[K]) -> list[V]:
        """What there is of each key, or None, in their order."""
        wanted = list(keys)
        found = await self.found(wanted)
        return [found[key] for key in wanted]

    @property
    def known(self) -> Mapping[K, V | None]:
        """What was asked for so far: of each key what there is, or None."""
        return self._known

    async def found(self, keys: Sequence[K]) -> Mapping[K, V | None]:
        """Of each of these keys what there is, or None; other keys may be in it, too."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._known]
        if missing:
            await self._ask(missing)
        return self._known

    async def _ask(self, keys: Iterable[K]) -> None:
        """Wait for these keys: those that were asked for already are not asked for again."""
        coming: dict[Turn[K], None] = {}
        led: Turn[K] | None = None
        for key in keys:
            turn = self._coming.get(key)
            if turn is None:
                if self._turn is None:
                    led = self._turn = Turn()
                turn = self._coming[key] = self._turn
                turn.keys.append(key)
            coming[turn] = None
        if led is not None:
            del coming[led]
            await self._lead(led)
        for turn in coming:
            await asyncio.shield(turn.told())

    async def _lead(self, turn: "Turn[K]") -> None:
        """Fetch what is asked for in this turn of the loop: who asks first does it for all, without a task of its own.

        Where they are stopped meanwhile, it is done for the others beside the request.
        """
        try:
            try:
                await asyncio.sleep(0)
            finally:
                self._turn = None
            found = await self.fetch(turn.keys)
        except Exception as error:
            self._forget(turn)
            turn.fail(error)
            raise
        except BaseException:
            if turn.waiting is None:
                self._forget(turn)
            else:
                begin(self._answer(turn), turn.waiting)
            raise
        self._settle(turn, found)

    async def _answer(self, turn: "Turn[K]") -> None:
        try:
            found = await self.fetch(turn.keys)
        except Exception as error:  # noqa: BLE001  # whatever it is, those who wait are told
            self._forget(turn)
            turn.fail(error)
        else:
            self._settle(turn, found)

    def _settle(self, turn: "Turn[K]", found: Mapping[K, V]) -> None:
        self._known.update({key: found.get(key) for key in turn.keys})
        self._forget(turn)
        if turn.waiting is not None and not turn.waiting.done():
            turn.waiting.set_result(None)

    def _forget(self, turn: "Turn[K]") -> None:
        for key in turn.keys:
            del self._coming[key]


class Turn(Generic[K]):
    """The keys that are asked for in one turn of the loop, and what those wait for who did not ask first."""

    __slots__ = ("keys", "waiting")

    def __init__(self) -> None:
        self.keys: list[K] = []
        self.waiting: asyncio.Future[None] | None = None

    def told(self) -> "asyncio.Future[None]":
        """Done when the keys are known."""
        if self.waiting is None:
            self.waiting = asyncio.get_running_loop().create_future()
        return self.waiting

    def fail(self, error: Exception) -> None:
        """Tell those who wait."""
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_exception(error)
            self.waiting.exception()  # nobody may be waiting any more


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
