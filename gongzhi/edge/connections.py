"""Connections that are too slow, too many, or whose heads never end: refused before anything of ours is asked.

uvicorn waits without end for the head of a request and for a client to read an answer; here both have a limit. And it
closes connections without a request at once when it stops; here a request that is on its way is still answered.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Literal, cast

import msgspec
from uvicorn.protocols.http import httptools_impl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gongzhi.core.errors import GongzhiError, Invalid, Limited
from gongzhi.core.settings import Settings
from gongzhi.edge import files
from gongzhi.edge.stopping import LINGER_SECONDS, shared
from gongzhi.edge.whole import Whole

HEAD_BYTES = 64 * 1024
"""Of a request's first line and headers together."""
UNREAD_SECONDS = 30.0
"""How long an answer may wait for a client that does not read it."""
ABANDONED_SECONDS = 5.0
"""How long after its time for a body a connection on which one still comes, that nobody reads, is closed."""
REASONS = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    408: "Request Timeout",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}

httptools_impl.RequestResponseCycle = Whole  # type: ignore[misc]  # by this name uvicorn makes one for each request


class GuardedConnection(HttpToolsProtocol):
    """A connection with limits; `guarded` sets them."""

    _head_timer: asyncio.TimerHandle | None = None
    _unread_timer: asyncio.TimerHandle | None = None
    _linger_timer: asyncio.TimerHandle | None = None
    _body_timer: asyncio.TimerHandle | None = None
    _head_size = 0
    _begun = False
    _awaits: Literal["head", "body"] | None = None
    """What the client has begun to send."""

    def __init__(self, *args: Any, head_seconds: float, most_connections: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.head_seconds = head_seconds
        self.most_connections = most_connections
        self.stopping = shared(self.app_state)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for the head of the first request."""
        super().connection_made(transport)
        self._head_timer = self.loop.call_later(self.head_seconds, self._too_slow)

    def data_received(self, data: bytes) -> None:
        """Count what comes before a head is whole. Most requests come whole, and are not waited for."""
        self._begun = True
        super().data_received(data)
        if self._awaits == "head":
            self._head_timer = self._head_timer or self.loop.call_later(self.head_seconds, self._too_slow)
            self._head_size += len(data)
            if self._head_size > HEAD_BYTES:
                error = Limited(f"A request's head has at most {HEAD_BYTES} bytes.", limit="head", value=HEAD_BYTES)
                self._refuse(error, 431)
        elif self._awaits == "body":
            seconds = self.head_seconds + ABANDONED_SECONDS
            self._body_timer = self._body_timer or self.loop.call_later(seconds, self.transport.close)

    def on_message_begin(self) -> None:
        """The first byte of a request, also of a later one on the same connection."""
        super().on_message_begin()
        self._stop_lingering()
        self._awaits, self._head_size = "head", 0

    def on_headers_complete(self) -> None:
        """The head is whole; a connection too many is answered, and closed."""
        self._stop_waiting()
        self._awaits = "body"
        app, before = self.app, self.cycle
        if len(self.connections) > self.most_connections:
            self.app = cast(Any, Full(self.most_connections))
        try:
            super().on_headers_complete()
        finally:
            self.app = app
        if self.stopping.is_set() and self.cycle is not before:
            self._last(before)

    def shutdown(self) -> None:
        """The server is asked to stop: what was sent is answered, and the last answer says that it is the last."""
        self.stopping.set()
        if self.cycle is None or self.cycle.response_complete:
            self._linger()
        else:
            self._last(None)

    def on_response_complete(self) -> None:
        """Go on with what the client has sent meanwhile, also while the server stops."""
        super().on_response_complete()
        if self.stopping.is_set() and self.cycle.response_complete and not self.transport.is_closing():
            self._linger()

    def on_message_complete(self) -> None:
        """The body is whole."""
        self._stop_waiting()
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_waiting()
        self._stop_lingering()
        self.resume_unread()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client reads more slowly than we write."""
        super().pause_writing()
        self._unread_timer = self._unread_timer or self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It has read."""
        self.resume_unread()
        super().resume_writing()

    def resume_unread(self) -> None:
        """Stop the clock of an answer that nobody reads."""
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None

    def _last(self, before: Any) -> None:
        """The newest request is the last of this connection, and the one before it is not."""
        if before is not None and not before.response_started:
            before.keep_alive = True
        if not self.cycle.response_started:
            self.cycle.keep_alive = False

    def _linger(self) -> None:
        self._linger_timer = self._linger_timer or self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _stop_lingering(self) -> None:
        if self._linger_timer is not None:
            self._linger_timer.cancel()
            self._linger_timer = None

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP gets a coded answer, too."""
        self._refuse(Invalid(f"{msg} Send one as RFC 9112 has it."), 400)

    def handle_websocket_upgrade(self) -> None:
        """From here on another protocol has the connection."""
        self._stop_waiting()
        super().handle_websocket_upgrade()

    def _stop_waiting(self) -> None:
        self._awaits = None
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        if self._body_timer is not None:
            self._body_timer.cancel()
            self._body_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        if not self._begun:
            self.transport.close()
            return
        message = f"The request's head was not sent within {self.head_seconds} s."
        self._refuse(Limited(message, limit="body_timeout_seconds", value=self.head_seconds), 408)

    def _refuse(self, error: GongzhiError, status: int) -> None:
        self._stop_waiting()
        self.transport.write(raw_refusal(error, status))
        self.transport.close()


class Full:
    """Answers that there are too many connections."""

    def __init__(self, most: int) -> None:
        self._body = too_many(most)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One answer, without looking at the request."""
        headers = [(b"content-type", b"application/problem+json"), (b"retry-after", b"1"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 503, "headers": headers})
        await send({"type": "http.response.body", "body": self._body})


def too_many(most: int) -> bytes:
    """The problem details that a connection too many is answered with."""
    return problem(Limited(f"{most} connections are open already.", limit="connection_limit", value=most), 503)


def raw_refusal(error: GongzhiError, status: int) -> bytes:
    """A whole answer in HTTP, after which the connection is closed."""
    body = problem(error, status)
    head = f"HTTP/1.1 {status} {REASONS[status]}\r\ncontent-type: application/problem+json\r\n"
    head += f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    return head.encode() + body


def problem(error: GongzhiError, status: int) -> bytes:
    """Problem details (RFC 9457)."""
    told = {"title": REASONS[status], "status": status, "detail": error.message, "remedy": error.remedy}
    return msgspec.json.encode({**told, **error.extensions()})


def guarded(settings: Settings) -> Callable[..., GuardedConnection]:
    """What makes connections with the limits of these settings, for uvicorn; it can be sent to worker processes."""
    return partial(
        GuardedConnection,
        head_seconds=settings.body_timeout_seconds,
        most_connections=files.connections(settings),
    )
