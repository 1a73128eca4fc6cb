"""Slow, endless and too many connections, over real sockets."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from gongzhi.testing.serving import settings_for
from tests.edge.running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="module")
HEAD = b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
GET = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(demo_sqlite: str) -> AsyncIterator[Running]:
    """One server for the module, with short patience and few connections."""
    async with running(settings_for(demo_sqlite, body_timeout_seconds=0.6, connection_limit=20)) as found:
        yield found


async def sent(server: Running, data: bytes, seconds: float = 5.0) -> tuple[bytes, float]:
    """What comes back until the connection is closed, and how long that took."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    started = time.monotonic()
    writer.write(data)
    try:
        answer = await asyncio.wait_for(reader.read(), seconds)
    finally:
        writer.close()
    return answer, time.monotonic() - started


async def test_a_head_that_does_not_end_is_refused(server: Running) -> None:
    answer, seconds = await sent(server, HEAD)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"limit":"body_timeout_seconds"' in answer
    assert seconds < 3


async def test_a_head_that_drips_is_refused(server: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(HEAD)
    for number in range(20):
        writer.write(b"X-%d: 1\r\n" % number)
        await asyncio.sleep(0.1)
        if reader.at_eof() or b"408" in bytes(reader._buffer):
            break
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert b" 408 " in answer


async def test_who_connects_and_says_nothing_is_closed(server: Running) -> None:
    answer, seconds = await sent(server, b"")
    assert (answer, seconds < 3) == (b"", True)


async def test_a_head_without_measure_is_refused(server: Running) -> None:
    answer, _ = await sent(server, HEAD + b"X-Large: " + b"x" * 100_000)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b'"code":"LIMITED"' in answer


async def test_a_body_that_does_not_come_is_refused(server: Running) -> None:
    answer, seconds = await sent(server, HEAD + b"Content-Length: 100\r\nConnection: close\r\n\r\n{")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"limit":"body_timeout_seconds"' in answer
    assert seconds < 3


async def test_a_body_without_measure_is_refused(server: Running) -> None:
    body = b'{"query": "' + b"x" * 1_100_000 + b'"}'
    answer, _ = await sent(server, HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    assert b" 413 " in answer
    assert b'"limit":"body_limit_bytes"' in answer


async def test_requests_on_one_connection_each_have_their_time(server: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    for _ in range(3):
        writer.write(GET)
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(len(b'{"status":"live"}'))
        await asyncio.sleep(0.4)
    writer.write(GET[:10])
    assert b" 408 " in await asyncio.wait_for(reader.read(), 5)
    writer.close()


async def test_nonsense_is_no_request(server: Running) -> None:
    answer, _ = await sent(server, b"\x16\x03\x01\x02\x00 nonsense\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")


async def test_more_connections_than_there_may_be_are_told_so(server: Running) -> None:
    held = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(20)]
    await asyncio.sleep(0.1)
    answer, _ = await sent(server, GET)
    for _, writer in held:
        writer.close()
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b'"limit":"connection_limit"' in answer
    await asyncio.sleep(0.2)
    assert (await server.client.get("/health/live")).status_code == 200


async def test_many_slow_ones_stop_nobody(server: Running) -> None:
    slow = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(15)]
    for _, writer in slow:
        writer.write(HEAD)
    started = time.monotonic()
    answer = await server.client.post("/graphql", json={"query": "{ __typename }"})
    assert (answer.status_code, time.monotonic() - started < 1) == (200, True)
    for _, writer in slow:
        writer.close()
