"""What subscriptions tell, whom, and until when: on both engines, over WebSocket and as server-sent events."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from gongzhi.core import clock
from gongzhi.core.audit import decisions
from gongzhi.core.errors import Conflict, Unavailable
from gongzhi.core.permissions import Decision
from gongzhi.core.signin import issue_token
from gongzhi.testing.calling import Callers
from gongzhi.testing.serving import settings_for
from tests.edge.running import PATIENCE, Running, Socket, running, socket

ADMIN, RESIDENT, DIRECTOR = "demo-district-admin", "demo-resident", "demo-committee-director"
HOME = "/futian/nanyuan/dongyuan"
FILED = {
    "path": HOME,
    "dispute": "NEIGHBOURS",
    "title": "楼道照明争议",
    "description": "二楼与三楼的照明费",
    "parties": [
        {"side": "APPLICANT", "name": "甲", "phone": "0755-1", "account": RESIDENT},
        {"side": "RESPONDENT", "name": "乙", "phone": "0755-2"},
    ],
}
CASES = """subscription ($ids: [ID!], $path: String) {
  recordChanged(resources: ["mediation.case"], ids: $ids, path: $path) {
    resource action path record { id ... on MediationCase { title state description } } } }"""
PLACES = (
    'subscription { recordChanged(resources: ["territory.territory"]) { action record { ... on Territory { note } } } }'
)
CATALOGUE = """subscription ($after: String) { catalogueChanged(list: "basic-services", after: $after) {
  cursor change { kind code revision item { name } } } }"""
MEMBERS = 'subscription { recordChanged(resources: ["actors.membership"]) { action } }'


@asynccontextmanager
async def at_work(url: str, **settings: Any) -> AsyncIterator[tuple[Running, Callers]]:
    """A server, and callers who use it over HTTP."""
    chosen = settings_for(url, **settings)
    async with running(chosen) as server:
        yield server, Callers(server.client, chosen)


async def following(ws: Socket, query: str, account: str | None, **variables: Any) -> None:
    """Subscribe, and wait until the server has."""
    await ws.begin(account)
    await ws.subscribe("1", query, **variables)
    await ws.send(type="ping")
    assert (await ws.next())["type"] == "pong"
    await asyncio.sleep(0.2)


async def file_case(api: Callers) -> dict[str, Any]:
    found: dict[str, Any] = (await api.do(RESIDENT, "fileMediationCase", "case { id version }", FILED))["case"]
    return found


async def note(api: Callers, text: str) -> None:
    """Change a place."""
    found = await api.data(ADMIN, "query ($p: String!) { territory(path: $p) { version } }", p=HOME)
    given = {"path": HOME, "version": found["territory"]["version"], "note": text}
    await api.do(ADMIN, "updateTerritory", "territory { version }", given)


async def test_each_hears_of_what_they_may_read(own_demo_url: str) -> None:
    async with at_work(own_demo_url) as (server, api), socket(server) as party, socket(server) as nobody:
        await following(party, CASES, RESIDENT)
        await following(nobody, CASES, None)
        case = await file_case(api)
        told = (await party.next())["payload"]["data"]["recordChanged"]
        assert told["record"].pop("id") == case["id"]
        assert told == {
            "resource": "mediation.case",
            "action": "file",
            "path": HOME,
            "record": {"title": FILED["title"], "state": "FILED", "description": FILED["description"]},
        }
        given = {"case": case["id"], "version": case["version"], "mediator": "demo-mediator"}
        await api.do(DIRECTOR, "acceptMediationCase", "case { version }", given)
        told = (await party.next())["payload"]["data"]["recordChanged"]
        assert (told["action"], told["record"]["state"]) == ("accept", "ACCEPTED")
        assert await nobody.silent()


async def test_what_cannot_be_logged_yet_is_told_afterwards(own_demo_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written, refusals = decisions.write_reads, [Unavailable("away"), Conflict("busy", details={"retryable": True})]

    async def refused(reads: Mapping[str, Decision]) -> None:
        if refusals:
            raise refusals.pop()
        await written(reads)

    async with at_work(own_demo_url) as (server, api), socket(server) as party:
        await following(party, CASES, RESIDENT)
        monkeypatch.setattr(decisions, "write_reads", refused)
        case = await file_case(api)
        assert (await party.next())["payload"]["data"]["recordChanged"]["record"]["id"] == case["id"]
        assert not refusals


async def test_it_is_narrowed_by_id_and_place(own_demo_url: str) -> None:
    async with at_work(own_demo_url) as (server, api):
        case = await file_case(api)
        async with socket(server) as one, socket(server) as elsewhere:
            await following(one, CASES, RESIDENT, ids=[case["id"]])
            await following(elsewhere, CASES, RESIDENT, path="/futian/shatou")
            other = await file_case(api)
            given = {"case": case["id"], "version": case["version"], "mediator": "demo-mediator"}
            await api.do(DIRECTOR, "acceptMediationCase", "case { version }", given)
            told = (await one.next())["payload"]["data"]["recordChanged"]
            assert (told["record"]["id"], told["action"]) == (case["id"], "accept")
            assert other["id"] != case["id"]
            assert await elsewhere.silent()


async def test_what_is_not_committed_is_not_told(own_demo_url: str) -> None:
    async with at_work(own_demo_url) as (server, api), socket(server) as ws:
        await following(ws, PLACES, None)
        given = {"path": HOME, "version": 999, "note": "never"}
        assert (await api.refused(ADMIN, "updateTerritory", "territory { version }", given))["code"] == "CONFLICT"
        await note(api, "true")
        assert (await ws.next())["payload"]["data"]["recordChanged"]["record"] == {"note": "true"}


async def test_other_workers_changes_are_told(own_demo_url: str) -> None:
    async with at_work(own_demo_url) as (first, _), at_work(own_demo_url) as (_, second), socket(first) as ws:
        await following(ws, PLACES, None)
        await note(second, "from afar")
        assert (await ws.next())["payload"]["data"]["recordChanged"]["record"] == {"note": "from afar"}


async def test_nothing_is_told_twice_or_left_out(own_demo_url: str) -> None:
    async with at_work(own_demo_url) as (server, api), socket(server) as ws:
        await following(ws, PLACES, None)
        for number in range(20):
            await note(api, str(number))
        actions = [(await ws.next())["payload"]["data"]["recordChanged"]["action"] for _ in range(20)]
        assert actions == ["update"] * 20
        assert await ws.silent()


async def test_publications_are_told_in_their_order_and_resumed(own_demo_url: str) -> None:
    async with at_work(own_demo_url) as (server, api), socket(server) as ws:
        await following(ws, CATALOGUE, None)
        await publish(api, without="B001")
        changes = [(await ws.next())["payload"]["data"]["catalogueChanged"] for _ in range(2)]
        assert [each["change"]["kind"] for each in changes] == ["PUBLISHED", "REMOVED"]
        assert changes[1]["change"]["code"] == "B001"
        assert changes[1]["change"]["item"] == {"name": "免费婚前孕前优生健康检查"}
        async with socket(server) as later:
            await later.begin()
            await later.subscribe("1", CATALOGUE, after=changes[0]["cursor"])
            assert (await later.next())["payload"]["data"]["catalogueChanged"] == changes[1]


async def publish(api: Callers, without: str) -> None:
    """A new edition of the basic services, without one item."""
    given = {"slug": "basic-services", "label": "2016"}
    edition = (await api.do(ADMIN, "draftEdition", "edition { id version }", given))["edition"]
    await api.do(ADMIN, "removeItem", "edition { id }", {"edition": edition["id"], "code": without, "version": 1})
    for step in ("submitEdition", "publishEdition"):
        query = "query ($id: ID!) { node(id: $id) { ... on Edition { version } } }"
        found = await api.data(ADMIN, query, id=edition["id"])
        await api.do(ADMIN, step, "edition { state }", {"edition": edition["id"], **found["node"]})


async def test_a_suspended_account_is_sent_away(own_demo_url: str) -> None:
    async with at_work(own_demo_url) as (server, api), socket(server) as ws:
        await following(ws, CASES, RESIDENT)
        found = await api.data(ADMIN, "query ($c: String!) { account(code: $c) { version } }", c=RESIDENT)
        given = {"code": RESIDENT, "version": found["account"]["version"], "status": "SUSPENDED"}
        await api.do(ADMIN, "setAccountStatus", "account { status }", given)
        told = await ws.next(2)
        assert told["type"] == "error"
        assert told["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert (await ws.closed())[0] == 4403


async def test_whose_post_ends_hears_no_more(own_demo_url: str) -> None:
    async with at_work(own_demo_url) as (server, api), socket(server) as ws:
        await following(ws, MEMBERS, DIRECTOR)
        await end_posts(api, DIRECTOR)
        kinds: list[str] = []
        while (told := await ws.next(3))["type"] == "next":
            kinds.append(told["payload"]["data"]["recordChanged"]["action"])
        assert told["payload"][0]["extensions"]["code"] == "FORBIDDEN"
        await ws.subscribe("2", "{ __typename }")  # the account itself is still good
        assert (await ws.next())["type"] == "next"


async def end_posts(api: Callers, account: str) -> None:
    query = "query ($c: String!) { account(code: $c) { memberships(first: 10) { nodes { id version } } } }"
    found = await api.data(ADMIN, query, c=account)
    for post in found["account"]["memberships"]["nodes"]:
        given = {"id": post["id"], "version": post["version"], "on": clock.today().isoformat()}
        await api.do(ADMIN, "endMembership", "membership { id }", given)


async def test_it_ends_with_the_token(demo_url: str) -> None:
    settings = settings_for(demo_url, clock_skew_seconds=0)
    async with running(settings) as server, socket(server) as ws:
        token = issue_token(settings, RESIDENT, timedelta(seconds=1.5))
        await ws.begin(Authorization=f"Bearer {token}")
        await ws.subscribe("1", CASES)
        started = time.monotonic()
        told = await ws.next(5)
        assert (told["type"], told["payload"][0]["extensions"]["code"]) == ("error", "UNAUTHENTICATED")
        assert time.monotonic() - started < 4
        assert (await ws.closed())[0] == 4403


async def streamed(response: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    """The events of a stream."""
    kind = ""
    async for line in response.aiter_lines():
        name, _, value = line.partition(":")
        if name == "event":
            kind = value.strip()
        elif name == "data":
            yield kind, json.loads(value) if value.strip() else None


async def test_events_over_http(own_demo_url: str) -> None:
    async with at_work(own_demo_url) as (server, api):
        sent = {"json": {"query": PLACES}, "headers": {"Accept": "text/event-stream"}}
        async with server.client.stream("POST", "/graphql", **sent) as response:
            assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (
                200,
                "text/event-stream",
            )
            events = streamed(response)
            await asyncio.sleep(0.3)
            await note(api, "streamed")
            async with asyncio.timeout(PATIENCE):
                kind, told = await anext(events)
            assert (kind, told["data"]["recordChanged"]["record"]) == ("next", {"note": "streamed"})


async def test_a_stream_of_one_answer_ends(demo_url: str) -> None:
    async with at_work(demo_url) as (server, _):
        for query, told in (
            ("{ __typename }", {"data": {"__typename": "Query"}}),
            ("{ nothing }", "INVALID"),
            (MEMBERS, "UNAUTHENTICATED"),
        ):
            sent = {"json": {"query": query}, "headers": {"Accept": "text/event-stream"}}
            async with server.client.stream("POST", "/graphql", **sent) as response:
                found = [event async for event in streamed(response)]
            assert [kind for kind, _ in found] == ["next", "complete"]
            answer = found[0][1]
            assert told in (answer, answer.get("errors", [{}])[0].get("extensions", {}).get("code"))


async def test_a_subscription_needs_a_way_to_be_told(demo_sqlite: str) -> None:
    async with at_work(demo_sqlite) as (server, _):
        answer = await server.client.post("/graphql", json={"query": PLACES})
        assert answer.status_code == 406
        assert "text/event-stream" in answer.json()["errors"][0]["message"]


async def test_nothing_is_left_of_those_who_went(own_demo_url: str) -> None:
    async with at_work(own_demo_url) as (server, _):
        before = len(asyncio.all_tasks())
        for _ in range(10):
            async with socket(server) as ws:
                await following(ws, PLACES, None)
            sent = {"json": {"query": PLACES}, "headers": {"Accept": "text/event-stream"}}
            async with server.client.stream("POST", "/graphql", **sent) as response:
                assert response.status_code == 200
        deadline = time.monotonic() + PATIENCE
        while len(asyncio.all_tasks()) > before + 2 and time.monotonic() < deadline:  # noqa: ASYNC110  # tasks tell nobody
            await asyncio.sleep(0.05)
        assert len(asyncio.all_tasks()) <= before + 2
