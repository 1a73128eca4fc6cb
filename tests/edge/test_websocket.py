"""graphql-transport-ws, message by message, over a real socket."""

import asyncio
import json
import os
import struct
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from websockets.exceptions import InvalidStatus

from gongzhi.testing.serving import settings_for
from tests.edge.running import PROTOCOL, Running, running, socket

pytestmark = pytest.mark.asyncio(loop_scope="module")
TYPENAME = "{ __typename }"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(demo_sqlite: str) -> AsyncIterator[Running]:
    """One server for the module, with short patience."""
    settings = settings_for(
        demo_sqlite, init_timeout_seconds=0.5, subscription_limit=3, cors_origins=("https://futian.example",)
    )
    async with running(settings) as found:
        yield found


async def test_a_query_and_its_end(server: Running) -> None:
    async with socket(server) as ws:
        assert ws.connection.subprotocol == PROTOCOL
        await ws.begin()
        await ws.subscribe("1", TYPENAME)
        assert await ws.next() == {"type": "next", "id": "1", "payload": {"data": {"__typename": "Query"}}}
        assert await ws.next() == {"type": "complete", "id": "1"}
        await ws.subscribe("1", TYPENAME)  # the id is free again
        assert (await ws.next())["type"] == "next"


async def test_who_is_asking(server: Running) -> None:
    async with socket(server) as ws:
        await ws.begin("demo-district-admin")
        await ws.subscribe("1", "{ viewer { account { code } } }")
        assert (await ws.next())["payload"]["data"]["viewer"]["account"]["code"] == "demo-district-admin"


async def test_pings_are_answered(server: Running) -> None:
    async with socket(server) as ws:
        await ws.send(type="ping", payload={"n": 1})
        assert await ws.next() == {"type": "pong", "payload": {"n": 1}}
        await ws.send(type="pong")
        await ws.begin()
        await ws.send(type="ping")
        assert await ws.next() == {"type": "pong"}


INIT = {"type": "connection_init"}


@pytest.mark.parametrize(
    ("messages", "code", "said"),
    [
        (["nonsense"], 4400, "Invalid message"),
        (["[]"], 4400, "Invalid message"),
        (["[" * 100_000], 4400, "Invalid message"),
        ([{"type": "start"}], 4400, "no type 'start'"),
        ([{"type": "x" * 5000}], 4400, "no type"),
        ([INIT, {"type": "subscribe", "payload": {"query": TYPENAME}}], 4400, "no id"),
        ([INIT, {"type": "complete"}], 4400, "no type"),
        ([{**INIT, "payload": 7}], 4400, "no object"),
        ([INIT, INIT], 4429, "Too many initialisation requests"),
        ([{"type": "subscribe", "id": "1", "payload": {"query": TYPENAME}}], 4401, "Unauthorized"),
        ([{**INIT, "payload": {"Authorization": "Bearer nonsense"}}], 4403, "Forbidden"),
        ([{**INIT, "payload": {"X-API-Key": "gz_nonsense"}}], 4403, "Forbidden"),
    ],
)
async def test_what_breaks_the_protocol_closes_with_its_code(
    server: Running, messages: list[Any], code: int, said: str
) -> None:
    async with socket(server) as ws:
        for message in messages:
            await ws.connection.send(message if isinstance(message, str) else json.dumps(message))
        found, reason = await ws.closed()
        assert (found, said in reason) == (code, True), reason


async def test_an_id_is_taken_while_its_operation_runs(server: Running) -> None:
    async with socket(server) as ws:
        await ws.begin()
        for _ in range(2):
            await ws.subscribe("same", "subscription { catalogueChanged { cursor } }")
        assert (await ws.closed())[0] == 4409


async def test_whoever_says_nothing_is_sent_away(server: Running) -> None:
    async with socket(server) as ws:
        assert await ws.closed() == (4408, "Connection initialisation timeout")


