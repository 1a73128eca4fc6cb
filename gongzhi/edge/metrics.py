"""Metrics in Prometheus' format: of this process, or of all workers where `gongzhi serve` started several."""

import asyncio
import os
from bisect import bisect_left
from collections.abc import Callable
from ipaddress import ip_address, ip_network

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from gongzhi.edge.seen import Seen

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The folder in which several workers keep their counts; prometheus_client reads it when it is imported."""
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
NOT_GRAPHQL = "other"
TELL_SECONDS = 0.2
"""How late the counts of a worker may be that another one reads."""


class Counted:
    """Requests of one kind and outcome: those that were counted since they were last put to prometheus_client's counts.

    Its own way to count takes a tenth of the time of answering from memory; so it is told sums.
    """

    __slots__ = ("_buckets", "_cached", "_cost", "_counters", "_number", "_seconds")

    def __init__(self, requests: Counter, seconds: Histogram, cost: Counter, cached: Counter) -> None:
        self._counters = (requests, seconds, cost, cached)
        self._clear()

    def _clear(self) -> None:
        self._number = self._cost = self._cached = 0
        self._seconds = 0.0
        self._buckets = [0] * (len(BUCKETS) + 1)

    def add(self, seconds: float, cost: int, cached: bool) -> None:
        """One more."""
        self._number += 1
        self._seconds += seconds
        self._buckets[bisect_left(BUCKETS, seconds)] += 1
        self._cost += cost
        self._cached += cached

    def tell(self) -> None:
        """Put them where they are read."""
        if not self._number:
            return
        requests, seconds, cost, cached = self._counters
        requests.inc(self._number)
        cost.inc(self._cost)
        cached.inc(self._cached)
        seconds._sum.inc(self._seconds)
        for bucket, number in zip(seconds._buckets, self._buckets, strict=True):
            bucket.inc(number)
        self._clear()


class Metrics:
    """The counts of one application."""

    def __init__(self) -> None:
        self._counted: dict[tuple[str, str, int], Counted] = {}
        self._shared = SHARED in os.environ
        self._telling: asyncio.TimerHandle | None = None
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "gongzhi_requests", "Requests, by kind of operation and outcome.", ["kind", "code"], registry=self._registry
        )
        self.seconds = Histogram(
            "gongzhi_request_seconds", "How long they took.", ["kind"], buckets=BUCKETS, registry=self._registry
        )
        self.cost = Counter("gongzhi_cost", "What they cost together.", ["kind"], registry=self._registry)
        self.cached = Counter("gongzhi_cached_answers", "Those answered as before.", registry=self._registry)
        self.connections = Gauge(
            "gongzhi_websockets",
            "WebSockets that are open.",
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self.parked = Gauge(
            "gongzhi_deliveries_parked",
            "Deliveries that were given up, until somebody replays them; NaN while the database does not tell.",
            registry=self._registry,
            multiprocess_mode="mostrecent",
        )
        self._gauges: dict[str, Gauge] = {}

    def count(self, seen: Seen, status: int, seconds: float) -> None:
        """A request has ended."""
        kind = seen.kind or NOT_GRAPHQL
        counted = self._counted.get((kind, seen.code, status)) or self._begin(kind, seen.code, status)
        counted.add(seconds, seen.cost, seen.cached)
        if self._shared and self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(TELL_SECONDS, self.tell)

    def _begin(self, kind: str, code: str, status: int) -> "Counted":
        outcome = code or ("OK" if status < 400 else f"HTTP_{status}")
        found = Counted(
            self.requests.labels(kind, outcome), self.seconds.labels(kind), self.cost.labels(kind), self.cached
        )
        self._counted[kind, code, status] = found
        return found

    def tell(self) -> None:
        """Put what was counted where it is read; for other workers this is done once in a while."""
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
        for counted in self._counted.values():
            counted.tell()

    def follow(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """A number that is read when somebody asks for it."""
        gauge = Gauge(name, meaning, registry=self._registry, multiprocess_mode="mostrecent")
        self._gauges[name] = gauge
        if not self._shared:
            gauge.set_function(value)

    def text(self) -> bytes:
        """All of them, for Prometheus."""
        self.tell()
        if not self._shared:
            return generate_latest(self._registry)
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]  # prometheus_client types most of its functions
        return generate_latest(shared)


def may_read(source: str | None, networks: tuple[str, ...]) -> bool:
    """Whether an address lies in one of these networks."""
    try:
        address = ip_address(source or "")
    except ValueError:
        return False
    return any(address in ip_network(network, strict=False) for network in networks)
