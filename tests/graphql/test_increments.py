"""Many who change one record at the same time: each change is made, or its caller is told CONFLICT; none is lost."""

import asyncio
from typing import Any

import httpx

from gongzhi.core.territory.tables import Territory
from gongzhi.testing.serving import served, settings_for
from tests.graphql.asking import ask, codes

ADMIN = "demo-district-admin"
PLACE = "/futian/nanyuan/dongyuan"
READ = f'{{ territory(path: "{PLACE}") {{ version population }} }}'
WRITE = """mutation($version: Int!, $population: Int!) {
  updateTerritory(input: {path: "/futian/nanyuan/dongyuan", version: $version, population: $population}) {
    territory { version population }
  }
}"""
CLERKS = 50


async def seen(client: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await ask(client, READ, account=ADMIN))["data"]["territory"]
    return found


async def increment(client: httpx.AsyncClient) -> tuple[int, int]:
    """Read, add one, write, and again from the reading when somebody was first; (done, refusals)."""
    refusals = 0
    while True:
        found = await seen(client)
        given = {"version": found["version"], "population": found["population"] + 1}
        answer = await ask(client, WRITE, given, ADMIN)
        if codes(answer) != ["CONFLICT"]:
            assert codes(answer) == []
            return 1, refusals
        refusals += 1


async def test_of_fifty_who_saw_the_same_version_one_changes_it(own_demo_url: str) -> None:
    async with served(settings_for(own_demo_url)) as client:
        await Territory.update({Territory.population: 0}).where(Territory.path == PLACE)
        found = await seen(client)
        given = {"version": found["version"], "population": 1}
        answers = await asyncio.gather(*(ask(client, WRITE, given, ADMIN) for _ in range(CLERKS)))
        assert sorted(map(codes, answers)) == [[], *[["CONFLICT"]] * (CLERKS - 1)]
        assert await seen(client) == {"version": found["version"] + 1, "population": 1}


async def test_fifty_increments_of_one_record_are_exactly_fifty(own_demo_url: str) -> None:
    async with served(settings_for(own_demo_url)) as client:
        await Territory.update({Territory.population: 0}).where(Territory.path == PLACE)
        before = await seen(client)
        waves = [await asyncio.gather(*(increment(client) for _ in range(10))) for _ in range(CLERKS // 10)]
        done = [each for wave in waves for each in wave]
        after = await seen(client)
        assert sum(made for made, _ in done) == CLERKS
        assert sum(refused for _, refused in done) > 0, "nobody was in anybody's way: this tries nothing"
        assert (after["population"], after["version"] - before["version"]) == (CLERKS, CLERKS)