async def test_so_many_run_at_once(server: Running) -> None:
    async with socket(server) as ws:
        await ws.begin()
        for number in range(4):
            await ws.subscribe(str(number), "subscription { catalogueChanged { cursor } }")
        refused = await ws.next()
        assert (refused["type"], refused["id"]) == ("error", "3")
        assert refused["payload"][0]["extensions"] == {"code": "LIMITED", "limit": "subscription_limit", "value": 3}
        await ws.send(type="complete", id="0")
        await asyncio.sleep(0.1)
        await ws.subscribe("4", TYPENAME)
        assert (await ws.next())["type"] == "next"


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{ nothing }"}, "INVALID"),
        ({"query": "{"}, "INVALID"),
        ({"query": 7}, "INVALID"),
        ({}, "INVALID"),
        ("text", "INVALID"),
        ({"query": "query A { __typename } query B { __typename }"}, "INVALID"),
        ({"query": "{ a: __typename " + "b: __typename " * 40 + "}"}, "LIMITED"),
        ({"query": 'subscription { recordChanged(ids: ["x"]) { action } }'}, "INVALID"),
        ({"query": 'subscription { recordChanged(resources: ["x.y"]) { action } }'}, "INVALID"),
        ({"query": 'subscription { recordChanged(resources: ["actors.membership"]) { action } }'}, "UNAUTHENTICATED"),
        ({"query": 'subscription { catalogueChanged(after: "x") { cursor } }'}, "INVALID"),
        (
            {
                "query": "subscription ($n: [String!]) { recordChanged(resources: $n) { action } }",
                "variables": {"n": 7},
            },
            "INVALID",
        ),
        ({"query": "subscription { catalogueChanged { cursor } recordChanged { action } }"}, "INVALID"),
    ],
)
async def test_a_refused_operation_leaves_the_connection(server: Running, payload: Any, code: str) -> None:
    async with socket(server) as ws:
        await ws.begin()
        await ws.send(type="subscribe", id="1", payload=payload)
        found = await ws.next()
        assert (found["type"], [each["extensions"]["code"] for each in found["payload"]]) == ("error", [code]), found
        await ws.subscribe("2", TYPENAME)
        assert (await ws.next())["type"] == "next"


async def test_other_protocols_are_refused(server: Running) -> None:
    for offered in (["graphql-ws"], None):
        async with socket(server, subprotocols=offered) as ws:
            assert await ws.closed() == (4406, "Subprotocol not acceptable")


async def test_pages_of_other_origins_are_refused(server: Running) -> None:
    for origin in ("https://evil.example", "null", "https://futian.example.evil"):
        with pytest.raises(InvalidStatus) as refused:
            async with socket(server, origin=origin):
                pass
        assert refused.value.response.status_code == 403
    for origin in ("https://futian.example", server.url):
        async with socket(server, origin=origin) as ws:
            await ws.begin()


async def test_a_large_message_closes_the_connection(server: Running) -> None:
    async with socket(server) as ws:
        await ws.connection.send("x" * 1_100_000)
        assert (await ws.closed())[0] == 1009


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"\xff\x80\x00\x00\x00\x00", 1002),  # reserved bits and an opcode that there is not
        (b"\x81\x05hello", 1002),  # not masked
        (b"\x81\x82\x00\x00\x00\x00\xff\xfe", 1007),  # no UTF-8
        (b"\x89\xfe\x00\x80\x00\x00\x00\x00" + b"x" * 128, 1002),  # a ping that is too long
    ],
)
async def test_malformed_frames_close_politely(server: Running, frame: bytes, code: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(
        b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    )
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    writer.write(frame)
    head = await asyncio.wait_for(reader.readexactly(4), 5)
    assert head[0] == 0x88, head  # a close frame
    assert struct.unpack("!H", head[2:4])[0] == code
    writer.close()
    answer = await server.client.post("/graphql", json={"query": TYPENAME})
    assert answer.status_code == 200


async def test_random_bytes_harm_nobody(server: Running) -> None:
    for _ in range(20):
        async with socket(server) as ws:
            await ws.connection.send(os.urandom(200))
            assert (await ws.closed())[0] == 4400
