"""Global ids, cursors and pages over HTTP, and what they cost in statements."""

import base64
from typing import Any
from uuid import UUID

import httpx
import pytest

from gongzhi.core.db import count_statements
from gongzhi.core.ids import uuid7
from gongzhi.graphql.relay import encode_id
from gongzhi.testing.serving import served, settings_for
from tests.graphql.asking import Json, ask, codes

ADMIN = "demo-district-admin"
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
SOME = """{
  territory(path: "/futian") { id }
  organization(code: "dongyuan-station") { id }
  serviceList(slug: "basic-services") { id currentEdition { id items(first: 1) { nodes { id } } } }
  offerings(first: 1) { nodes { id } }
}"""
PAGE = """query ($first: Int, $after: String, $last: Int, $before: String) {
  page: %s(first: $first, after: $after, last: $last, before: $before) {
    nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
OFFERINGS, TERRITORIES = PAGE % "offerings", PAGE % "territories"


async def some_ids(client: httpx.AsyncClient) -> dict[str, str]:
    """One id of each of several types, by type."""
    found = (await ask(client, SOME))["data"]
    edition = found["serviceList"]["currentEdition"]
    return {
        "Territory": found["territory"]["id"],
        "Organization": found["organization"]["id"],
        "ServiceList": found["serviceList"]["id"],
        "Edition": edition["id"],
        "Item": edition["items"]["nodes"][0]["id"],
        "Offering": found["offerings"]["nodes"][0]["id"],
    }


async def test_whatever_has_an_id_is_fetched_by_it(demo_url: str) -> None:
    async with served(settings_for(demo_url)) as client:
        known = await some_ids(client)
        for kind, identity in known.items():
            assert await ask(client, NODE, {"id": identity}) == {"data": {"node": {"__typename": kind, "id": identity}}}
        missing = encode_id("Offering", uuid7())
        many = await ask(client, NODES, {"ids": [*known.values(), missing, known["Item"]]})
    expected = [{"__typename": kind, "id": identity} for kind, identity in known.items()]
    assert many == {"data": {"nodes": [*expected, None, expected[4]]}}


@pytest.mark.parametrize(
    "garbled",
    [
        "",
        "x",
        "福田",
        "\u0000",
        base64.urlsafe_b64encode(b"Item:").decode(),
        base64.urlsafe_b64encode(b"Item:1").decode(),
        base64.urlsafe_b64encode(b"Secret:" + b"0" * 32).decode(),
        base64.urlsafe_b64encode(b"Item:" + b"G" * 32).decode(),
        encode_id("Item", UUID(int=7)).rstrip("="),
        encode_id("Item", UUID(int=7)) + "\n",
        encode_id("PageInfo", UUID(int=7)),
        "A" * 10_000,
    ],
)
async def test_a_garbled_or_foreign_id_is_invalid(demo_sqlite: str, garbled: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        one = await ask(client, NODE, {"id": garbled})
        good = (await some_ids(client))["Territory"]
        many = await ask(client, NODES, {"ids": [good, garbled]})
    assert (one["data"], codes(one)) == ({"node": None}, ["INVALID"])
    assert one["errors"][0]["extensions"]["fields"][0]["field"] == "id"
    assert codes(many) == ["INVALID"]
    assert many["errors"][0]["extensions"]["fields"][0]["field"] == "ids.1"
    assert len(str(one)) < 1000


async def test_an_id_of_another_type_is_invalid(demo_sqlite: str) -> None:
    mutation = "mutation ($input: SubmitEditionInput!) { submitEdition(input: $input) { edition { id } } }"
    async with served(settings_for(demo_sqlite)) as client:
        item = (await some_ids(client))["Item"]
        found = await ask(client, mutation, {"input": {"edition": item, "version": 1}}, ADMIN)
    assert codes(found) == ["INVALID"]
    (problem,) = found["errors"][0]["extensions"]["fields"]
    assert problem["field"] == "input.edition"
    assert "of a Item, not of a Edition" in problem["message"]


async def test_pages_join_without_gap_in_both_directions(demo_url: str) -> None:
    async with served(settings_for(demo_url)) as client:
        everything = (await ask(client, TERRITORIES, {"first": 100}))["data"]["page"]["nodes"]
        forwards = await walk(client, {"first": 30}, "after", "endCursor", "hasNextPage")
        backwards = await walk(client, {"last": 30}, "before", "startCursor", "hasPreviousPage")
    assert len(forwards) > 100
    assert forwards[:100] == everything
    assert sorted(each["id"] for each in backwards) == sorted(each["id"] for each in forwards)


async def walk(client: httpx.AsyncClient, size: Json, argument: str, cursor: str, more: str) -> list[Json]:
    """Every row, page by page."""
    rows: list[Json] = []
    variables: Json = dict(size)
    for _ in range(20):
        page = (await ask(client, TERRITORIES, variables))["data"]["page"]
        rows += page["nodes"]
        if not page["pageInfo"][more]:
            return rows
        variables[argument] = page["pageInfo"][cursor]
    raise AssertionError("the pages have no end")


@pytest.mark.parametrize(
    ("page", "field"),
    [
        ({"first": -1}, "first"),
        ({"last": -1}, "last"),
        ({"first": 1, "last": 1}, "last"),
        ({"after": ""}, "after"),
        ({"after": "garbled"}, "after"),
        ({"after": "福田"}, "after"),
        ({"before": "x" * 5000}, "before"),
        ({"before": base64.urlsafe_b64encode(b'["offerings"]').decode()}, "before"),
        ({"after": base64.urlsafe_b64encode(b'["offerings", {}, []]').decode()}, "after"),
        ({"after": base64.urlsafe_b64encode(b"[" * 1000).decode()}, "after"),
    ],
)
async def test_a_page_that_there_cannot_be_is_invalid(demo_sqlite: str, page: Json, field: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        for query in (OFFERINGS, TERRITORIES):
            found = await ask(client, query, page)
            assert codes(found) == ["INVALID"]
            assert found["errors"][0]["extensions"]["fields"][0]["field"] == field


@pytest.mark.parametrize("page", [{"first": 101}, {"last": 2**31 - 1}])
async def test_a_page_has_an_end(demo_sqlite: str, page: Json) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        for query in (OFFERINGS, TERRITORIES):
            found = await ask(client, query, page)
            assert codes(found) == ["LIMITED"]
            limit = {"limit": "page_size_max", "value": 100, "actual": next(iter(page.values()))}
            assert found["errors"][0]["extensions"] == {"code": "LIMITED", **limit}


async def test_pages_may_be_smaller(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite, page_size_max=3)) as client:
        assert codes(await ask(client, TERRITORIES, {"first": 4})) == ["LIMITED"]
        for page in ({}, {"first": 3}):
            assert len((await ask(client, TERRITORIES, page))["data"]["page"]["nodes"]) == 3


async def test_a_cursor_of_another_connection_is_invalid(demo_url: str) -> None:
    async with served(settings_for(demo_url)) as client:
        cursor = (await ask(client, TERRITORIES, {"first": 1}))["data"]["page"]["pageInfo"]["endCursor"]
        assert codes(await ask(client, TERRITORIES, {"first": 1, "after": cursor})) == []
        assert codes(await ask(client, OFFERINGS, {"first": 1, "after": cursor})) == ["INVALID"]


async def test_no_rows_and_all_rows_are_pages(demo_url: str) -> None:
    async with served(settings_for(demo_url)) as client:
        none = (await ask(client, OFFERINGS, {"first": 0}))["data"]["page"]
        usual = (await ask(client, OFFERINGS))["data"]["page"]
    assert none["nodes"] == []
    assert none["pageInfo"]["startCursor"] is None
    assert len(usual["nodes"]) == 20


async def statements(
    client: httpx.AsyncClient, query: str, variables: Json | None = None, account: str | None = None
) -> tuple[int, Any]:
    """How many statements a query sends, and its data."""
    with count_statements() as counter:
        found = await ask(client, query, variables, account)
    assert "errors" not in found
    return counter.count, found["data"]


async def test_rows_are_counted_only_for_those_who_ask(demo_url: str) -> None:
    async with served(settings_for(demo_url)) as client:
        without, _ = await statements(client, "{ offerings(first: 5) { nodes { id } } }")
        counted, found = await statements(client, "{ offerings(first: 5) { nodes { id } totalCount } }")
    assert (without, counted) == (1, 2)
    assert found["offerings"]["totalCount"] > 100


RELATIONS = {
    "offerings": "item { code category { name } } territory { name parent { name } } organization { name }",
    "organizations": "territory { name } parent { name } mergedInto { name } absorbed { name } serves { path } "
    "serviceAreas { path territory { name } }",
    "territories": "parent { name history { __typename } } ancestors { name } history { __typename }",
    "assignments": "item { code } territory { name } organization { name parent { name } }",
    "dispositions": "item { code } territory { name } organization { name } target { name }",
    "catalogueChanges": "list { slug } edition { number publishedBy { id } } item { code }",
    "memberships": "account { id code name birthDate } organization { name territory { name } }",
    "accounts": "code name birthDate",
}


@pytest.mark.parametrize("connection", RELATIONS)
async def test_no_statement_is_sent_for_a_row(demo_url: str, connection: str) -> None:
    """By an administrator, who may read all of it."""
    query = f"query ($first: Int) {{ {connection}(first: $first) {{ nodes {{ {RELATIONS[connection]} }} }} }}"
    async with served(settings_for(demo_url)) as client:
        few, five = await statements(client, query, {"first": 5}, ADMIN)
        many, fifty = await statements(client, query, {"first": 50}, ADMIN)
    assert len(five[connection]["nodes"]) == 5
    assert len(fifty[connection]["nodes"]) > 20
    assert many <= few + 1, "one more for what only some rows have"
    assert few <= 10


async def test_a_whole_list_needs_no_statement(demo_url: str) -> None:
    fields = "code name nameEn description audience channels category { code name nameEn }"
    items = f"items(first: 100) {{ totalCount edges {{ node {{ {fields} }} }} }}"
    query = f"""{{ basic: serviceList(slug: "basic-services") {{ currentEdition {{ {items} }} }}
      added: serviceList(slug: "value-added-services") {{ currentEdition {{ {items} }} }} }}"""
    async with served(settings_for(demo_url)) as client:
        sent, found = await statements(client, query)
    pages = [page["currentEdition"]["items"] for page in found.values()]
    assert sent == 0
    assert [page["totalCount"] for page in pages] == [87, 23]
    assert sum(len(page["edges"]) for page in pages) == 110
