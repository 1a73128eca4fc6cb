"""What goes over the wire, and what comes back: never more than a status."""

import asyncio
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gongzhi.core.settings import Settings
from gongzhi.core.webhooks.sending import ANSWER_BYTES, Answer, Sender
from gongzhi.core.webhooks.signing import headers
from tests.core.webhooks.certificates import contexts
from tests.core.webhooks.receiver import Receiver, receiving
from tests.core.webhooks.test_addresses import PRIVATE

LOCAL = Settings(webhook_networks=("127.0.0.0/8",), webhook_http=True, webhook_timeout_seconds=0.5)
HEADERS = {"webhook-id": "1"}


async def post(url: str, settings: Settings = LOCAL, context: Any = None) -> Answer:
    sender = Sender(settings, context)
    try:
        return await sender.post(url, HEADERS, b'{"a":1}')
    finally:
        await sender.aclose()


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Let each look-up of a name answer the next address; what was looked up."""
    asked: list[str] = []

    async def found(host: str, port: int, **options: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers[len(asked) - 1], port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", found)
    return asked


def test_the_signature_is_that_of_the_specification() -> None:
    """Worked out with `openssl dgst -sha256 -mac HMAC` over `msg_1.1674087231.{}`."""
    moment = datetime(2023, 1, 19, 0, 13, 51, 900_000, tzinfo=UTC)
    assert headers("msg_1", moment, b"{}", [b"k" * 32, b"j" * 32]) == {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1674087231",
        "webhook-signature": "v1,B5Fj4YqSrIJh67tJXirvckN4JKwy604IN+wy4sirGs4= "
        "v1,0pyuByuGcxHm56/ASLZ8cPC5l3g8hdNmfYtuhVVVNVc=",
    }


async def test_what_is_sent() -> None:
    async with receiving() as receiver:
        assert await post(f"{receiver.url}?key=a%20b") == Answer(204)
    (got,) = receiver.got
    assert (got.path, got.body) == ("/hooks?key=a%20b", b'{"a":1}')
    sent = {name: value for name, value in got.headers.items() if name != "user-agent"}
    assert sent == {
        "host": f"127.0.0.1:{receiver.port}",
        "content-type": "application/json",
        "content-length": "7",
        "accept": "*/*",
        "webhook-id": "1",
    }


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirects_are_not_followed(status: int) -> None:
    async with receiving() as receiver, receiving() as other:
        receiver.answer = lambda got: (status, {"location": other.url})
        assert await post(receiver.url) == Answer(status, f"answered {status}")
    assert other.connections == 0


@pytest.mark.parametrize(
    ("value", "pause"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta(0)),
        ("99999999", timedelta(hours=24)),
        ("-5", None),
        ("soon", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", timedelta(0)),
        ("Wed, 21 Oct 2099 07:28:00 GMT", timedelta(hours=24)),
    ],
)
async def test_retry_after(value: str, pause: timedelta | None) -> None:
    async with receiving() as receiver:
        receiver.answer = lambda got: (503, {"retry-after": value})
        assert await post(receiver.url) == Answer(503, "answered 503", pause)


async def test_a_receiver_that_does_not_answer_is_not_waited_for() -> None:
    async with receiving() as receiver:
        receiver.seconds = 5.0
        assert await post(receiver.url) == Answer(failure="no answer within 0.5 seconds")


def endless(receiver: Receiver) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(b"x" * 4096)
                receiver.seconds += 4096
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    return serve


async def test_an_endless_answer_is_cut_off() -> None:
    receiver = Receiver()
    async with await asyncio.start_server(endless(receiver), "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await post(f"http://127.0.0.1:{port}/") == Answer(200)
    assert ANSWER_BYTES <= receiver.seconds < 16_000_000


async def test_what_is_not_http_or_not_there_is_a_failure_in_our_words() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail ready\r\n")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await post(f"http://127.0.0.1:{port}/") == Answer(failure="what it answered is not HTTP")
    assert await post(f"http://127.0.0.1:{port}/") == Answer(failure="no connection")
    assert await post("http://name.invalid/") == Answer(failure="the name cannot be resolved")


async def test_where_nothing_may_be_sent_nothing_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as receiver:
        strict = Settings(webhook_http=True)
        resolving(monkeypatch, "127.0.0.1")
        told = await post("http://example.org:8080/", strict)
        assert told == Answer(
            failure="it leads to an address or port that is not public, and not among webhook_networks"
        )
        assert "webhook_http" in (await post(receiver.url, Settings(webhook_networks=("127.0.0.0/8",)))).failure
    assert [got.path for got in receiver.got] == []


@pytest.mark.parametrize("text", PRIVATE.values(), ids=PRIVATE)
async def test_a_name_that_leads_to_what_is_not_public_is_refused_when_it_is_sent(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, text)
    assert "not public" in (await post("https://example.org/", Settings())).failure


async def test_a_name_is_resolved_once_and_the_certificate_is_checked_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the address that was checked is connected to, and the next look-up is checked again."""
    server, client = contexts(tmp_path, "hooks.example.org")
    secure = Settings(webhook_networks=("127.0.0.0/8",), webhook_timeout_seconds=5)
    async with receiving(server) as receiver:
        asked = resolving(monkeypatch, "127.0.0.1", "127.0.0.1", "10.0.0.1", "127.0.0.1")
        url = f"https://hooks.example.org:{receiver.port}/"
        assert await post(url, secure, client) == Answer(204)
        assert asked == ["hooks.example.org"]
        wrong = await post(url.replace("hooks", "other"), secure, client)
        assert wrong.failure.startswith("its certificate is not valid: Hostname mismatch")
        assert "not public" in (await post(url, secure, client)).failure
        unknown = await post(url, secure)
        assert unknown.failure.startswith("its certificate is not valid: self-signed certificate")
    assert len(receiver.got) == 1
    assert receiver.got[0].headers["host"] == f"hooks.example.org:{receiver.port}"


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as receiver, receiving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert await post(receiver.url) == Answer(204)
    assert (len(receiver.got), proxy.connections) == (1, 0)


async def test_who_sends_nothing_does_not_read_the_list_of_authorities(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []
    monkeypatch.setattr("gongzhi.core.webhooks.sending.pool", lambda *given: read.append(given))
    sender = Sender(LOCAL)
    await sender.aclose()
    assert not read
    made: object = sender._pool
    assert made is None
    assert len(read) == 1
