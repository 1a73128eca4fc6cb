"""Metrics in Prometheus' format: of this process, or of all workers where `gongzhi serve` started several."""

import os
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from gongzhi.edge.seen import Seen

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The folder in which several workers keep their counts; prometheus_client reads it when it is imported."""
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
NOT_GRAPHQL = "other"


class Counted(NamedTuple):
    """The counts of requests of one kind and outcome."""

    requests: Counter
    seconds: Histogram
    cost: Counter


class Metrics:
    """The counts of one application."""

    def __init__(self) -> None:
        self._counted: dict[tuple[str, str, int], Counted] = {}
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
        counted.requests.inc()
        counted.seconds.observe(seconds)
        if seen.cached:
            self.cached.inc()
        if seen.cost:
            counted.cost.inc(seen.cost)

    def _begin(self, kind: str, code: str, status: int) -> "Counted":
        """Looking the counts of labels up takes as long as counting; there are few of them."""
        outcome = code or ("OK" if status < 400 else f"HTTP_{status}")
        found = Counted(self.requests.labels(kind, outcome), self.seconds.labels(kind), self.cost.labels(kind))
        self._counted[kind, code, status] = found
        return found

    def follow(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """A number that is read when somebody asks for it."""
        gauge = Gauge(name, meaning, registry=self._registry, multiprocess_mode="mostrecent")
        self._gauges[name] = gauge
        if SHARED not in os.environ:
            gauge.set_function(value)

    def text(self) -> bytes:
        """All of them, for Prometheus."""
        if SHARED not in os.environ:
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
