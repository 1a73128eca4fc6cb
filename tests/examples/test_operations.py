"""Every example operation gives, on both engines, what is stored beside it."""

import json
from typing import Any

import pytest

from gongzhi.demo import DEMO_ACCOUNTS
from gongzhi.testing.serving import served, settings_for
from gongzhi.web.examples import Example, parse
from tests.examples.running import (
    CHANGES,
    EXAMPLES,
    EXPECTED,
    READS,
    expected,
    normal,
    path_of,
    published,
    read,
    send,
)

# The source's numbers, found again in the files that the operations' results are compared with.
NUMBERS: dict[str, tuple[tuple[Any, ...], int]] = {
    "basic services": (("basic-services", "serviceList", "currentEdition", "items", "totalCount"), 87),
    "value-added services": (("lists", "serviceLists", 1, "currentEdition", "itemCount"), 23),
    "functions": (("committee-functions", "serviceList", "currentEdition", "itemCount"), 71),
    "functions at work in a pilot": (("committee-functions", "assignments", "totalCount"), 71),
    "tasks": (("list-page", "serviceList", "currentEdition", "items", "totalCount"), 147),
    "tasks before": (("workload", "workload", "before"), 147),
    "tasks after": (("workload", "workload", "after"), 45),
    "communities": (("actor-counts", "communities", "totalCount"), 95),
    "committees": (("actor-counts", "committees", "totalCount"), 115),
    "stations": (("actor-counts", "stations", "totalCount"), 94),
    "centres": (("actor-counts", "centres", "totalCount"), 90),
}


@pytest.mark.parametrize("what", NUMBERS)
def test_the_sources_numbers_are_among_what_is_compared(what: str) -> None:
    (name, *keys), number = NUMBERS[what]
    found = expected(name)
    for key in keys:
        found = found[key]
    assert found == number


def test_every_example_has_its_result_and_no_result_is_left_over() -> None:
    assert {path.stem for path in EXPECTED.glob("*.json")} == EXAMPLES.keys()
    assert len(EXAMPLES) >= 25


async def test_every_query_gives_what_is_stored(demo_url: str) -> None:
    settings = settings_for(demo_url, demo=True)
    async with served(settings) as client:
        for name in READS:
            assert normal(await read(client, settings, name)) == expected(name), path_of(name).name


async def test_every_change_gives_what_is_stored_and_can_be_read_afterwards(own_demo_url: str) -> None:
    settings = settings_for(own_demo_url, demo=True)
    async with served(settings) as client:
        offered = await read(client, settings, "offerings-of-place")
        feed = await read(client, settings, "change-feed")
        given = {"create-offering": await send(client, settings, EXAMPLES["create-offering"])}
        given |= await published(client, settings)
        assert {name: normal(given[name]) for name in CHANGES} == {name: expected(name) for name in CHANGES}

        difference = (await read(client, settings, "edition-diff"))["editionDiff"]
        assert difference["later"]["number"] == 2
        assert [item["code"] for item in difference["added"]] == ["B088"]
        assert (difference["removed"], difference["changed"], difference["moved"]) == ([], [], [])
        assert await read(client, settings, "as-of") == expected("as-of")
        assert await read(client, settings, "change-feed") == feed
        assert await read(client, settings, "offerings-of-place") == offered


async def test_the_feed_resumes_where_it_was_left(demo_url: str) -> None:
    settings = settings_for(demo_url, demo=True)
    async with served(settings) as client:
        seen: list[dict[str, Any]] = []
        after, more = None, True
        while more:
            data = await send(client, settings, EXAMPLES["change-feed"], {"first": 10, "after": after})
            page = data["catalogueChanges"]
            seen += page["nodes"]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert page["totalCount"] == len(seen) == 24
    assert [each["code"] for each in seen if each["kind"] == "ADDED"] == [f"V{number:03}" for number in range(1, 24)]


@pytest.mark.parametrize("words", ["养老", "yanglao", "elderly care"])
async def test_search_finds_the_same_service_in_every_script(demo_sqlite: str, words: str) -> None:
    settings = settings_for(demo_sqlite, demo=True)
    async with served(settings) as client:
        data = await send(client, settings, EXAMPLES["search"], {"words": words})
    assert "B044" in [node["code"] for node in data["items"]["nodes"]]


@pytest.mark.parametrize("name", CHANGES)
async def test_changes_need_the_account_that_they_name(demo_sqlite: str, name: str) -> None:
    settings = settings_for(demo_sqlite, demo=True)
    body = {"query": EXAMPLES[name].text, "variables": EXAMPLES[name].variables}
    async with served(settings) as client:
        answer = (await client.post("/graphql", json=body)).json()
    assert EXAMPLES[name].account in {account.code for account in DEMO_ACCOUNTS}
    assert not any((answer["data"] or {}).values())
    assert answer["errors"][0]["extensions"]["code"] in {"UNAUTHENTICATED", "INVALID"}


def test_an_example_says_what_it_is_for() -> None:
    for example in EXAMPLES.values():
        comments = [line for line in example.text.splitlines() if line.startswith("# ")]
        assert len(comments) >= 2, example.name
        assert not any("variables:" in line or "account:" in line for line in comments), example.name


def test_an_examples_file_is_read() -> None:
    text = '# 甲 · A\n# Why.\n# account: demo-auditor\n# variables: {"on": "2015-12-31"}\n{ __typename }\n'
    shown = "# 甲 · A\n# Why.\n{ __typename }\n"
    assert parse("a", text) == Example("a", "甲", "A", shown, {"on": "2015-12-31"}, "demo-auditor")


@pytest.mark.parametrize("text", ["{ __typename }", "# 甲 · A\n# variables: {\n{ __typename }"])
def test_an_examples_file_without_titles_or_with_broken_variables_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"begins with|JSON"):
        parse("a", text)


async def test_the_operations_are_served(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        answer = await client.get("/examples/operations.json")
    assert answer.headers["content-type"] == "application/json"
    listed = json.loads(answer.text)
    assert {each["name"] for each in listed} == EXAMPLES.keys()
    assert {"titleEn", "variables", "account", "text"} <= listed[0].keys()
