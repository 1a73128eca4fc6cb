"""Lists within lists: what each row is given is what it would be given alone, and no statement is sent for each row."""

from typing import Any

import pytest

from gongzhi.core.db import count_statements
from gongzhi.testing.calling import Callers, calling

ADMIN = "demo-district-admin"
PAGE = "{ totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { %s } } }"
OFFERINGS = "offerings(first: 3) " + PAGE % "id itemCode path"
LAST = "offerings(last: 2) " + PAGE % "id"
CHILDREN = "children(first: 4) " + PAGE % "path"
PROVIDERS = "offerings(first: 3) { nodes { id organization { code name } } edges { node { organization { path } } } }"
CASES = "mediationCases(first: 2) " + PAGE % "title"


async def nested(api: Callers, query: str) -> tuple[list[dict[str, Any]], int]:
    """The nodes of a root connection, and how many statements they took, of a caller who was here a moment ago."""
    await api.data(ADMIN, "{ __typename }")
    with count_statements() as counter:
        data = await api.data(ADMIN, query)
    ((found),) = data.values()
    return found["nodes"], counter.count


@pytest.mark.parametrize(
    "field", [OFFERINGS, PROVIDERS, LAST, CHILDREN, CASES], ids=["first", "beside", "last", "children", "module"]
)
async def test_a_place_s_list_is_the_same_within_another_list(demo_url: str, field: str) -> None:
    async with calling(demo_url) as api:
        together, statements = await nested(api, f"{{ territories(first: 40) {{ nodes {{ path {field} }} }} }}")
        for place in together[::7]:
            alone = await api.data(
                ADMIN, f"query($p: String!) {{ territory(path: $p) {{ path {field} }} }}", p=place["path"]
            )
            assert alone["territory"] == place
    assert statements <= 6
    assert len(together) == 40


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ("{ territories(first: 100) { nodes { offerings(first: 1) { nodes { id } } } } }", 4),
        (
            "{ organizations(first: 99) { nodes { offerings { totalCount } assignments { totalCount } } } }",
            8,
        ),
        ("{ accounts(first: 50) { nodes { memberships { nodes { position organization { name } } } } } }", 10),
        (
            """{ serviceList(slug: "basic-services") { currentEdition { items(first: 50) { nodes {
            offerings(first: 1) { totalCount nodes { path } } } } } } }""",
            5,
        ),
    ],
    ids=["places", "organizations", "accounts", "items"],
)
async def test_statements_do_not_grow_with_the_rows(demo_url: str, query: str, most: int) -> None:
    async with calling(demo_url) as api:
        await api.data(ADMIN, query)
        with count_statements() as counter:
            await api.data(ADMIN, query)
    assert counter.count <= most


async def test_lists_of_lists_take_a_few_statements(demo_url: str) -> None:
    query = "{ serviceLists { slug editions { number } openEditions { number } owner { name } } }"
    async with calling(demo_url) as api:
        await api.data(ADMIN, "{ __typename }")
        with count_statements() as counter:
            await api.data(ADMIN, query)
    assert counter.count <= 6


async def test_a_list_within_lists_within_a_list(demo_url: str) -> None:
    query = """{ territories(level: SUBDISTRICT, first: 10) { nodes { path children(first: 5) { nodes { path
        offerings(first: 2) { nodes { path itemCode } } } } } } }"""
    async with calling(demo_url) as api:
        found, statements = await nested(api, query)
        for subdistrict in found:
            for community in subdistrict["children"]["nodes"]:
                assert community["path"].startswith(subdistrict["path"])
                assert {each["path"] for each in community["offerings"]["nodes"]} <= {community["path"]}
    assert statements <= 6


async def test_one_row_s_wrong_page_spoils_the_field_and_says_so(demo_url: str) -> None:
    query = '{ territories(first: 3) { nodes { offerings(first: 1, after: "nonsense") { totalCount } } } }'
    async with calling(demo_url) as api:
        assert (await api.refusal(ADMIN, query))["code"] == "INVALID"


async def test_many_fields_of_one_place_are_joined_and_kept_apart(demo_url: str) -> None:
    query = """{ territory(path: "/futian/nanyuan/dongyuan") {
        basic: offerings(list: "basic-services", first: 1) { totalCount nodes { listSlug } }
        added: offerings(list: "value-added-services", first: 1) { totalCount nodes { listSlug } } } }"""
    async with calling(demo_url) as api:
        await api.data(ADMIN, "{ __typename }")
        with count_statements() as counter:
            found = (await api.data("", query))["territory"]
        assert found["basic"]["nodes"] == [{"listSlug": "basic-services"}]
        assert found["added"]["nodes"] == [{"listSlug": "value-added-services"}]
        assert found["basic"]["totalCount"] != found["added"]["totalCount"]
    assert counter.count <= 3
