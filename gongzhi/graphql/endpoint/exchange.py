"""One exchange over HTTP, as ASGI hands it over: what came, read no further than a limit, and what goes back.

Litestar's request and response are made for much more, and cost more time than most answers.
"""

import asyncio
from collections.abc import Coroutine, Generator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from gongzhi.core.errors import Invalid, Limited

REST_BYTES = 8_000_000
"""Of a body that is too large so much is still taken and thrown away: a client that is cut off while it sends would
see a broken connection instead of the refusal."""
MOST_PARAMETERS = 50
"""Of an address."""


class Incoming:
    """A request. Of headers that came twice the first counts."""

    __slots__ = ("__dict__", "_receive", "headers", "method", "scope")

    def __init__(self, scope: Any, receive: Any) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self._receive = receive
        self.headers: dict[bytes, bytes] = dict(reversed(scope["headers"]))

    def header(self, name: bytes) -> str | None:
        """A header's value; its name is in small letters."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    @property
    def source(self) -> str | None:
        """The address that it came from."""
        client = self.scope.get("client")
        return client[0] if client else None

    @cached_property
    def parameters(self) -> Mapping[str, str]:
        """Those of its address; of one that comes twice the last counts.

        :raises Invalid: there are too many.
        """
        try:
            text = self.scope["query_string"].decode("latin-1")
            return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_PARAMETERS))
        except ValueError:
            raise Invalid(f"The address has more than {MOST_PARAMETERS} parameters.") from None

    async def body(self, limit: int, seconds: float) -> bytes:
        """The whole body.

        :raises Limited: it is larger than the limit, or takes longer than so many seconds.
        :raises Invalid: the client went away before its end.
        """
        first = Begun(self._receive())
        if first.ended and first.message["type"] == "http.request" and not first.message.get("more_body"):
            whole: bytes = first.message.get("body", b"")
            return _within(whole, len(whole), limit)
        try:
            async with asyncio.timeout(seconds):
                return await self._body(await first, limit)
        except TimeoutError:
            message = f"The body was not sent within {seconds} s."
            raise Limited(message, limit="body_timeout_seconds", value=seconds) from None

    async def _body(self, message: Any, limit: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        while True:
            if message["type"] != "http.request":
                raise Invalid("The body was not sent to its end.")
            part: bytes = message.get("body", b"")
            size += len(part)
            if size <= limit:
                parts.append(part)
            if size > limit + REST_BYTES or not message.get("more_body"):
                return _within(b"".join(parts), size, limit)
            message = await self._receive()


class Begun:
    """A coroutine, run as far as it goes without waiting: most bodies are there already, and need no time limit."""

    __slots__ = ("_rest", "_waits_for", "ended", "message")

    def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._rest = coroutine.__await__()
        self.message: Any = None
        self.ended = False
        self._waits_for: Any = None
        try:
            self._waits_for = next(self._rest)
        except StopIteration as end:
            self.message, self.ended = end.value, True

    def __await__(self) -> Generator[Any, Any, Any]:
        """What it answers in the end."""
        if not self.ended:
            try:
                yield self._waits_for
            except BaseException:
                self._rest.close()
                raise
            self.message, self.ended = (yield from self._rest), True
        return self.message


def _within(body: bytes, size: int, limit: int) -> bytes:
    if size > limit:
        raise Limited(f"The body is larger than {limit} bytes.", limit="body_limit_bytes", value=limit, actual=size)
    return body


class Outgoing(msgspec.Struct, frozen=True):
    """An answer, whole."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes

    async def send(self, send: Any) -> None:
        """In two messages, with the length of the body."""
        length = (b"content-length", str(len(self.body)).encode())
        await send({"type": "http.response.start", "status": self.status, "headers": [*self.headers, length]})
        await send({"type": "http.response.body", "body": self.body})


def encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI sends them."""
    return [(_name(name), value.encode("latin-1")) for name, value in headers.items()]


def decoded(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers as text, for what does not take them as ASGI does."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}


@lru_cache
def _name(name: str) -> bytes:
    """A header's name; there are few of them."""
    return name.lower().encode("latin-1")
