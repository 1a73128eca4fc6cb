"""GraphQL over HTTP: methods, media types, statuses, and bodies that are no request."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.graphql.asking import GRAPHQL, JSON, codes, send

pytestmark = pytest.mark.asyncio(loop_scope="module")

TYPENAME = '{"query": "{ __typename }"}'
GOOD = {"data": {"__typename": "Query"}}
BAD_NODE = json.dumps({"query": '{ node(id: "x") { id } __typename }'})
NUMBER = "query ($n: Int) { catalogueChanges(first: $n) { totalCount } }"
DIGITS = "9" * 5000


def with_number(text: str) -> str:
    """A body whose only variable is this JSON."""
    return f'{{"query": "{NUMBER}", "variables": {{"n": {text}}}}}'


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (GRAPHQL.upper(), GRAPHQL),
        (f"{GRAPHQL}, {JSON}", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", JSON),
        (f"{GRAPHQL};q=0.5, {JSON};q=0.9", JSON),
        (f"{JSON};q=0.5, {GRAPHQL};q=0.9", GRAPHQL),
        (f"{GRAPHQL};charset=utf-8", GRAPHQL),
        (f"{JSON};q=0, */*", GRAPHQL),
        (f"{JSON};q=0.1, application/*;q=0.5", GRAPHQL),
        (f"text/html, {JSON};q=nonsense, {GRAPHQL};q=0.1", GRAPHQL),
        ("text/html, application/xhtml+xml, */*;q=0.8", JSON),
    ],
)
async def test_the_client_chooses_the_media_type(client: httpx.AsyncClient, accept: str | None, kind: str) -> None:
    request = client.build_request("POST", "/graphql", content=TYPENAME, headers={"Content-Type": JSON})
    del request.headers["accept"]
    if accept is not None:
        request.headers["accept"] = accept
    answer = await client.send(request)
    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{kind}; charset=utf-8")
    assert answer.json() == GOOD
    assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize("accept", ["text/html", "image/*", f"{JSON};q=0", f"{GRAPHQL};q=0, text/plain", "*/*;q=0"])
async def test_other_media_types_are_not_answered(client: httpx.AsyncClient, accept: str) -> None:
    answer = await send(client, TYPENAME, Accept=accept)
    assert (answer.status_code, codes(answer)) == (406, ["INVALID"])


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        f"{JSON}; charset=latin-1",
        f"{JSON}; charset=utf-16",
        "application/graphql",
    ],
)
async def test_other_content_types_are_not_read(client: httpx.AsyncClient, content_type: str) -> None:
    answer = await send(client, TYPENAME, Content_Type=content_type)
    assert (answer.status_code, codes(answer), answer.headers["accept"]) == (415, ["INVALID"], JSON)


@pytest.mark.parametrize("content_type", [JSON, "Application/JSON", f'{JSON}; charset="UTF-8"', f"{JSON};charset=utf8"])
async def test_json_in_utf8_is_read(client: httpx.AsyncClient, content_type: str) -> None:
    answer = await send(client, TYPENAME, Content_Type=content_type)
    assert (answer.status_code, answer.json()) == (200, GOOD)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_other_methods_are_refused(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/graphql")
    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (405, 405, "INVALID")
    assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        TYPENAME[:-1],
        TYPENAME + "x",
        b"\xef\xbb\xbf" + TYPENAME.encode(),
        TYPENAME.encode("utf-16"),
        b'{"query": "{ __typename \xff }"}',
        b'{"query": "{ __typename } # \xed\xa0\x80"}',
        r'{"query": "{ __typename } # \ud800"}',
        r'{"query": "query ($s: String) { __typename }", "variables": {"s": "\udc00"}}',
        "5",
        "null",
        '"{ __typename }"',
        "[]",
        f"[{TYPENAME}]",
        "{}",
        '{"query": null}',
        '{"query": 5}',
        '{"query": ["{ __typename }"]}',
        '{"query": "{ __typename }", "variables": []}',
        '{"query": "{ __typename }", "variables": "{}"}',
        '{"query": "{ __typename }", "operationName": 1}',
        '{"query": "{ __typename }", "operationName": "Missing"}',
        '{"query": "{ __typename }", "extensions": "x"}',
        with_number(DIGITS),
        with_number("1e999"),
        with_number("NaN"),
        with_number("[" * 100_000 + "]" * 100_000),
        with_number('{"a":' * 5_000 + "1" + "}" * 5_000),
    ],
)
async def test_what_is_no_request_is_invalid(client: httpx.AsyncClient, body: bytes | str) -> None:
    for accept in (GRAPHQL, JSON):
        answer = await send(client, body, Accept=accept)
        assert (answer.status_code, codes(answer)) == (400, ["INVALID"])
        assert "data" not in answer.json()
        assert DIGITS not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "",
        "{",
        "{ nothing }",
        "{ serviceLists }",
        "fragment F on Query { __typename }",
        "subscription { __typename }",
        r'{ item(list: "x", code: "\ud800") { code } }',
        f"{{ catalogueChanges(first: {DIGITS}) {{ totalCount }} }}",
        "{ catalogueChanges(first: 3000000000) { totalCount } }",
        "{ catalogueChanges(first: 1e3) { totalCount } }",
        '{ offerings(on: "yesterday") { totalCount } }',
        "query ($n: Nothing) { __typename }",
        "query A { __typename } query A { __typename }",
    ],
)
async def test_a_wrong_document_has_no_data(client: httpx.AsyncClient, query: str) -> None:
    body = json.dumps({"query": query})
    ours, old = await send(client, body), await send(client, body, Accept=JSON)
    assert (ours.status_code, old.status_code) == (400, 200)
    assert ours.json() == old.json()
    assert ours.json().keys() == {"errors"}
    assert set(codes(ours)) == {"INVALID"}
    assert len(ours.text) < 1000


@pytest.mark.parametrize(
    ("query", "value"),
    [
        (NUMBER, '"1"'),
        (NUMBER, "1.5"),
        (NUMBER, "3000000000"),
        (NUMBER, "9" * 300),
        (NUMBER, "[" * 400 + "]" * 400),
        ("query ($n: Date) { offerings(on: $n) { totalCount } }", '"2015-02-30"'),
        ("query ($n: Date) { offerings(on: $n) { totalCount } }", '"\\u0000"'),
        ("query ($n: Date) { offerings(on: $n) { totalCount } }", "5"),
        ("query ($n: Date) { offerings(on: $n) { totalCount } }", "{}"),
        ("query ($n: String!) { territory(path: $n) { code } }", "null"),
        ("query ($n: OfferingStatus) { offerings(status: $n) { totalCount } }", '"NOTHING"'),
        ("mutation ($n: ImportItemsInput!) { importItems(input: $n) { edition { id } } }", '{"data": "%"}'),
    ],
)
async def test_wrong_variables_have_no_data(client: httpx.AsyncClient, query: str, value: str) -> None:
    body = f'{{"query": {json.dumps(query)}, "variables": {{"n": {value}}}}}'
    answer = await send(client, body)
    assert answer.status_code == 400, answer.text
    assert answer.json().keys() == {"errors"}
    assert set(codes(answer)) == {"INVALID"}


async def test_a_field_that_fails_leaves_the_others(client: httpx.AsyncClient) -> None:
    for accept in (GRAPHQL, JSON):
        answer = await send(client, BAD_NODE, Accept=accept)
        assert (answer.status_code, codes(answer)) == (200, ["INVALID"])
        assert answer.json()["data"] == {"node": None, "__typename": "Query"}
        assert answer.json()["errors"][0]["path"] == ["node"]


async def test_null_parameters_are_as_if_left_out(client: httpx.AsyncClient) -> None:
    body = '{"query": "{ __typename }", "variables": null, "operationName": null, "extensions": null, "more": 1}'
    assert (await send(client, body)).json() == GOOD


async def test_the_last_of_equal_keys_counts(client: httpx.AsyncClient) -> None:
    answer = await send(client, '{"query": "{ nothing }", "query": "{ __typename }"}')
    assert (answer.status_code, answer.json()) == (200, GOOD)


async def test_one_of_several_operations_is_chosen_by_name(client: httpx.AsyncClient) -> None:
    query = "query A { a: __typename } query B { b: __typename }"
    chosen = await send(client, json.dumps({"query": query, "operationName": "B"}))
    none = await send(client, json.dumps({"query": query}))
    assert chosen.json() == {"data": {"b": "Query"}}
    assert (none.status_code, codes(none)) == (400, ["INVALID"])
    assert none.json()["errors"][0]["extensions"]["fields"][0]["remedy"] == "name one of: A, B"


async def test_a_body_is_read_up_to_the_limit(client: httpx.AsyncClient) -> None:
    async def chunks(size: int) -> AsyncIterator[bytes]:
        yield TYPENAME.encode()
        for start in range(len(TYPENAME), size, 50_000):
            yield b" " * min(50_000, size - start)

    headers = {"Content-Type": JSON, "Accept": GRAPHQL}
    fits = await client.post("/graphql", content=chunks(1_000_000), headers=headers)
    over = await client.post("/graphql", content=chunks(1_000_001), headers=headers)
    assert "content-length" not in over.request.headers
    assert (fits.status_code, fits.json()) == (200, GOOD)
    assert (over.status_code, codes(over)) == (413, ["LIMITED"])
    assert over.json()["errors"][0]["extensions"]["value"] == 1_000_000
