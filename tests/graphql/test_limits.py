"""Every limit on documents and inputs: what is just within it is answered, one more is LIMITED."""

import json
import time
from typing import Any

import httpx
import pytest
from graphql import get_introspection_query

from gongzhi.core.settings import Settings
from gongzhi.graphql.endpoint.limits import DEEPEST
from gongzhi.testing.serving import served, settings_for
from tests.graphql.asking import GRAPHQL, codes, send

DEFAULTS = Settings()


def spaces(size: int) -> str:
    """A document of this many bytes."""
    query = "{ __typename }"
    return query + " " * (size - len(query))


def tokens(size: int) -> str:
    """Equal fields with 20 tokens each, which are asked for once, and as many of one token as are missing."""
    inside = size - 10
    many = "offerings(first: 0, list: null, item: null, on: null, after: null) { nodes { id } }"
    return f'{{ territory(path: "/futian") {{ {f"{many} " * (inside // 24)} {"code " * (inside % 24)} }} }}'


def depth(size: int) -> str:
    """Places within places: the last level is a field without any below."""
    return '{ territory(path: "/futian") ' + "{ parent " * (size - 2) + "{ code }" + " }" * (size - 2) + " }"


def aliases(size: int) -> str:
    names = " ".join(f"a{index}: code" for index in range(size))
    return f'{{ territory(path: "/futian") {{ {names} }} }}'


def nodes(size: int) -> str:
    """Places with their parents, under twelve names."""
    parts, rest = [], size
    for index in range(12):
        count = min(rest, size // 12 + 1)
        parts.append(f'p{index}: territory(path: "/futian") {{ {chain(count - 1)} }}')
        rest -= count
    return f"{{ {' '.join(parts)} }}"


def chain(size: int) -> str:
    """So many selections of a place and of those above it, none of which is asked for twice."""
    own = ("code", "name", "nameEn", "level", "path", "__typename")
    if size <= len(own):
        return " ".join(own[:size])
    below = size - len(own) - 1
    return f"{' '.join(own)} parent {{ {chain(below)} }}" if below else f"{' '.join(own)} p: path"


def directives(size: int) -> str:
    return f'{{ territory(path: "/futian") {{ {"code @include(if: true) " * size} }} }}'


def root_fields(size: int) -> str:
    return "{" + "__typename " * size + "}"


def operations(size: int) -> str:
    return " ".join(f"query Q{index} {{ __typename }}" for index in range(size))


def literal_list(size: int) -> str:
    return "query Q0 { nodes(ids: [%s]) { id } }" % ('"x" ' * size)


@pytest.mark.parametrize(
    ("limit", "document", "said"),
    [
        ("source_limit_bytes", spaces, True),
        ("token_limit", tokens, False),
        ("depth_limit", depth, True),
        ("alias_limit", aliases, True),
        ("node_limit", nodes, True),
        ("directive_limit", directives, True),
        ("root_field_limit", root_fields, True),
        ("operation_limit", operations, True),
    ],
)
async def test_a_document_has_a_size(demo_sqlite: str, limit: str, document: Any, said: bool) -> None:
    """`said`: how much there is; of tokens only that there are too many, since the rest is not read."""
    value = getattr(DEFAULTS, limit)
    async with served(settings_for(demo_sqlite)) as client:
        fits = await post(client, document(value))
        over = await post(client, document(value + 1))
    assert (fits.status_code, codes(fits)) == (200, [])
    assert (over.status_code, codes(over)) == (429, ["LIMITED"])
    assert "data" not in over.json()
    assert details(over) == {"limit": limit, "value": value} | ({"actual": value + 1} if said else {})


async def test_limits_are_settings(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite, root_field_limit=2)) as client:
        assert codes(await post(client, root_fields(2))) == []
        assert details(await post(client, root_fields(3))) == {"limit": "root_field_limit", "value": 2, "actual": 3}


async def test_fragments_count_as_often_as_they_are_spread(demo_sqlite: str) -> None:
    query = "{ %s } fragment F on Query { a: __typename b: __typename }"
    async with served(settings_for(demo_sqlite)) as client:
        fits = await post(client, query % ("...F " * 10))
        over = await post(client, query % ("...F " * 11))
    assert codes(fits) == []
    assert details(over) == {"limit": "root_field_limit", "value": 20, "actual": 22}


async def test_nested_fragments_are_measured_in_milliseconds(demo_sqlite: str) -> None:
    doubling = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(30))
    query = f"{{ ...F0 }} {doubling} fragment F30 on Query {{ __typename }}"
    async with served(settings_for(demo_sqlite)) as client:
        await post(client, root_fields(1))
        started = time.perf_counter()
        answer = await post(client, query)
        seconds = time.perf_counter() - started
    assert codes(answer) == ["LIMITED"]
    assert details(answer)["actual"] > 2**30
    assert seconds < 0.2


