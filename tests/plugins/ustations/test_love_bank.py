"""Points for rewards: set apart, spent or given back; never below zero, never twice; and moved with their volunteer."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from gongzhi.core import clock, ledger
from gongzhi.core.db import current
from gongzhi.core.permissions import pinned
from gongzhi.core.workflow import Timers
from gongzhi.plugins.ustations.workflow import WORKFLOWS
from gongzhi.testing.calling import Callers, calling
from tests.plugins.ustations.test_shifts import (
    ADMIN,
    MANAGER,
    SECOND,
    VOLUNTEER,
    command,
    points,
    served,
    station,
    with_love_bank,
)

REDEMPTION = "redemption { id version state cost }"
REWARD = "reward { id version stock }"
ELSEWHERE = "/futian/meilin/meilin-yicun"


async def rich(api: Callers, cost: int = 10, stock: int = 2) -> dict[str, Any]:
    """A volunteer with 16 points, and a reward."""
    await with_love_bank(api)
    await served(api, clock.now() + timedelta(days=1))
    given = {"station": (await station(api))["id"], "name": "雨伞", "cost": cost, "stock": stock}
    return dict((await api.do(MANAGER, "offerLoveBankReward", REWARD, given))["reward"])


async def requested(api: Callers, reward: dict[str, Any]) -> dict[str, Any]:
    given = {"reward": reward["id"]}
    return dict((await api.do(VOLUNTEER, "requestLoveBankRedemption", REDEMPTION, given))["redemption"])


async def step(api: Callers, caller: str, name: str, record: dict[str, Any], **given: Any) -> dict[str, Any]:
    mutation = f"{name}LoveBankRedemption"
    return dict((await api.do(caller, mutation, REDEMPTION, command("redemption", record, **given)))["redemption"])


async def stock(api: Callers, reward: dict[str, Any]) -> int:
    query = "query($id: ID!) { node(id: $id) { ... on LoveBankReward { stock } } }"
    return int((await api.data("", query, id=reward["id"]))["node"]["stock"])


async def held(api: Callers) -> tuple[int, int]:
    found = (await points(api))["points"]
    return found["balance"], found["held"]


async def test_a_redemption_reserves_and_then_spends(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        reward = await rich(api)
        asked = await requested(api, reward)
        assert (await held(api), await stock(api, reward)) == ((16, 10), 1)
        asked = await step(api, MANAGER, "approve", asked)
        asked = await step(api, MANAGER, "deliver", asked)
        assert (asked["state"], await held(api)) == ("DELIVERED", (6, 0))
        again = await api.refused(MANAGER, "deliverLoveBankRedemption", REDEMPTION, command("redemption", asked))
        assert again["code"] == "ILLEGAL_TRANSITION"
        assert await held(api) == (6, 0)
        assert await ledger.verify("love-bank") == []


@pytest.mark.parametrize("steps", [["cancel"], ["approve", "cancel"], ["reject"]], ids="+".join)
async def test_what_comes_to_nothing_gives_points_and_reward_back(own_demo_url: str, steps: list[str]) -> None:
    async with calling(own_demo_url) as api:
        reward = await rich(api)
        asked = await requested(api, reward)
        for name in steps:
            caller = VOLUNTEER if name == "cancel" else MANAGER
            given = {"reason": "缺货"} if name == "reject" else {}
            asked = await step(api, caller, name, asked, **given)
        assert (await held(api), await stock(api, reward)) == ((16, 0), 2)


async def test_what_nobody_fetches_lapses(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        reward = await rich(api)
        await step(api, MANAGER, "approve", await requested(api, reward))
        with pinned(), clock.frozen(clock.now() + timedelta(days=90)):
            worker = Timers(current(), WORKFLOWS)
            while await worker.meet_due():
                pass
        assert (await held(api), await stock(api, reward)) == ((16, 0), 2)


async def test_nobody_redeems_more_than_they_have(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        reward = await rich(api, cost=17)
        refusal = await api.refused(VOLUNTEER, "requestLoveBankRedemption", REDEMPTION, {"reward": reward["id"]})
        assert (refusal["code"], refusal["available"], refusal["asked"]) == ("CONFLICT", 16, 17)
        assert (await held(api), await stock(api, reward)) == ((16, 0), 2)
        poor = await api.refused(SECOND, "requestLoveBankRedemption", REDEMPTION, {"reward": reward["id"]})
        assert poor["code"] == "CONFLICT"


async def test_of_two_redemptions_for_the_same_points_one_is_made(own_demo_url: str) -> None:
    mutation = "mutation($id: ID!) { requestLoveBankRedemption(input: {reward: $id}) { redemption { id } } }"
    async with calling(own_demo_url) as api:
        reward = await rich(api, stock=5)
        answers = await asyncio.gather(*(api.ask(VOLUNTEER, mutation, id=reward["id"]) for _ in range(5)))
        assert len([answer for answer in answers if "errors" not in answer]) == 1
        assert (await held(api), await stock(api, reward)) == ((16, 10), 4)


async def test_a_reward_that_is_out_of_stock_is_refused(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        reward = await rich(api, cost=1, stock=1)
        await requested(api, reward)
        refusal = await api.refused(VOLUNTEER, "requestLoveBankRedemption", REDEMPTION, {"reward": reward["id"]})
        assert (refusal["code"], "out of stock" in refusal["message"]) == ("CONFLICT", True)
        assert (await held(api), await stock(api, reward)) == ((16, 1), 0)


async def test_only_who_runs_the_station_decides(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        asked = await requested(api, await rich(api))
        for caller in (VOLUNTEER, SECOND, "demo-station-head", ""):
            refusal = await api.refused(caller, "approveLoveBankRedemption", REDEMPTION, command("redemption", asked))
            assert refusal["code"] in ("FORBIDDEN", "UNAUTHENTICATED"), caller
        assert (await held(api)) == (16, 10)


async def test_rewards_are_given_where_there_is_a_love_bank(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        given = {"station": (await station(api))["id"], "name": "雨伞", "cost": 10, "stock": 1}
        assert (await api.refused(MANAGER, "offerLoveBankReward", REWARD, given))["code"] == "CONFLICT"
        for change in ({"cost": 0}, {"cost": -1}, {"stock": -1}):
            assert (await api.refused(MANAGER, "offerLoveBankReward", REWARD, {**given, **change}))["code"] == "INVALID"


async def test_points_move_with_their_volunteer(own_demo_url: str) -> None:
    moved = "volunteer { id version path } transfer { fromPath path points }"
    async with calling(own_demo_url) as api:
        reward = await rich(api)
        mine = await points(api)
        given = {"volunteer": mine["id"], "version": mine["version"], "path": ELSEWHERE}
        asked = await requested(api, reward)
        assert (await api.refused(VOLUNTEER, "transferVolunteer", moved, given))["code"] == "CONFLICT"
        await step(api, VOLUNTEER, "cancel", asked)
        assert (await api.refused(SECOND, "transferVolunteer", moved, given))["code"] == "NOT_FOUND"
        done = await api.do(VOLUNTEER, "transferVolunteer", moved, given)
        assert done["transfer"] == {"fromPath": mine["path"], "path": ELSEWHERE, "points": 16}
        assert (await points(api))["points"]["balance"] == 16
        assert await ledger.verify("love-bank") == []
        again = {**given, "version": done["volunteer"]["version"]}
        assert (await api.refused(VOLUNTEER, "transferVolunteer", moved, again))["code"] == "INVALID"
        granted = {each.code: each.balance for each in await ledger.accounts("love-bank") if each.kind == "expense"}
        assert granted == {"granted:futian.nanyuan.dongyuan": 0, "granted:futian.meilin.meilin-yicun": 16}


async def test_a_suspended_volunteer_asks_for_nothing(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        reward = await rich(api)
        mine = await points(api)
        given = {"volunteer": mine["id"], "version": mine["version"]}
        assert (await api.refused(VOLUNTEER, "suspendVolunteer", "volunteer { id }", given))["code"] == "FORBIDDEN"
        await api.do(MANAGER, "suspendVolunteer", "volunteer { id }", given)
        refusal = await api.refused(VOLUNTEER, "requestLoveBankRedemption", REDEMPTION, {"reward": reward["id"]})
        assert (refusal["code"], await stock(api, reward)) == ("CONFLICT", 2)


async def test_others_do_not_see_points(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        await rich(api)
        query = "{ volunteers { nodes { name points { balance } } } }"
        answer = await api.ask(MANAGER, query)
        assert {each["points"] for each in answer["data"]["volunteers"]["nodes"]} == {None}
        seen = (await api.data("demo-auditor", query))["volunteers"]["nodes"]
        assert {each["points"]["balance"] for each in seen} == {0, 16}
        assert (await api.data(ADMIN, "{ volunteers { totalCount } }"))["volunteers"]["totalCount"] == 2
