"""What was found of a body is used again for the same body, and for nothing else."""

import gc
import json
from typing import Any

import httpx
import pytest

from gongzhi.app import create_app
from gongzhi.graphql.endpoint import bodies
from gongzhi.graphql.endpoint.answering import Answering
from gongzhi.graphql.endpoint.bodies import LONGEST, Bodies
from gongzhi.graphql.endpoint.operation import Operation
from gongzhi.testing.serving import served, settings_for
from tests.graphql.asking import bearer, codes, send

ADMIN = "demo-district-admin"
PLACE = "query ($path: String!) { territory(path: $path) { name } }"
COSTLY = "{ territories(first: 20) { nodes { children(first: 20) { nodes { path } } } } }"
MUTATION = "mutation ($input: UpdateOfferingInput!) { updateOffering(input: $input) { offering { version } } }"


def body(query: str, **variables: Any) -> str:
    return json.dumps({"query": query, "variables": variables})


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The bodies that were read, in their order."""
    found: list[bytes] = []
    from_body = bodies.from_body

    def noted(raw: bytes) -> Operation:
        found.append(raw)
        return from_body(raw)

    monkeypatch.setattr(bodies, "from_body", noted)
    return found


async def test_a_body_is_read_once(demo_sqlite: str, read: list[bytes]) -> None:
    async with served(settings_for(demo_sqlite, response_cache_bytes=0)) as client:
        names = [
            (await send(client, body(PLACE, path=path))).json()["data"]["territory"]
            for path in ("/futian", "/futian/nanyuan", "/futian", "/futian/nanyuan", "/nowhere", "/nowhere")
        ]
    assert len(read) == 3
    assert names[0] == names[2] != names[1] == names[3]
    assert names[4] is names[5] is None


@pytest.mark.parametrize(
    "sent",
    [
        body(MUTATION, input={"offering": "x", "version": 1}),
        body("mutation { __typename }"),
        body("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[]),
        body("{ __typename } #" + "x" * LONGEST),
        body("{ nothing }"),
        body(COSTLY.replace("20", "1000")),
    ],
    ids=["change", "change of nothing", "list", "long", "wrong", "limited"],
)
async def test_what_changes_or_is_wrong_or_large_is_not_kept(demo_sqlite: str, read: list[bytes], sent: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        first, again = await send(client, sent), await send(client, sent)
    assert len(read) == 2
    assert codes(first) == codes(again)


async def test_limits_are_those_of_who_asks(demo_sqlite: str) -> None:
    """What somebody who has signed in may ask for is not what anybody may."""
    async with served(settings_for(demo_sqlite, cost_limit_anonymous=100)) as client:
        for _ in range(2):
            assert codes(await send(client, body(COSTLY), **bearer(ADMIN))) == []
            assert codes(await send(client, body(COSTLY))) == ["LIMITED"]


async def test_introspection_is_for_whom_it_is_for(demo_sqlite: str) -> None:
    asked = body("{ __schema { queryType { name } } }")
    async with served(settings_for(demo_sqlite, introspection="signed-in")) as client:
        for _ in range(2):
            assert codes(await send(client, asked, **bearer(ADMIN))) == []
            assert set(codes(await send(client, asked))) == {"INVALID"}


async def test_an_idempotency_key_belongs_to_its_request(demo_sqlite: str, read: list[bytes]) -> None:
    """A body that was kept without a key, and comes with one."""
    async with served(settings_for(demo_sqlite)) as client:
        keys: list[dict[str, str]] = [{}, {"Idempotency-Key": "x"}, {"Idempotency-Key": "x" * 300}, {}]
        answers = [await send(client, body("{ __typename }"), **key) for key in keys]
    assert [answer.status_code for answer in answers] == [200, 200, 400, 200]
    assert len(read) == 1


async def test_only_registered_documents_are_looked_up_each_time(demo_sqlite: str, read: list[bytes]) -> None:
    async with served(settings_for(demo_sqlite, documents="trusted-only")) as client:
        for _ in range(2):
            assert codes(await send(client, body("{ __typename }"))) == ["FORBIDDEN"]
    assert len(read) == 2


async def test_another_schema_knows_nothing_of_them(demo_sqlite: str) -> None:
    app = create_app(settings_for(demo_sqlite))
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client,
    ):  # type: ignore[arg-type]  # httpx knows ASGI by other types
        answering: Answering = app.state.answering
        assert codes(await send(client, body("{ __typename }"))) == []
        assert len(answering.bodies) == 1
        answering.use(answering._schema)
        assert len(answering.bodies) == 0


async def test_a_document_that_was_forgotten_is_read_again(demo_sqlite: str) -> None:
    app = create_app(settings_for(demo_sqlite, response_cache_bytes=0))
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client,
    ):  # type: ignore[arg-type]  # as above
        answering: Answering = app.state.answering
        first = await send(client, body(PLACE, path="/futian"))
        (kept,) = answering.bodies._kept.values()
        assert kept.found(anonymous=True) is not None
        assert kept.found(anonymous=False) is None
        answering._documents._kept.clear()
        gc.collect()
        assert kept.found(anonymous=True) is None, "a body keeps no document alive"
        assert (await send(client, body(PLACE, path="/futian"))).content == first.content
        assert kept.found(anonymous=True) is not None


def test_there_is_an_end_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "MOST", 3)
    known = Bodies()
    texts = [body("{ __typename }", number=number).encode() for number in range(5)]
    for text in texts[:3]:
        known.keep(known.get(text))
    first = known.get(texts[0])
    known.keep(known.get(texts[3]))
    assert len(known) == 3
    assert known.get(texts[0]) is first, "what was used is kept"
    assert texts[1] not in known._kept