async def test_what_takes_long_to_check_is_refused(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        answer = await post(client, f'{{ territory(path: "/futian") {{ {"code " * 999} }} }}')
        many = ", ".join(f"$v{index}: Int" for index in range(101))
        variables = await post(client, f"query({many}) {{ __typename }}")
    assert (answer.status_code, codes(answer)) == (429, ["LIMITED"])
    assert details(answer) == {"limit": "repeat_limit", "value": 200, "actual": 998}
    assert details(variables) == {"limit": "variable_limit", "value": 100, "actual": 101}


@pytest.mark.parametrize(
    "query",
    [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { __typename ...A }",
        "{ __typename } fragment A on Query { ...B } fragment B on Query { ...A }",
    ],
)
async def test_fragments_that_spread_themselves_are_invalid(demo_sqlite: str, query: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        answer = await post(client, query)
    assert (answer.status_code, set(codes(answer))) == (400, {"INVALID"})
    assert "within itself" in answer.text


async def test_long_chains_do_not_exhaust_the_stack(demo_sqlite: str) -> None:
    chained = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(247))
    documents = (
        f"{{ ...F0 }} {chained} fragment F247 on Query {{ __typename }}",
        "{" + "...{" * 600 + "__typename" + "}" * 601,
        "query ($x: " + "[" * 600 + "Int" + "]" * 600 + ") { __typename }",
        "{ nodes(ids: " + "[" * 600 + "]" * 600 + ") { id } }",
    )
    async with served(settings_for(demo_sqlite)) as client:
        for document in documents:
            answer = await post(client, document)
            assert answer.status_code in (200, 400, 429), answer.text
            assert set(codes(answer)) <= {"LIMITED", "INVALID"}


async def test_the_standard_introspection_passes(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite, introspection="on")) as client:
        answer = await post(client, get_introspection_query())
    assert codes(answer) == []
    assert len(answer.json()["data"]["__schema"]["types"]) > 100


@pytest.mark.parametrize(("wrong", "listed"), [(5, 5), (6, 5)])
async def test_so_many_errors_are_listed(demo_sqlite: str, wrong: int, listed: int) -> None:
    names = " ".join(f'n{index}: node(id: "x") {{ id }}' for index in range(wrong))
    async with served(settings_for(demo_sqlite)) as client:
        answer = await post(client, f"{{ {names} }}")
    assert answer.status_code == 200
    assert codes(answer) == ["INVALID"] * listed + ["LIMITED"] * (wrong > listed)
    if wrong > listed:
        assert answer.json()["errors"][-1]["extensions"] == {"code": "LIMITED", "limit": "error_limit", "value": 5}


async def test_errors_of_validation_and_variables_are_as_few(demo_sqlite: str) -> None:
    unknown = " ".join(f"x{index}" for index in range(15))
    body = {"query": "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": {"ids": [[]] * 20}}
    async with served(settings_for(demo_sqlite)) as client:
        for answer in (await post(client, f"{{ {unknown} }}"), await send(client, json.dumps(body))):
            assert answer.status_code == 400
            assert codes(answer)[:5] == ["INVALID"] * 5
            assert len(codes(answer)) <= 6


async def test_lists_in_inputs_have_a_length(demo_sqlite: str) -> None:
    deep = "query ($ids: [[[ID]]]) { __typename @include(if: true) }"
    async with served(settings_for(demo_sqlite)) as client:

        async def variables(size: int) -> httpx.Response:
            body = {"query": "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": {"ids": ["x"] * size}}
            return await send(client, json.dumps(body))

        limited = [
            await post(client, literal_list(251)),
            await variables(251),
            await send(client, json.dumps({"query": deep, "variables": {"ids": [{"a": [[], [1] * 251]}]}})),
        ]
        within = [await post(client, literal_list(250)), await variables(250)]
    assert [codes(answer) for answer in limited] == [["LIMITED"]] * 3
    for answer in limited:
        assert answer.status_code == 429
        assert details(answer) == {"limit": "input_list_limit", "value": 250, "actual": 251}
    for answer in within:
        assert details(answer) == {"limit": "page_size_max", "value": 100, "actual": 250}


@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}")])
async def test_variables_have_a_depth(demo_sqlite: str, opened: str, closed: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:

        async def nested(levels: int) -> httpx.Response:
            value = opened * levels + "1" + closed * levels
            return await send(client, f'{{"query": "{{ __typename }}", "variables": {{"x": {value}}}}}')

        within, beyond = await nested(DEEPEST - 1), await nested(DEEPEST)
    assert (within.status_code, codes(within)) == (200, [])
    assert (beyond.status_code, codes(beyond)) == (400, ["INVALID"])
    assert f"more than {DEEPEST} levels" in beyond.text


async def test_a_request_has_its_time(demo_url: str) -> None:
    async with served(settings_for(demo_url, request_timeout_seconds=0.000_001)) as client:
        answer = await post(client, "{ offerings(first: 100) { nodes { organization { name } territory { name } } } }")
    assert (answer.status_code, codes(answer)) == (503, ["LIMITED"])
    assert details(answer) == {"limit": "request_timeout_seconds", "value": 0.000_001}


async def post(client: httpx.AsyncClient, query: str) -> httpx.Response:
    body = {"query": query, "operationName": "Q0"} if query.startswith("query Q0") else {"query": query}
    return await send(client, json.dumps(body), Accept=GRAPHQL)


def details(answer: httpx.Response) -> dict[str, Any]:
    """What the first error tells beside its code."""
    found: dict[str, Any] = answer.json()["errors"][0]["extensions"]
    return {name: value for name, value in found.items() if name != "code"}
