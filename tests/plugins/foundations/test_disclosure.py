"""What the public, donors and other accounts see of funds; and funds that could not work."""

from datetime import timedelta
from typing import Any

import pytest

from gongzhi.core import clock
from gongzhi.testing.calling import calling
from tests.plugins.foundations.test_funds import DIRECTOR, ELDERS, HEAD, MANAGER, SECRETARY, YUAN, approved, grant


async def test_donors_are_named_to_who_keeps_the_books(demo_url: str) -> None:
    query = "{ donations(last: 1) { nodes { donor publicName anonymous } } }"
    async with calling(demo_url) as api:
        (seen,) = (await api.data(MANAGER, query))["donations"]["nodes"]
        assert seen == {"donor": "演示居民丙", "publicName": None, "anonymous": True}
        for caller, code in (("", "UNAUTHENTICATED"), (SECRETARY, "FORBIDDEN"), ("demo-auditor", "FORBIDDEN")):
            answer = await api.ask(caller, query)
            assert answer["data"]["donations"]["nodes"] == [{"donor": None, "publicName": None, "anonymous": True}]
            assert [error["extensions"]["code"] for error in answer["errors"]] == [code]


async def test_a_statement_adds_up(own_demo_url: str) -> None:
    query = """query($first: Date!, $last: Date!) { communityFunds(within: "/futian/nanyuan") { nodes {
        statement(first: $first, last: $last) {
            total { opening { fen } incoming { fen } outgoing { fen } closing { fen } }
            purposes { purpose opening { fen } incoming { fen } outgoing { fen } closing { fen } }
        paid { number amount { yuan } } } } } }"""
    async with calling(own_demo_url) as api:
        await grant(api, "pay", await approved(api, 100, ELDERS), amount=60 * YUAN)
        today, tomorrow = clock.today(), clock.today() + timedelta(days=1)
        ((node),) = (await api.data("", query, first=str(today), last=str(today)))["communityFunds"]["nodes"]
        shown = node["statement"]
        for line in (shown["total"], *shown["purposes"]):
            sums = {name: line[name]["fen"] for name in ("opening", "incoming", "outgoing", "closing")}
            assert sums["opening"] + sums["incoming"] - sums["outgoing"] == sums["closing"]
        assert shown["total"]["closing"]["fen"] == (8_000 + 5_000 - 60) * YUAN
        assert shown["paid"] == [{"number": 1, "amount": {"yuan": "60.00"}}]
        ((later),) = (await api.data("", query, first=str(tomorrow), last=str(tomorrow)))["communityFunds"]["nodes"]
        assert later["statement"]["total"]["opening"] == shown["total"]["closing"]
        assert later["statement"]["paid"] == []
        wrong = await api.refusal("", query, first=str(tomorrow), last=str(today))
        assert wrong["code"] == "INVALID"


async def test_organizations_and_places_know_their_funds(demo_url: str) -> None:
    query = """{ organization(code: "dongyuan-centre") { fundBalance { yuan } }
        territory(path: "/futian/nanyuan/dongyuan") { funds { nodes { code parent { code } signers { code } } } } }"""
    async with calling(demo_url) as api:
        found = await api.data("demo-district-admin", query)
    assert found["organization"]["fundBalance"]["yuan"] == "13000.00"
    (only,) = found["territory"]["funds"]["nodes"]
    assert (only["code"], only["parent"]["code"]) == ("dongyuan-fund", "huaqiangbei-foundation")
    assert {each["code"] for each in only["signers"]} == {SECRETARY, DIRECTOR, HEAD}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"signatures": 3}, "signatures"),
        ({"signers": ["demo-station-head", "demo-station-head"]}, "signatures"),
        ({"kind": "NAMED_FUND"}, "parent"),
        ({"signatures": 0}, "signatures"),
    ],
    ids=["too many", "twice", "no parent", "none"],
)
async def test_a_fund_that_could_not_work_is_refused(own_demo_url: str, change: dict[str, Any], field: str) -> None:
    command = {
        "code": "new",
        "kind": "FOUNDATION",
        "name": "新基金",
        "path": "/futian",
        "signers": ["demo-station-head", "demo-party-secretary"],
        "signatures": 2,
    }
    async with calling(own_demo_url) as api:
        refusal = await api.refused("demo-district-admin", "openFund", "fund { id }", {**command, **change})
        assert (refusal["code"], refusal["fields"][0]["field"].rpartition(".")[2]) == ("INVALID", field)
        assert (await api.refused(MANAGER, "openFund", "fund { id }", command))["code"] == "FORBIDDEN"
        await api.do("demo-district-admin", "openFund", "fund { id }", command)
        again = await api.refused("demo-district-admin", "openFund", "fund { id }", command)
        assert again["code"] == "CONFLICT"


async def test_the_figure_is_the_one_that_was_published(demo_url: str) -> None:
    async with calling(demo_url) as api:
        found = (await api.data("", "{ figures { key computed published computedBy } }"))["figures"]
    mine = {each["key"]: (each["computed"], each["published"]) for each in found if each["computedBy"] == "foundations"}
    assert mine == {"huaqiangbei_fund": (1_250_000, 1_250_000)}
