"""Rates by cost: whom they count, what they answer, and what they do without Redis."""

import asyncio
import time
from typing import Any

import httpx
import pytest

from gongzhi.core.settings import Settings
from gongzhi.edge import rates as rates_module
from gongzhi.edge.rates import Exceeded, Rate, Rates, network_of
from gongzhi.testing.serving import served, settings_for
from tests.edge.redis import Redis
from tests.graphql.asking import bearer, codes

PLACES = "{ territories(first: 10) { nodes { path } } }"
"""Costs 11: the connection and ten places."""


def rate(quota: int, key: str = "x") -> Rate:
    return Rate("address", key, quota)


async def post(client: httpx.AsyncClient, query: str = PLACES, **headers: str) -> httpx.Response:
    return await client.post("/graphql", json={"query": query}, headers=headers)


async def test_the_headers_say_what_is_left(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite, rate_address=30)) as client:
        first, second, third = [await post(client) for _ in range(3)]
    assert first.headers["ratelimit-policy"] == '"address";q=30;w=60'
    assert first.headers["ratelimit"].startswith('"address";r=19;t=')
    assert second.headers["ratelimit"].startswith('"address";r=8;t=')
    assert (third.status_code, codes(third)) == (429, ["LIMITED"])
    assert third.headers["ratelimit"].startswith('"address";r=0;t=')
    told = third.json()["errors"][0]["extensions"]
    assert (told["limit"], told["value"]) == ("rate_address", 30)
    assert 1 <= told["retry_after"] == int(third.headers["retry-after"]) <= 60


async def test_accounts_are_counted_for_themselves(demo_url: str) -> None:
    async with served(settings_for(demo_url, rate_address=12, rate_account=12)) as client:
        for headers in ({}, bearer("demo-resident"), bearer("demo-district-admin")):
            assert [(await post(client, **headers)).status_code for _ in range(2)] == [200, 429]
        answer = await post(client, **bearer("demo-resident"))
        assert answer.headers["ratelimit-policy"].startswith('"account"')


async def test_what_is_refused_costs_too(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite, rate_address=25)) as client:
        assert [(await post(client, "{ nothing }")).status_code for _ in range(4)] == [200, 200, 200, 429]
    async with served(settings_for(demo_sqlite, rate_address=25)) as client:
        wrong = {"Authorization": "Bearer nonsense"}
        assert [(await post(client, **wrong)).status_code for _ in range(3)] == [401, 401, 429]


async def test_nothing_is_counted_where_only_this_machine_asks(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        assert "ratelimit" not in (await post(client)).headers


def test_the_defaults_hold_where_others_can_ask() -> None:
    assert Rates(Settings()).quota("account") is None
    exposed = Rates(Settings(host="0.0.0.0", issuer="https://id.example"))
    assert [exposed.quota(kind) for kind in ("account", "client", "address")] == [300_000, 3_000_000, 600_000]
    assert Rates(Settings(host="0.0.0.0", rate_account=0)).quota("account") is None
    assert Rates(Settings(rate_account=7)).quota("account") == 7


@pytest.mark.parametrize(
    ("source", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("unix", "unix"),
        (None, "unknown"),
    ],
)
def test_addresses_are_counted_by_customer(source: str | None, counted: str) -> None:
    assert network_of(source) == counted


@pytest.mark.parametrize("shared", [False, True])
async def test_counts_at_once_are_exact(shared: bool, request: pytest.FixtureRequest) -> None:
    redis = request.getfixturevalue("redis").url if shared else None
    key = f"{request.node.name}-{id(request)}"
    rates = Rates(Settings(redis=redis))
    outcomes = await asyncio.gather(*(rates.charge([rate(100, key)], 7) for _ in range(30)), return_exceptions=True)
    await rates.aclose()
    assert sum(not isinstance(each, Exceeded) for each in outcomes) == 14
    assert {type(each) for each in outcomes} == {list, Exceeded}


async def test_workers_count_together_in_redis(redis: Redis, request: pytest.FixtureRequest) -> None:
    one, other = Rates(Settings(redis=redis.url)), Rates(Settings(redis=redis.url))
    key = f"{request.node.name}-{id(request)}"
    await one.charge([rate(10, key)], 6)
    with pytest.raises(Exceeded):
        await other.charge([rate(10, key)], 6)
    await one.aclose()
    await other.aclose()


async def test_redis_goes_away_and_comes_back(redis: Redis, monkeypatch: Any, caplog: Any) -> None:
    """In between each worker counts for itself, and nobody waits; afterwards they count together again."""
    monkeypatch.setattr(rates_module, "FORGIVEN_SECONDS", 0.2)
    one, other = Rates(Settings(redis=redis.url)), Rates(Settings(redis=redis.url))
    assert [(await each.charge([rate(10, "away")], 3))[0].left for each in (one, other)] == [7, 4]
    redis.stop()
    started = time.monotonic()
    assert [(await each.charge([rate(10, "away")], 3))[0].left for each in (one, other)] == [7, 7]
    assert time.monotonic() - started < 2
    redis.start()
    await asyncio.sleep(0.3)
    assert [(await each.charge([rate(10, "back")], 3))[0].left for each in (one, other)] == [7, 4]
    assert len([record for record in caplog.records if "Redis does not answer" in record.message]) == 2
    await one.aclose()
    await other.aclose()


async def test_without_redis_each_worker_counts_for_itself(caplog: Any) -> None:
    rates = Rates(Settings(redis="redis://127.0.0.1:1/0"))
    assert (await rates.charge([rate(10)], 6))[0].left == 4
    with pytest.raises(Exceeded):
        await rates.charge([rate(10)], 6)
    await rates.aclose()
    assert [record.message for record in caplog.records if "Redis does not answer" in record.message] != []
    assert len(caplog.records) == 1


async def test_a_password_of_redis_is_in_no_log(caplog: Any) -> None:
    rates = Rates(Settings(redis="redis://:geheim@127.0.0.1:1/0"))
    await rates.charge([rate(10)], 1)
    await rates.aclose()
    assert "geheim" not in caplog.text + repr(Settings(redis="redis://:geheim@127.0.0.1:1/0"))


async def test_a_rate_is_whole_again_in_a_minute_whatever_the_clock_says(monkeypatch: pytest.MonkeyPatch) -> None:
    rates, moment = Rates(Settings()), [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: moment[0])
    await rates.charge([rate(10)], 10)
    monkeypatch.setattr(time, "time", lambda: 0.0)  # set back, as far as can be
    with pytest.raises(Exceeded) as refused:
        await rates.charge([rate(10)], 1)
    assert refused.value.spent.reset == 60
    moment[0] += 60
    (spent,) = await rates.charge([rate(10)], 1)
    assert (spent.left, spent.reset) == (9, 60)
