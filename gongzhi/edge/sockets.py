"""WebSockets as frames: no connection may keep a worker busy, fill its memory, or take a place that there is not.

They end in the words of their own protocol when the server stops.

uvicorn reads whatever comes and answers every ping, whether or not the client reads; here a connection has its turn
for a few kilobytes, then others have theirs, and it is read no further while its answers are not taken.
"""

from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from gongzhi.core.errors import Forbidden, GongzhiError, Invalid, Limited, NotFound
from gongzhi.core.settings import Settings
from gongzhi.edge import files
from gongzhi.edge.connections import UNREAD_SECONDS, raw_refusal
from gongzhi.edge.stopping import shared

FAREWELL_SECONDS = 2.0
"""How long a client may take to answer that the connection is closed."""
TURN_BYTES = 8 * 1024
"""Read at one turn: at most some 1,300 frames."""
MOST_CONTROL = 100
"""Pings and pongs in a second; clients send one every few seconds."""
REFUSALS: Mapping[Any, tuple[type[Forbidden | Invalid | NotFound], int]] = {
    4400: (Invalid, 400),
    4403: (Forbidden, 403),
}
"""What our codes of refusal are in HTTP. Litestar has its own, where there is nothing at an address."""
MOST_PARTS = 1_000
"""Frames that one message may be sent in."""


class GuardedSocket(WebSocketsSansIOProtocol):
    """A WebSocket with limits; `guarded` sets them."""

    def __init__(self, *args: Any, most_connections: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.close_timeout = FAREWELL_SECONDS
        self.stopping = shared(self.app_state)
        self._most_connections = most_connections
        self._waiting: deque[bytes] = deque()
        self._turn: Any = None
        self._unread: Any = None
        self._second = 0.0
        self._control = 0

    def shutdown(self) -> None:
        """The server is asked to stop: the application finishes what runs, and closes; uvicorn closes at once."""
        self.stopping.set()
        if self.close_sent:
            super().shutdown()

    def data_received(self, data: bytes) -> None:
        """Take the first turn, and wait for the next with the rest."""
        self._waiting.extend(data[at : at + TURN_BYTES] for at in range(0, len(data), TURN_BYTES))
        if self._turn is None:
            self._take_turn()

    def _take_turn(self) -> None:
        self._turn = None
        if self._waiting:
            super().data_received(self._waiting.popleft())
            if self.conn.handshake_exc is not None and not self.handshake_initiated:
                self._refuse(Invalid(f"This is no handshake: {self.conn.handshake_exc}."), 400)
        if self._waiting:
            self.transport.pause_reading()
            self._go_on()

    def _go_on(self) -> None:
        """Read on, unless the application or the client has yet to take something."""
        if self.read_paused or not self.writable.is_set() or self.disconnected:
            return
        if not self._waiting:
            self.transport.resume_reading()
        elif self._turn is None:
            self._turn = self.loop.call_soon(self._then)

    def _then(self) -> None:
        self._take_turn()
        if not self._waiting:
            self._go_on()

    async def receive(self) -> Any:
        """The next message; the client is read on when there are no more."""
        message = await self.queue.get()
        if self.read_paused and self.queue.empty():
            self.read_paused = False
            self._go_on()
        return message

    def pause_writing(self) -> None:
        """The client does not take its answers: nothing more is read from it, and in the end it is cut off."""
        super().pause_writing()
        self.transport.pause_reading()
        self._unread = self._unread or self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It has taken them."""
        super().resume_writing()
        self._read_again()
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._read_again()
        self._waiting.clear()
        if self._turn is not None:
            self._turn.cancel()
        super().connection_lost(exc)

    def handle_connect(self, event: Any) -> None:
        """What is no handshake, or a connection too many, is told so in HTTP."""
        most = self._most_connections
        if len(self.connections) > most:
            error = Limited(f"{most} connections are open already.", limit="connection_limit", value=most)
            self._refuse(error, 503)
        elif self.conn.accept(event).status_code != 101:
            self._refuse(Invalid(f"This is no handshake: {self.conn.handshake_exc}."), 400)
        else:
            super().handle_connect(event)

    async def send(self, message: Any) -> None:
        """What the application refuses before it has accepted is told in HTTP, with the application's reason."""
        if message["type"] == "websocket.close" and not self.handshake_complete:
            kind, status = REFUSALS.get(message.get("code"), (NotFound, 404))
            reason = message.get("reason") if status != 404 else None
            self.queue.put_nowait({"type": "websocket.disconnect", "code": 1006})
            self._refuse(kind(reason or "There is no WebSocket at this address."), status)
        else:
            await super().send(message)

    def _refuse(self, error: GongzhiError, status: int) -> None:
        self.handshake_initiated = self.handshake_complete = self.close_sent = True
        self.transport.write(raw_refusal(error, status))
        self.transport.close()

    def handle_ping(self) -> None:
        """Answer it, unless there are too many."""
        if self._is_calm():
            super().handle_ping()

    def handle_pong(self, event: Any) -> None:
        """Take note of it, unless there are too many."""
        if self._is_calm():
            super().handle_pong(event)

    def handle_cont(self, event: Any) -> None:
        """Put it to the parts before, unless there are too many."""
        if len(self.frames) >= MOST_PARTS:
            self._fail(1009, f"a message has at most {MOST_PARTS} frames")
        else:
            super().handle_cont(event)

    def _is_calm(self) -> bool:
        now = self.loop.time()
        if now - self._second >= 1:
            self._second, self._control = now, 0
        self._control += 1
        if self._control > MOST_CONTROL:
            self._fail(1008, f"at most {MOST_CONTROL} pings and pongs a second")
        return self._control <= MOST_CONTROL

    def _fail(self, code: int, reason: str) -> None:
        if not self.close_sent:
            self.conn.fail(code, reason)
            self.handle_parser_exception()

    def _read_again(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None


def guarded(settings: Settings) -> Callable[..., GuardedSocket]:
    """What makes WebSockets with the limits of these settings, for uvicorn; it can be sent to worker processes."""
    return partial(GuardedSocket, most_connections=files.connections(settings))
