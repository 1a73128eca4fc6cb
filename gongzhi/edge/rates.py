"""How much may be asked for in a minute: counted in cost, for an account, an API client and an address.

Counts are kept in this process, or in Redis for all workers together. Windows are whole minutes from the first request
on: exact numbers for the `RateLimit` header, and at worst twice the rate around the end of one.
"""

import logging
import math
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Literal

import msgspec
from limits.aio.storage import RedisStorage, Storage
from limits.errors import StorageError

from gongzhi.core.errors import Limited
from gongzhi.core.settings import Settings
from gongzhi.edge.windows import Windows

logger = logging.getLogger("gongzhi.edge")

WINDOW_SECONDS = 60
REFUSED = 10
"""What a request costs that is refused before it is executed: reading it was work, too."""
FORGIVEN_SECONDS = 10.0
"""How long counts stay in this process after Redis failed, before it is tried again."""
KNOWN_SOURCES = 4_096
"""Addresses whose network is remembered."""
Kind = Literal["account", "client", "address"]
_DEFAULTS: Mapping[Kind, int] = {"account": 300_000, "client": 3_000_000, "address": 600_000}


class Rate(msgspec.Struct, frozen=True):
    """What one caller may ask for in a minute; the setting `rate_<kind>` says it, unless the client has its own."""

    kind: Kind
    key: str
    quota: int


class Spent(msgspec.Struct, frozen=True):
    """Where a caller stands: what is left of the quota, and in how many seconds it is whole again."""

    rate: Rate
    left: int
    reset: int


class Exceeded(Limited):
    """The rate is used up; `retry_after` says in how many seconds it is whole again."""

    def __init__(self, spent: Spent, cost: int) -> None:
        rate = spent.rate
        message = f"This {rate.kind} may ask for {rate.quota} a minute, counted in cost; try again in {spent.reset} s."
        super().__init__(message, limit=f"rate_{rate.kind}", value=rate.quota, actual=cost)
        self.details = {**self.details, "retry_after": spent.reset}
        self.spent = spent


class Rates:
    """Counts of one process, or of all that share a Redis."""

    def __init__(self, settings: Settings) -> None:
        exposed = settings.exposed
        self._quotas = {kind: _quota(settings, kind, exposed=exposed) for kind in _DEFAULTS}
        self._near = Windows(WINDOW_SECONDS)
        self._shared: Storage | None = None
        self._away_until = 0.0
        if settings.redis is not None:
            self._shared = RedisStorage(
                f"async+{settings.redis}",
                implementation="redispy",
                key_prefix="gongzhi:rate",
                wrap_exceptions=True,
                socket_timeout=0.5,
                socket_connect_timeout=0.5,
            )

    def quota(self, kind: Kind) -> int | None:
        """The setting, or its default where others than this machine can ask; None where nothing is counted."""
        return self._quotas[kind]

    def rates(self, *, account: str | None, client: tuple[str, int | None] | None, source: str | None) -> list[Rate]:
        """What a caller is counted by: the account and the API client, or the address of one that is neither."""
        found: list[Rate] = []
        if account is not None and (quota := self._quotas["account"]) is not None:
            found.append(Rate("account", account, quota))
        if client is not None and (quota := client[1] or self._quotas["client"]) is not None:
            found.append(Rate("client", client[0], quota))
        if account is None and client is None and (quota := self._quotas["address"]) is not None:
            found.append(Rate("address", network_of(source), quota))
        return found

    async def charge(self, rates: Sequence[Rate], cost: int) -> list[Spent]:
        """Count a cost. Where the counts cannot be had, this process counts for itself.

        :raises Exceeded: it is more than is left.
        """
        spent = [await self._charge(rate, cost) for rate in rates]
        for each in spent:
            if each.left < 0:
                raise Exceeded(msgspec.structs.replace(each, left=0), cost)
        return spent

    async def _charge(self, rate: Rate, cost: int) -> Spent:
        key = f"{rate.kind}/{rate.key}"
        if self._shared is not None and time.monotonic() >= self._away_until:
            try:
                return await _count(self._shared, rate, key, cost)
            except StorageError as error:
                self._away_until = time.monotonic() + FORGIVEN_SECONDS
                logger.warning("rates are counted in this process alone, Redis does not answer: %s", error)
        return _spent(rate, *self._near.add(key, cost))

    async def aclose(self) -> None:
        """Let go of the connections to Redis."""
        if isinstance(self._shared, RedisStorage):
            client: Any = self._shared.bridge
            await client.get_connection().aclose()


async def _count(storage: Storage, rate: Rate, key: str, cost: int) -> Spent:
    count = await storage.incr(key, WINDOW_SECONDS, cost)
    ends = await storage.get_expiry(key)
    return _spent(rate, count, ends - time.time())


def _spent(rate: Rate, count: int, seconds: float) -> Spent:
    return Spent(rate, rate.quota - count, min(WINDOW_SECONDS, max(1, math.ceil(seconds))))


def _quota(settings: Settings, kind: Kind, *, exposed: bool) -> int | None:
    set_to: int | None = getattr(settings, f"rate_{kind}")
    if set_to is None:
        return _DEFAULTS[kind] if exposed else None
    return set_to or None


@lru_cache(KNOWN_SOURCES)
def network_of(source: str | None) -> str:
    """What an address is counted as: itself, and in IPv6 its network of 64 bits, which one customer has."""
    try:
        address = ip_address(source or "")
    except ValueError:
        return source or "unknown"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)


def headers_of(spent: Sequence[Spent]) -> dict[str, str]:
    """`RateLimit-Policy` and `RateLimit` (IETF draft ratelimit-headers): quota, window, what is left, until when."""
    if not spent:
        return {}
    policy = ", ".join(f'"{each.rate.kind}";q={each.rate.quota};w={WINDOW_SECONDS}' for each in spent)
    left = ", ".join(f'"{each.rate.kind}";r={max(0, each.left)};t={each.reset}' for each in spent)
    return {"RateLimit-Policy": policy, "RateLimit": left}
