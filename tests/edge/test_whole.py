"""An answer's head waits for its body where that follows, and nothing is lost, held back or told twice by it."""

import asyncio
from typing import Any

import pytest

from gongzhi.edge.whole import Whole
from gongzhi.testing.serving import settings_for
from tests.edge.frames import BODY, LENGTH, POST, get
from tests.edge.running import running

HEAD = b"HTTP/1.1 200 OK\r\nserver: x\r\ncontent-length: 4\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
GOES_ON = b"HTTP/1.1 100 Continue\r\n\r\n"


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


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ([HEAD, b"body"], [HEAD + b"body"]),
        ([HEAD, b"bo", b"dy"], [HEAD + b"bo", b"dy"]),
        ([HEAD, b""], [HEAD]),
        ([CHUNKED, b"4\r\nbody\r\n", b"0\r\n\r\n"], [CHUNKED, b"4\r\nbody\r\n", b"0\r\n\r\n"]),
        ([GOES_ON, HEAD, b"body"], [GOES_ON, HEAD + b"body"]),
        ([HEAD, HEAD, HEAD], [HEAD + HEAD, HEAD]),
        ([CHUNKED, HEAD], [CHUNKED, HEAD]),
        ([HEAD], []),
    ],
)
def test_what_is_written_when(given: list[bytes], written: list[bytes]) -> None:
    wire = Wire()
    whole = Whole(wire)
    for part in given:
        whole.write(part)
    assert wire.written == written
    assert not whole.is_closing()
    whole.close()
    assert wire.closed
    assert whole.is_closing()
    assert b"".join(wire.written) == b"".join(given), "closing loses what waits"


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
