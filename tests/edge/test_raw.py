"""Requests that no client would send: each gets a status and a code at once, and no second request hides in one."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from gongzhi.testing.serving import settings_for
from tests.edge.frames import BODY, CHUNKED, LENGTH, POST, UPGRADE, VERSION, asked, get, handshake
from tests.edge.running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="module")
HIDDEN = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
MALFORMED = {
    "two lengths": POST + b"Content-Length: 5\r\n" + LENGTH + b"\r\n" + BODY,
    "a length and chunks": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "an encoding that there is not": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks that are not last": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a blank before a colon": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a negative length": POST + b"Content-Length: -1\r\n\r\n",
    "a length with a plus": POST + b"Content-Length: +26\r\n\r\n" + BODY,
    "a length beyond numbers": POST + b"Content-Length: 99999999999999999999999\r\n\r\n" + BODY,
    "a folded header": POST + b"X-A: b\r\n c\r\n" + LENGTH + b"\r\n" + BODY,
    "a zero in a header": POST + b"X-A: b\0c\r\n" + LENGTH + b"\r\n" + BODY,
    "lines that end early": POST.replace(b"\r\n", b"\n") + LENGTH + b"\n" + BODY,
    "half a line's end": POST + b"X-A: b\rX-B: c\r\n" + LENGTH + b"\r\n" + BODY,
    "a chunk of no size": CHUNKED + b"\r\nzz\r\n",
    "a chunk beyond numbers": CHUNKED + b"\r\nffffffffffffffff1\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a method that there is not": b"BREW /graphql HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a way through": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
    "an address in raw bytes": b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no host": b"GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n",
    "HTTP/0.9": b"GET /health/live\r\n\r\n",
    "two hosts": get("/health/live", "Host: evil.example"),
    "another host": get("/health/live", host="evil.example"),
    "a host behind a port": get("/health/live", host="localhost:99@evil.example"),
    "variables that do not end": get("/graphql?query={__typename}&variables=[[["),
    "variables that are a list": get("/graphql?query={__typename}&variables=[]"),
    "10,000 parameters": get("/graphql?query={__typename}" + "&a=1" * 10_000),
    "extensions that are a list": get("/graphql/d/00?extensions=[1]"),
    "a handshake of another version": handshake().replace(b"Version: 13", b"Version: 9"),
    "a handshake without a key": b"GET /graphql HTTP/1.1\r\nHost: localhost\r\n" + UPGRADE + VERSION + b"\r\n",
    "a handshake by POST": handshake().replace(b"GET", b"POST"),
    "a handshake of 30 kB": handshake(more=b"X: " + b"y" * 30_000 + b"\r\n"),
    "a handshake of 200 headers": handshake(more=b"X: 1\r\n" * 200),
    "a handshake with another host": handshake(host="evil.example"),
}
REFUSED = {
    "a handshake nowhere": (handshake("/nothing"), 404, "NOT_FOUND"),
    "a handshake elsewhere": (handshake("/health/live"), 404, "NOT_FOUND"),
    "a handshake of another origin": (handshake(more=b"Origin: null\r\n"), 403, "FORBIDDEN"),
    "TRACE": (get("/graphql").replace(b"GET", b"TRACE"), 405, "INVALID"),
    "PUT": (get("/graphql").replace(b"GET", b"PUT"), 405, "INVALID"),
    "a zero in an address": (get("/%00"), 404, "NOT_FOUND"),
    "no UTF-8 in an address": (get("/%ff%fe"), 404, "NOT_FOUND"),
    "the way up": (get("/graphiql/%2e%2e/%2e%2e/app.py"), 404, "NOT_FOUND"),
    "a digest of 5,000 digits": (get("/graphql/d/" + "0" * 5_000), 404, "NOT_FOUND"),
    "5,000 types accepted, none of ours": (get("/graphql", "Accept: " + "a/b;q=0.1," * 5_000), 406, "INVALID"),
    "a weight that is no number": (get("/graphql", "Accept: application/json;q=nan"), 406, "INVALID"),
    "a token that is no text": (POST + b"Authorization: Bearer \xff\xfe\r\n" + LENGTH + b"\r\n" + BODY, 401, ""),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(demo_sqlite: str) -> AsyncIterator[Running]:
    """One server for the module, which waits for bodies for a second."""
    settings = settings_for(demo_sqlite, body_timeout_seconds=1.0, allowed_hosts=("localhost", "127.0.0.1"))
    async with running(settings) as found:
        yield found


def told(answer: bytes) -> tuple[int, str]:
    """The status and the code of an answer, which is the only one."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert answer.count(b"HTTP/1.1 ") == 1, answer
    decoded = json.loads(body)
    code = decoded["errors"][0]["extensions"]["code"] if "errors" in decoded else decoded["code"]
    return int(head[9:12]), code


@pytest.mark.parametrize("name", MALFORMED)
async def test_what_is_malformed_is_invalid(server: Running, name: str) -> None:
    assert told(await asked(server, MALFORMED[name])) == (400, "INVALID")


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused_is_coded(server: Running, name: str) -> None:
    data, status, code = REFUSED[name]
    assert told(await asked(server, data)) == (status, code or "UNAUTHENTICATED")


async def test_a_body_that_never_ends_is_given_up(server: Running) -> None:
    sent = CHUNKED + b"\r\n" + b"1\r\n{\r\n"
    assert told(await asked(server, sent)) == (408, "LIMITED")
    rest = CHUNKED.replace(b"/graphql", b"/access/v1/evaluation") + b"\r\n" + b"1\r\n{\r\n"
    assert told(await asked(server, rest))[1] == "LIMITED"


async def test_our_own_hosts_are_answered_on_any_port(server: Running) -> None:
    for host in ("localhost", "LOCALHOST:8000", "127.0.0.1:1"):
        assert b"HTTP/1.1 200 " in await asked(server, get("/health/live", host=host))


async def test_harmless_oddities_are_answered_once(server: Running) -> None:
    for data in (
        POST + b"Transfer-Encoding:\tchunked\r\n\r\n1a\r\n" + BODY + b"\r\n0\r\n\r\n",
        CHUNKED + b"\r\n1a;" + b"x" * 70_000 + b"\r\n" + BODY + b"\r\n0\r\n\r\n",
        POST + b"X: " + b"y" * 50_000 + b"\r\n" + LENGTH + b"\r\n" + BODY,
    ):
        answer = await asked(server, data)
        assert answer.count(b"HTTP/1.1 200 ") == answer.count(b"HTTP/1.1 ") == 1, answer
        assert answer.endswith(b'{"data":{"__typename":"Query"}}')
