"""By plan or not: what mutations answer, what subscribers are told, and what stands in the decision log."""

from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from gongzhi.app import create_app
from gongzhi.core.clock import frozen, now
from gongzhi.core.permissions.tables import DecisionEntry
from gongzhi.graphql.endpoint.answering import Answering
from gongzhi.graphql.endpoint.operation import Operation
from gongzhi.graphql.relay import decode_id, fetch_nodes
from gongzhi.graphql.subscriptions import Change
from gongzhi.testing import databases
from tests.graphql.differential.both import ACCOUNTS, Answered, Both, Watched, both, open_settings
from tests.graphql.differential.mutating import ADMIN, Pairs, mutated
from tests.graphql.differential.values import gathered

DENIED = """{
  organizations(first: 3) { nodes { code memberships(first: 2) { nodes { position account { birthDate } } } } }
  mediationCases(first: 5) { nodes { id title description agreement parties { name phone } } } }"""
FED = """subscription($a: String) { catalogueChanged(after: $a) { __typename cursor change { __typename kind code
  listSlug edition { number list { name owner { name } } } item { code name basis { article } } } } }"""
FOLLOWED = """subscription { recordChanged { __typename resource action path record { __typename id
  ... on MediationCase { title description parties { name phone } territory { name parent { name } } }
  ... on Organization { code parent { code } serves { path territory { name } } memberships(first: 2) { totalCount } }
  ... on Item { name category { name } } } } }"""


async def _mutated(url: str, *, planned: bool) -> list[Answered]:
    settings = open_settings(url)
    app = create_app(settings)
    async with app.lifespan():
        return await mutated(Both(app.state.answering, settings), planned)


async def test_mutations_are_answered_alike(demo_url: str, worker: str, tmp_path: Path) -> None:
    with frozen(now()):
        answers = []
        for planned in (False, True):
            folder = tmp_path / str(planned)
            folder.mkdir()
            Watched.made.clear()
            with databases.duplicate(demo_url, f"{worker}_{planned}".lower(), folder) as url:
                answers.append(await _mutated(url, planned=planned))
    pairs = Pairs()
    for stock, by_plan in zip(*answers, strict=True):
        assert by_plan.errors == stock.errors
        assert by_plan.denied == stock.denied
        assert pairs.same(msgspec.json.decode(stock.data or b"null"), msgspec.json.decode(by_plan.data or b"null"))
    ways = [each.way for each in Watched.made]
    assert ways.count("by plan") >= 7
    assert len(pairs.known) >= 5
    (several,) = [each for each in answers[1] if each.data and b'"somebody"' in each.data]
    assert [error["path"] for error in several.errors] == [["again"], ["second"], ["third"]]
    assert list(msgspec.json.decode(several.data or b"")) == ["first", "again", "second", "third", "last"]


async def test_subscribers_are_told_alike(demo_url: str) -> None:
    async with both(demo_url) as api:
        asked = Operation(query="{ catalogueChanges(first: 1) { edges { cursor } } }")
        first = msgspec.json.decode((await api.answer(api.stock, "", asked)).data or b"")
        after = first["catalogueChanges"]["edges"][0]["cursor"]
        sent = Operation(query=FED, variables={"a": after})
        context = await api.stock.context(api._shown[""])
        events: Any = aiter(await api.stock.events(await api.stock.ready(sent, context), context))
        differences = [
            (await api.compare(account, FED, {"a": after}, shown=shown))[0]
            for shown in [await anext(events) for _ in range(5)]
            for account in ("", ADMIN)
        ]
        await events.aclose()
        values = await gathered(api)
        for kind in ("MediationCase", "Organization", "Item"):
            for key in Random(1).sample(values.known[kind], 4):
                shown = partial(_change, key)
                differences += [(await api.compare(account, FOLLOWED, shown=shown))[0] for account in ACCOUNTS]
    assert list(filter(None, differences)) == []
    assert api.counts["by plan"] >= 40
    assert api.counts["given up"] >= 4


async def _change(key: str, context: Any) -> Change:
    """An event about a record; a caller who may not see it is told of one without a record, which is an error."""
    (record,) = await fetch_nodes(context, [key])
    return Change(f"core.{decode_id(key)[0]}", "update", "/futian", record)


@pytest.mark.parametrize("account", ["", "demo-station-head", "demo-committee-director"])
async def test_the_decision_log_says_the_same(own_demo_url: str, account: str) -> None:
    async with both(own_demo_url) as api:
        lines = [await _logged(api, answering, account) for answering in (api.planned, api.stock, api.planned)]
        difference, _ = await api.compare(account, DENIED)
    assert difference == ""
    assert lines[0] == lines[1] == lines[2]
    assert len(lines[0]) == len(set(lines[0])) > 0
    assert api.counts == {"given up": 1}


async def _logged(api: Both, answering: Answering, account: str) -> list[tuple[str, ...]]:
    """The lines of the decision log that one answer adds."""
    before = {row["id"] for row in await DecisionEntry.select(DecisionEntry.id)}
    context = await answering.context(api._shown[account])
    async with answering.noticing():
        await answering.run(await answering.ready(Operation(query=DENIED), context), context)
    rows = [row for row in await DecisionEntry.select() if row["id"] not in before]
    return sorted((row["action"], row["resource"], row["path"], row["record"]) for row in rows)
