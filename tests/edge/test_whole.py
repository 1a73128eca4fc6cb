"""An answer that is there as a whole leaves in one write, and nothing is lost, held back or told twice by it."""

import asyncio
from typing import Any

import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from gongzhi.core.settings import Settings
from gongzhi.edge.connections import guarded
from gongzhi.edge.whole import Whole
from gongzhi.testing.serving import settings_for
from tests.edge.frames import BODY, LENGTH, POST, get
from tests.edge.running import running

OK = b"HTTP/1.1 200 OK\r\n"
BODY_OF_FOUR = (b"content-length", b"4")


class Wire(asyncio.Transport):
    """What was written, write by write."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))

    def writelines(self, parts: Any) -> None:
        self.written.append(b"".join(parts))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


async def written(headers: list[tuple[bytes, bytes]], *bodies: bytes, asked: bytes = b"GET", status: int = 200) -> Wire:
    """What is written where an application answers with these headers, and these parts of a body."""

    async def answers(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for number, body in enumerate(bodies, 1):
            more = {"more_body": True} if number < len(bodies) else {}
            await send({"type": "http.response.body", "body": body, **more})

    config = Config(answers, log_level="critical", access_log=False)
    config.load()
    connection = guarded(Settings(demo=True))(config=config, server_state=ServerState(), app_state={})
    wire = Wire()
    connection.connection_made(wire)
    connection.data_received(asked + b" / HTTP/1.1\r\nHost: x\r\n\r\n")
    for _ in range(5):
        await asyncio.sleep(0)
    assert isinstance(connection.cycle, Whole)
    closed = wire.closed
    connection.connection_lost(None)  # which stops its clocks
    wire.closed = closed
    return wire


@pytest.mark.parametrize(
    ("headers", "bodies", "expected"),
    [
        ([BODY_OF_FOUR], [b"body"], [b"content-length: 4\r\n\r\nbody"]),
        ([(b"x", b"y"), BODY_OF_FOUR], [b"body"], [b"x: y\r\ncontent-length: 4\r\n\r\nbody"]),
        ([BODY_OF_FOUR], [b"bo", b"dy"], [b"content-length: 4\r\n\r\n", b"bo", b"dy"]),
        ([(b"content-length", b"0")], [b""], [b"content-length: 0\r\n\r\n"]),
        ([], [b"body"], [b"transfer-encoding: chunked\r\n\r\n", b"4\r\nbody\r\n0\r\n\r\n"]),
    ],
)
async def test_what_is_written_when(
    headers: list[tuple[bytes, bytes]], bodies: list[bytes], expected: list[bytes]
) -> None:
    wire = await written(headers, *bodies)
    assert wire.written == [OK + expected[0], *expected[1:]]
    assert not wire.closed


async def test_an_answer_to_head_ends_with_the_head() -> None:
    wire = await written([BODY_OF_FOUR], b"body", asked=b"HEAD")
    assert b"".join(wire.written) == OK + b"content-length: 4\r\n\r\n"


@pytest.mark.parametrize(
    "headers",
    [
        [BODY_OF_FOUR, (b"x", b"y\r\nset-cookie: z")],
        [BODY_OF_FOUR, (b"x", b"y\nz")],
        [BODY_OF_FOUR, (b"x", b"y\rz")],
        [BODY_OF_FOUR, (b"x", b"y\0")],
        [BODY_OF_FOUR, (b"x\r\ny", b"z")],
    ],
)
async def test_headers_with_line_breaks_never_leave(headers: list[tuple[bytes, bytes]]) -> None:
    wire = await written(headers, b"body")
    assert b"set-cookie" not in b"".join(wire.written)
    assert all(each.startswith(b"HTTP/1.1 500 ") for each in wire.written[:1])
    assert b"body" not in b"".join(wire.written)


@pytest.mark.parametrize("body", [b"bod", b"body and more"])
async def test_a_body_of_another_length_closes_the_connection(body: bytes) -> None:
    wire = await written([BODY_OF_FOUR], body)
    assert wire.closed
    assert len(b"".join(wire.written)) <= len(OK + b"content-length: 4\r\n\r\nbody")


async def test_what_closes_the_connection_says_so() -> None:
    wire = await written([BODY_OF_FOUR, (b"connection", b"close")], b"body")
    assert wire.closed
    assert b"".join(wire.written).count(b"connection: close\r\n") == 1


async def test_answers_of_every_kind_come_whole(demo_sqlite: str) -> None:
    whole = POST.replace(b"Connection: close\r\n", b"") + LENGTH + b"\r\n" + BODY
    async with running(settings_for(demo_sqlite)) as server:
        known = (await server.client.get("/graphql?query={__typename}")).headers
        assert known["etag"]
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(whole * 3)  # pipelined: each answer in its turn
        writer.write(get("/health/live").replace(b"GET", b"HEAD").replace(b"Connection: close\r\n", b""))
        unchanged = get("/graphql?query={__typename}", f"If-None-Match: {known['etag']}")
        writer.write(unchanged.replace(b"Connection: close\r\n", b""))
        writer.write(POST + b"Expect: 100-continue\r\n" + LENGTH + b"\r\n")
        async with asyncio.timeout(5):
            head = await reader.readuntil(b"100 Continue\r\n\r\n")
            writer.write(BODY)
            answer = head + await reader.read(-1)
        writer.close()
    statuses = [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert statuses[:3] == [200, 200, 200]
    assert statuses[4:] == [304, 100, 200]
    assert answer.count(b'{"data":{"__typename":"Query"}}') == 4


async def test_the_first_bytes_of_a_stream_do_not_wait_for_the_next(demo_sqlite: str) -> None:
    subscription = "/graphql?query=subscription{catalogueChanged{cursor}}"
    async with running(settings_for(demo_sqlite)) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(get(subscription, "Accept: text/event-stream"))
        async with asyncio.timeout(5):
            head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
    assert head.startswith(b"HTTP/1.1 200 ")
