"""What every resolver of one request shares: the caller, the catalogue as it was when the request began, loaders."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import date
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import msgspec
import strawberry

from gongzhi.core import clock
from gongzhi.core.actors.known import KnownCallers
from gongzhi.core.actors.records import Account, ActiveMembership
from gongzhi.core.catalogue.item import Item
from gongzhi.core.catalogue.reading import items_by_ids
from gongzhi.core.catalogue.store import Catalogue, Snapshot
from gongzhi.core.clients.records import ApiClient
from gongzhi.core.clients.registry import Clients
from gongzhi.core.db import Database
from gongzhi.core.errors import GongzhiError
from gongzhi.core.events.tail import Tail
from gongzhi.core.figures.registry import FigureRegistry, PublishedFigure
from gongzhi.core.host import Host
from gongzhi.core.permissions import ANONYMOUS, PolicyStore, Principal
from gongzhi.core.settings import Settings
from gongzhi.core.territory.known import KnownPlaces
from gongzhi.edge.rates import Rates
from gongzhi.graphql.loaders import Loader, Loaders

K = TypeVar("K")
V = TypeVar("V")
Fetch = Callable[[Principal, Iterable[K]], Awaitable[Mapping[K, V]]]
"""From the caller and keys to what there is of them that the caller may see."""


class Services(msgspec.Struct, frozen=True, eq=False):
    """What the process holds, made once by `create_app`."""

    settings: Settings
    database: Database
    catalogue: Catalogue
    policy: PolicyStore
    places: KnownPlaces
    figures: FigureRegistry
    published_figures: tuple[PublishedFigure, ...]
    host: Host
    clients: Clients
    tail: Tail
    rates: Rates
    callers: KnownCallers = msgspec.field(default_factory=KnownCallers)


class Effects:
    """What the mutations of one operation have done, where all of them are one transaction."""

    __slots__ = ("allowed", "failed", "several")

    def __init__(self, *, several: bool) -> None:
        self.several = several
        """Whether there is more than one, so that each must be undone alone when it fails."""
        self.allowed: list[tuple[str, str]] = []
        """The resources and actions of those that took effect."""
        self.failed: GongzhiError | None = None
        """Why the operation as a whole cannot be kept."""


class Context:
    """One request. `memberships` are the posts that the caller holds today, `account` who they are.

    `client` is the application that asks, where it showed an API key.
    """

    def __init__(
        self,
        services: Services,
        principal: Principal = ANONYMOUS,
        account: Account | None = None,
        memberships: tuple[ActiveMembership, ...] = (),
        client: ApiClient | None = None,
    ) -> None:
        self.services = services
        self.principal = principal
        self.account = account
        self.memberships = memberships
        self.client = client
        self.effects: Effects | None = None
        """None, where each mutation is a transaction of its own."""
        self._batches: dict[Any, Loader[Any, Any]] = {}
        self.snapshot: Snapshot = services.catalogue.snapshot

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue, for past editions and for use cases."""
        return self.services.catalogue

    @cached_property
    def today(self) -> date:
        """The day on which the request began."""
        return clock.today()

    @cached_property
    def loaders(self) -> Loaders:
        """The records that this request has loaded."""
        return Loaders(self.principal)

    @cached_property
    def item_loader(self) -> Loader[UUID, Item]:
        """Items of any edition by id, from memory where they are in force."""
        return Loader(partial(items_by_ids, self.principal, self.catalogue))

    async def batch(self, fetch: Fetch[K, V], key: K) -> V | None:
        """What `fetch` finds for a key: the keys of all rows of a level are fetched together, once in a request.

        A module's types use it for what belongs to each row; `fetch` is a function of the module, always the same one.
        """
        return await self.batches(fetch).load(key)

    def batches(self, fetch: Fetch[K, V]) -> Loader[K, V]:
        """The loader of what `fetch` finds."""
        loader = self._batches.get(fetch)
        if loader is None:
            loader = self._batches[fetch] = Loader(partial(fetch, self.principal))
        return loader

    def anew(self, effects: Effects) -> "Context":
        """The same caller, with nothing loaded yet, for an operation that is one transaction."""
        fresh = Context(self.services, self.principal, self.account, self.memberships, self.client)
        fresh.effects = effects
        return fresh

    def changed(self, snapshot: Snapshot | None = None) -> None:
        """After a mutation: what was loaded before it may be out of date. `snapshot` is what it sees of the catalogue.

        Without one that is what everybody sees.
        """
        self.__dict__.pop("loaders", None)
        self.__dict__.pop("item_loader", None)
        self._batches.clear()
        self.snapshot = snapshot or self.services.catalogue.snapshot


if TYPE_CHECKING:
    Info = strawberry.Info[Context, Any]
else:
    Info = strawberry.Info
