"""Counts of requests are told as prometheus_client would have counted them itself, and none twice or never."""

import asyncio

import pytest
from prometheus_client import CollectorRegistry, Histogram, generate_latest

from gongzhi.edge import metrics
from gongzhi.edge.metrics import BUCKETS, Metrics
from gongzhi.edge.seen import Seen

TAKEN = [0.0, 0.0005, *BUCKETS, 0.3, 12.0, 10.000_001, 99.0]


def seen(*, kind: str = "query", code: str = "", cost: int = 0, cached: bool = False) -> Seen:
    found = Seen("1")
    found.kind, found.code, found.cost, found.cached = kind, code, cost, cached
    return found


def told(counts: Metrics) -> dict[str, float]:
    lines = [line for line in counts.text().decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines) if "_created" not in name}


def test_times_are_told_as_its_own_histogram_tells_them() -> None:
    counts, registry = Metrics(), CollectorRegistry()
    own = Histogram("gongzhi_request_seconds", "How long they took.", ["kind"], buckets=BUCKETS, registry=registry)
    for number, seconds in enumerate(TAKEN):
        counts.count(seen(code="INVALID" if number % 2 else ""), 200, seconds)
        own.labels("query").observe(seconds)
        if number % 5 == 0:
            counts.text()  # whoever reads in between changes nothing
    lines = [line for line in generate_latest(registry).decode().splitlines() if "{" in line and "_created" not in line]
    found = told(counts)
    for name, _, value in (line.rpartition(" ") for line in lines):
        assert found[name] == pytest.approx(float(value)), name


def test_each_is_counted_once_with_its_outcome() -> None:
    counts = Metrics()
    for _ in range(3):
        counts.count(seen(cost=7, cached=True), 200, 0.01)
    counts.count(seen(kind="", code=""), 404, 0.01)
    counts.count(seen(kind="mutation", code="CONFLICT", cost=2), 200, 0.01)
    for found in (told(counts), told(counts)):
        assert found['gongzhi_requests_total{code="OK",kind="query"}'] == 3
        assert found['gongzhi_requests_total{code="HTTP_404",kind="other"}'] == 1
        assert found['gongzhi_requests_total{code="CONFLICT",kind="mutation"}'] == 1
        assert found['gongzhi_cost_total{kind="query"}'] == 21
        assert found["gongzhi_cached_answers_total"] == 3


async def test_other_workers_are_told_in_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = Metrics()
    monkeypatch.setattr(metrics, "TELL_SECONDS", 0.01)
    monkeypatch.setattr(counts, "_shared", True)
    for _ in range(2):
        counts.count(seen(), 200, 0.01)
    assert counts.requests.labels("query", "OK")._value.get() == 0
    await asyncio.sleep(0.1)
    assert counts.requests.labels("query", "OK")._value.get() == 2
    counts.count(seen(), 200, 0.01)
    counts.tell()
    assert counts.requests.labels("query", "OK")._value.get() == 3
    assert counts._telling is None
