"""Frames and messages without measure: whoever sends them is closed, or waits for his turn as everybody does."""

import asyncio
import json
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from gongzhi.edge.sockets import MOST_CONTROL, MOST_PARTS, TURN_BYTES
from gongzhi.testing.serving import settings_for
from tests.edge.frames import CONTINUED, PING, TEXT, asked, closed_with, frame, get, handshake, opened
from tests.edge.running import Running, running, socket

pytestmark = pytest.mark.asyncio(loop_scope="module")
MOST = 25
FOLLOW = "subscription { catalogueChanged { cursor } }"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(demo_sqlite: str) -> AsyncIterator[Running]:
    """One server for the module, with a rate."""
    async with running(settings_for(demo_sqlite, rate_address=3_000)) as found:
        yield found


async def others_wait(server: Running) -> float:
    """The longest that somebody else waits for an answer, of some."""
    longest = 0.0
    for _ in range(20):
        started = time.monotonic()
        assert (await server.client.get("/health/live")).status_code == 200
        longest = max(longest, time.monotonic() - started)
    return longest


async def test_nothing_is_unpacked(server: Running) -> None:
    reader, writer, head = await opened(server, b"Sec-WebSocket-Extensions: permessage-deflate\r\n")
    assert b"permessage-deflate" not in head
    packer = zlib.compressobj(9, zlib.DEFLATED, -12)
    bomb = packer.compress(b" " * 900_000) + packer.flush(zlib.Z_SYNC_FLUSH)
    writer.write(frame(TEXT, bomb[:-4], compressed=True))
    assert await closed_with(reader) == 1002
    writer.close()


async def test_pings_without_measure_close_the_connection(server: Running) -> None:
    reader, writer, _ = await opened(server)
    writer.write(frame(PING, b"x" * 100) * MOST_CONTROL)
    async with asyncio.timeout(5):
        assert len(await reader.readexactly(102 * MOST_CONTROL)) == 102 * MOST_CONTROL
    writer.write(frame(PING, b"") * (MOST_CONTROL + 1))
    async with asyncio.timeout(5):
        rest = await reader.read(-1)
    assert b"\x88" in rest
    assert b"pings" in rest
    writer.close()


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (frame(TEXT, b"", last=False) + frame(CONTINUED, b"", last=False) * (MOST_PARTS + 1), 1009),
        (frame(TEXT, b"x" * 60_000, last=False) + frame(CONTINUED, b"x" * 60_000, last=False) * 30, 1009),
        (frame(TEXT, b"{}", last=False) + frame(TEXT, b"{}"), 1002),
        (frame(CONTINUED, b"{}"), 1002),
    ],
    ids=["parts", "size", "interrupted", "nothing before"],
)
async def test_messages_in_parts(server: Running, frames: bytes, code: int) -> None:
    reader, writer, _ = await opened(server)
    writer.write(frames)
    assert await closed_with(reader) == code
    writer.close()


async def test_a_message_in_parts_and_turns_is_whole(server: Running) -> None:
    filled = json.dumps({"type": "ping", "payload": {"x": "好" * TURN_BYTES}}).encode()
    cut = len(filled) // 2 + 1
    reader, writer, _ = await opened(server)
    writer.write(frame(TEXT, filled[:cut], last=False) + frame(CONTINUED, filled[cut:]))
    async with asyncio.timeout(5):
        head = await reader.readexactly(4)
        answered = await reader.readexactly(int.from_bytes(head[2:]))
    assert json.loads(answered) == {"type": "pong", "payload": {"x": "好" * TURN_BYTES}}
    writer.close()


async def test_others_are_answered_between_messages(server: Running) -> None:
    reader, writer, _ = await opened(server)
    writer.write(frame(TEXT, b'{"type":"ping"}') * 20_000)
    assert await others_wait(server) < 1
    async with asyncio.timeout(20):
        assert len(await reader.readexactly(17 * 20_000)) == 17 * 20_000, "each is answered in the end"
    writer.close()


async def test_who_does_not_read_is_not_read(server: Running) -> None:
    _, writer, _ = await opened(server)
    large = frame(TEXT, json.dumps({"type": "ping", "payload": {"x": "x" * 500_000}}).encode())

    async def send_on() -> None:
        while True:  # his answers fill the buffers between us, then nothing more is taken
            writer.write(large)
            await writer.drain()

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(send_on(), 2)
    assert await others_wait(server) < 1
    writer.transport.abort()


async def test_what_is_begun_is_charged_before_it_is_ended(server: Running) -> None:
    async with socket(server) as ws:
        await ws.begin()
        for number in range(3_100):
            await ws.subscribe(str(number), FOLLOW)
            await ws.send(type="complete", id=str(number))
        await ws.subscribe("last", "{ __typename }")
        while (found := await ws.next()).get("id") != "last":
            pass
    assert (found["type"], found["payload"][0]["extensions"]["limit"]) == ("error", "rate_address")


async def test_an_id_is_not_long(server: Running) -> None:
    async with socket(server) as ws:
        await ws.begin()
        await ws.subscribe("x" * 201, FOLLOW)
        assert await ws.closed() == (4400, "Invalid message: an id has at most 200 characters")


async def test_a_websocket_too_many_is_told_so(demo_sqlite: str) -> None:
    async with running(settings_for(demo_sqlite, connection_limit=MOST)) as few:  # its own: nobody else is connected
        async with AsyncExitStack() as held:
            for _ in range(MOST):
                _, writer, head = await opened(few)
                held.callback(writer.close)
                assert head.startswith(b"HTTP/1.1 101 ")
            answer = await asked(few, handshake())
            assert answer.startswith(b"HTTP/1.1 503 ")
            assert b'"limit":"connection_limit"' in answer
        async with asyncio.timeout(5):
            while (answer := await asked(few, get("/health/live"))).startswith(b"HTTP/1.1 503 "):
                assert b'"limit":"connection_limit"' in answer
                await asyncio.sleep(0.02)
        async with socket(few) as ws:
            await ws.begin()
