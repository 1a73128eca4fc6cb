"""What operations cost: derived from the schema, told on request, and limited."""

from typing import Any

import httpx
import pytest
from graphql import parse

from gongzhi.graphql.endpoint.measuring import measure
from gongzhi.graphql.endpoint.pricing import ASSUMED, MUTATION, Prices
from gongzhi.graphql.schema import build_for
from gongzhi.installation import host_of
from gongzhi.testing.serving import served, settings_for
from tests.graphql.asking import bearer


@pytest.fixture(scope="module")
def prices() -> Prices:
    return Prices(build_for(host_of(settings_for("sqlite:///unused.db")))._schema)


def cost(prices: Prices, text: str, **variables: Any) -> int:
    measured = measure(parse(text), prices, most_nodes=1_000, most_members=100)
    ((_, found),) = measured.costs.items()
    return found.at(variables, 100)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ __typename }", 0),
        ('{ territory(path: "/futian") { code name } }', 1),
        ('{ territory(path: "/futian") { parent { parent { code } } } }', 3),
        ("{ items(first: 100) { nodes { code } } }", 101),
        ("{ items(first: 100) { edges { cursor node { code } } } }", 101),
        ("{ items(last: 5) { nodes { code } } }", 6),
        ("{ items { nodes { code } } }", 21),
        ("{ items(first: 10) { totalCount } }", 2),
        ("{ items(first: 10) { totalCount nodes { code } } }", 12),
        ("{ items(first: 10) { nodes { offerings(first: 10) { nodes { id } } } } }", 1 + 10 * (1 + 1 + 10)),
        ('{ nodes(ids: ["a", "b", "c"]) { id } }', 3),
        ("{ serviceLists { slug } }", ASSUMED),
        ("{ a: items(first: 1) { nodes { id } } b: items(first: 1) { nodes { id } } }", 4),
    ],
)
def test_a_cost_is_what_is_read(prices: Prices, text: str, expected: int) -> None:
    assert cost(prices, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{ ...F } fragment F on Query { items(first: 7) { ...C } } fragment C on ItemConnection { nodes { code } }",
        "{ ... on Query { items(first: 7) { ... { nodes { ... on Item { code } } } } } }",
        "query($n: Int = 7) { items(first: $n) { nodes { code } } }",
    ],
)
def test_fragments_and_defaults_cost_what_they_hold(prices: Prices, text: str) -> None:
    assert cost(prices, text) == 8


def test_a_variable_counts_with_its_value(prices: Prices) -> None:
    text = "query($n: Int) { items(first: $n) { nodes { code } } }"
    found = [cost(prices, text, **given) for given in ({"n": 3}, {"n": 100}, {"n": 10**9}, {"n": None}, {}, {"n": -1})]
    assert found == [4, 101, 101, 21, 21, 1]


TWO = "query($n: Int, $m: Int) { items(first: $n, last: $m) { nodes { code } } }"
HUNDRED = {
    "a whole number with a point": ("query($n: Int) { items(first: $n) { nodes { code } } }", {"n": 100.0}),
    "null, then backwards": ("{ items(first: null, last: 100) { nodes { code } } }", {}),
    "a variable that is null, then backwards": (TWO, {"n": None, "m": 100}),
    "a variable that is not sent, then backwards": (TWO, {"m": 100}),
    "backwards, then a variable that is null": (
        "query($n: Int) { items(last: 100, first: $n) { nodes { code } } }",
        {"n": None},
    ),
    "a default": ("query($n: Int = 100) { items(first: $n) { nodes { code } } }", {}),
    "a fragment on an interface": (
        "query($n: Int) { ...Q } fragment Q on Query { items(first: $n) { ... on ItemConnection { edges { node "
        "{ ... on Node { id } } } } } }",
        {"n": 100},
    ),
    "a directive that includes it": (
        "query($n: Int, $yes: Boolean!) { items(first: $n) @include(if: $yes) { nodes @skip(if: false) { code } } }",
        {"n": 100, "yes": True},
    ),
}


@pytest.mark.parametrize("way", HUNDRED)
def test_no_way_of_asking_for_a_hundred_is_cheaper(prices: Prices, way: str) -> None:
    text, variables = HUNDRED[way]
    assert cost(prices, text, **variables) == 101


async def test_and_each_gets_a_hundred(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        for text, variables in HUNDRED.values():
            items = (await asked(client, text, **variables)).json()["data"]["items"]
            assert len(items.get("nodes", items.get("edges"))) == 100


def test_both_directions_in_variables_cost_the_one_that_is_asked_for(prices: Prices) -> None:
    assert [cost(prices, TWO, **given) for given in ({"n": 5}, {"m": 5}, {"n": 5, "m": None}, {})] == [6, 6, 6, 21]


def test_ids_of_a_variable_are_counted(prices: Prices) -> None:
    assert cost(prices, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["x"] * 40) == 40


def test_a_mutation_costs_its_transaction(prices: Prices) -> None:
    text = "mutation($input: PublishEditionInput!) { publishEdition(input: $input) { edition { number } } }"
    assert cost(prices, text) == MUTATION + 1


def test_every_field_of_the_schema_has_a_price(prices: Prices) -> None:
    """None is negative, and every list that is looked up counts more than once."""
    schema = build_for(host_of(settings_for("sqlite:///unused.db")))._schema
    found = [price for name in schema.type_map for price in prices.of(name).values()]
    assert len(found) > 500
    assert all(price.weight >= 0 and price.times >= 1 for price in found)
    assert any(price.times == ASSUMED for price in found)


async def asked(client: httpx.AsyncClient, query: str, account: str | None = None, **variables: Any) -> httpx.Response:
    body = {"query": query, "variables": variables, "extensions": {"cost": True}}
    return await client.post("/graphql", json=body, headers=bearer(account))


async def test_the_cost_is_told_to_who_asks(demo_url: str) -> None:
    async with served(settings_for(demo_url, rate_address=1_000, rate_account=5_000)) as client:
        told = (await asked(client, "query($n: Int) { items(first: $n) { nodes { code } } }", n=30)).json()
        silent = (await client.post("/graphql", json={"query": "{ __typename }"})).json()
        account = (await asked(client, "{ __typename }", "demo-district-admin")).json()
    cost = told["extensions"]["cost"]
    assert (cost["requested"], cost["limit"]) == (31, 2_000)
    assert [(rate["by"], rate["quota"], rate["left"]) for rate in cost["rates"]] == [("address", 1_000, 969)]
    assert "extensions" not in silent
    assert account["extensions"]["cost"]["limit"] == 5_000


@pytest.mark.parametrize(
    ("account", "limit", "name"), [(None, 5, "cost_limit_anonymous"), ("demo-district-admin", 9, "cost_limit")]
)
async def test_what_costs_too_much_is_refused_with_both_numbers(
    demo_url: str, account: str | None, limit: int, name: str
) -> None:
    async with served(settings_for(demo_url, cost_limit=9, cost_limit_anonymous=5)) as client:
        fits = await asked(client, "query($n: Int) { items(first: $n) { nodes { code } } }", account, n=limit - 1)
        over = await asked(client, "query($n: Int) { items(first: $n) { nodes { code } } }", account, n=limit)
    assert "errors" not in fits.json()
    assert over.json()["errors"][0]["extensions"] == {
        "code": "LIMITED",
        "limit": name,
        "value": limit,
        "actual": limit + 1,
    }
