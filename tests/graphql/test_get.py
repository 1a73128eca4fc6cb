"""Queries by GET, and which pages of other origins may send what."""

import httpx
import pytest

from gongzhi.testing.serving import served, settings_for
from tests.graphql.asking import GRAPHQL, JSON, bearer, codes, send

TYPENAME = "{ __typename }"
GOOD = {"data": {"__typename": "Query"}}
COUNT = "query One($n: Int) { catalogueChanges(first: $n) { nodes { kind } } } query Two { __typename }"
ORIGIN = "https://front.example"
FOREIGN = "https://elsewhere.example"


async def get(client: httpx.AsyncClient, **parameters: str) -> httpx.Response:
    return await client.get("/graphql", params=parameters, headers={"Accept": GRAPHQL})


async def test_a_query_comes_by_get_with_variables_and_name(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        one = await get(client, query=COUNT, variables='{"n": 3}', operationName="One")
        two = await get(client, query=COUNT, variables="", operationName="Two", extensions="{}")
    assert one.status_code == 200
    assert len(one.json()["data"]["catalogueChanges"]["nodes"]) == 3
    assert two.json() == GOOD


async def test_what_is_no_query_is_refused(demo_sqlite: str) -> None:
    wrong = [
        {},
        {"variables": "{}"},
        {"query": ""},
        {"query": TYPENAME, "variables": "{"},
        {"query": TYPENAME, "variables": "[]"},
        {"query": TYPENAME, "variables": '{"n": 1e999}'},
        {"query": TYPENAME, "variables": '{"n": %s}' % ("9" * 5000)},
        {"query": TYPENAME, "variables": '{"n": "\\ud800"}'},
        {"query": TYPENAME, "variables": "[" * 5000},
        {"query": TYPENAME, "extensions": "5"},
        {"query": TYPENAME, "operationName": "Missing"},
    ]
    async with served(settings_for(demo_sqlite)) as client:
        answers = [await get(client, **parameters) for parameters in wrong]
        raw = await client.get("/graphql?query=%ff%ed%a0%80", headers={"Accept": GRAPHQL})
    assert [(answer.status_code, codes(answer)) for answer in [*answers, raw]] == [(400, ["INVALID"])] * 12


async def test_a_mutation_needs_post(demo_sqlite: str) -> None:
    mutation = "mutation Change { __typename } query Look { __typename }"
    async with served(settings_for(demo_sqlite)) as client:
        refused = await get(client, query=mutation, operationName="Change")
        read = await get(client, query=mutation, operationName="Look")
    assert (refused.status_code, refused.headers["allow"], codes(refused)) == (405, "POST", ["INVALID"])
    assert "data" not in refused.json()
    assert read.json() == GOOD


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_get_of_another_site_needs_a_header_that_browsers_ask_for(demo_sqlite: str, site: str) -> None:
    address = {"url": "/graphql", "params": {"query": TYPENAME}}
    fetch = {"Sec-Fetch-Site": site, "Accept": JSON}
    async with served(settings_for(demo_sqlite)) as client:
        refused = await client.get(**address, headers=fetch)
        asked = await client.get(**address, headers={**fetch, "GraphQL-Require-Preflight": "1"})
        own = await client.get(**address, headers={**fetch, "Sec-Fetch-Site": "same-origin"})
    assert (refused.status_code, codes(refused)) == (403, ["INVALID"])
    assert asked.json() == own.json() == GOOD


async def test_other_origins_are_closed_by_default(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        answer = await client.post("/graphql", json={"query": TYPENAME}, headers={"Origin": ORIGIN})
        asked = await preflight(client, ORIGIN)
    assert "access-control-allow-origin" not in answer.headers
    assert "access-control-allow-origin" not in asked.headers


async def test_origins_of_the_settings_are_open_and_no_others(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite, cors_origins=(ORIGIN,))) as client:
        answer = await client.post("/graphql", json={"query": TYPENAME}, headers={"Origin": ORIGIN})
        asked = await preflight(client, ORIGIN)
        other = await client.post("/graphql", json={"query": TYPENAME}, headers={"Origin": FOREIGN})
        other_asked = await preflight(client, FOREIGN)
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert asked.headers["access-control-allow-origin"] == ORIGIN
    allowed = asked.headers["access-control-allow-headers"].lower()
    assert allowed == "*" or {"content-type", "authorization"} <= set(allowed.replace(" ", "").split(","))
    assert other.headers.get("access-control-allow-origin") != FOREIGN
    assert other.headers.get("access-control-allow-origin") != "*"
    assert "access-control-allow-origin" not in other_asked.headers


async def preflight(client: httpx.AsyncClient, origin: str) -> httpx.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    return await client.options("/graphql", headers=headers)


@pytest.mark.parametrize(
    ("setting", "anonymous", "signed_in"), [("on", True, True), ("signed-in", False, True), ("off", False, False)]
)
async def test_introspection_is_a_setting(demo_sqlite: str, setting: str, anonymous: bool, signed_in: bool) -> None:
    body = '{"query": "{ __schema { queryType { name } } }"}'
    async with served(settings_for(demo_sqlite, introspection=setting)) as client:
        token = bearer("demo-resident")
        answers = [await send(client, body), await send(client, body, **token), await send(client, body)]
        typename = await send(client, '{"query": "{ __typename }"}')
    known = [answer.json() == {"data": {"__schema": {"queryType": {"name": "Query"}}}} for answer in answers]
    assert known == [anonymous, signed_in, anonymous]
    assert [set(codes(answer)) for answer in answers] == [set() if each else {"INVALID"} for each in known]
    assert typename.json() == GOOD


@pytest.mark.parametrize("demo", [True, False])
async def test_names_are_suggested_in_the_demo_alone(demo_sqlite: str, demo: bool) -> None:
    body = '{"query": "{ serviceLits { slug } }"}'
    async with served(settings_for(demo_sqlite, demo=demo)) as client:
        answer = await send(client, body)
    assert codes(answer) == ["INVALID"]
    assert ("serviceLists" in answer.text) == demo
