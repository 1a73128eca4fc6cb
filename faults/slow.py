"""Clients that send a byte a second, and clients that never read: others are served, and the slow ones are cut off."""

import asyncio
import json
import socket
import time
from contextlib import AsyncExitStack

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from faults import truth
from faults.away import FOLLOWING
from faults.ground import ADMIN, Ground
from faults.load import Load, loading
from faults.outcome import Check, Outcome, exactly
from faults.server import Server
from gongzhi.edge.connections import UNREAD_SECONDS

TITLE = "clients that send a byte a second, or never read"
SHORT_ENGINES = ("SQLite",)
"""The short form is done on one: what is shown lies in front of any database."""
CLIENTS = 4
BODY_SECONDS = 1
ASKED = {"http": 60, "websocket": 24}
"""Large answers that one who never reads asks for: more than the system keeps for him. None costs much work."""
ECHO = "x" * 400_000
HEAD = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"


async def fault(ground: Ground) -> Outcome:
    """So many of each kind, and callers beside them who notice nothing."""
    each = ground.times(20, 4)
    base = await truth.before(ground)
    async with ground.own_server(body_timeout_seconds=BODY_SECONDS) as server:
        await server.begin()
        async with loading(ground, 1, server) as warm:
            await asyncio.sleep(0.5)
        memory, descriptors = server.memory(), server.descriptors()
        async with AsyncExitStack() as stack, loading(ground, CLIENTS, server) as load:
            unread = [
                await stack.enter_async_context(_Unread(ground, server, kind)) for kind in _UNREAD for _ in range(each)
            ]
            heads = [asyncio.create_task(_drip(server, HEAD, "x-slow: ")) for _ in range(each)]
            bodies = [
                asyncio.create_task(_drip(server, f"{HEAD}content-length: 1000\r\n\r\n", "")) for _ in range(each)
            ]
            cut = [await asyncio.gather(*heads), await asyncio.gather(*bodies)]
            await asyncio.sleep(0 if ground.short else UNREAD_SECONDS + 5)
            most = server.memory() - memory
            gone = 0 if ground.short else sum([await client.gone() for client in unread if client.kind in _CUT])
        await asyncio.sleep(1)
        left = server.descriptors() - descriptors
        checks = await truth.checks(ground, base, [*warm.sent, *load.sent])
    return Outcome(
        f"{each} of each kind, {CLIENTS} callers beside them",
        [
            *_noticed(ground, load),
            Check("slow heads refused after", max(cut[0]), most=ground.seconds(BODY_SECONDS + 1), unit="s"),
            Check("slow bodies refused after", max(cut[1]), most=ground.seconds(BODY_SECONDS + 1), unit="s"),
            exactly("who never read cut", gone, 0 if ground.short else each * len(_CUT)),
            Check("memory", most, most=each * 4 + 20, unit="MB more"),
            Check("descriptors after", left, most=4, unit="more"),
            *checks,
        ],
    )


def _noticed(ground: Ground, load: Load) -> list[Check]:
    """What others had of it."""
    return [
        Check("acknowledged", load.done, 1),
        exactly("others refused", load.refused - load.codes["CONFLICT"], 0),
        Check("others' slowest answer", load.slowest, most=ground.seconds(2), unit="s"),
    ]


async def _drip(server: Server, first: str, then: str) -> float:
    """Send a beginning, and a byte each second; the seconds until the server has had enough."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    began = time.monotonic()
    writer.write((first + then).encode())
    while time.monotonic() - began < 60:
        try:
            async with asyncio.timeout(1):
                await reader.read(65536)
            break
        except TimeoutError:
            writer.write(b"x")
        except ConnectionError:
            break
    writer.close()
    return time.monotonic() - began


_UNREAD = ("http", "websocket", "subscription", "events")
_CUT = ("http", "websocket")
"""Those for whom more is written than the system keeps; to the others too little happens."""


class _Unread:
    """One who asks and never reads."""

    def __init__(self, ground: Ground, server: Server, kind: str) -> None:
        self.kind = kind
        self._token = ground.token(ADMIN)
        self._port = server.port
        self._socket = socket.socket()
        self._sending: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "_Unread":
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(self._socket, ("127.0.0.1", self._port))
        if self.kind == "http":
            request = b"GET /schema.graphql HTTP/1.1\r\nhost: localhost\r\n\r\n" * ASKED["http"]
            await loop.sock_sendall(self._socket, request)
            return self
        if self.kind == "events":
            await loop.sock_sendall(self._socket, _following(self._token))
            return self
        url = f"ws://127.0.0.1:{self._port}/graphql"
        subprotocols = ["graphql-transport-ws"]
        shown = {"Authorization": f"Bearer {self._token}"}
        self._web = await connect(url, sock=self._socket, subprotocols=subprotocols, max_queue=1, ping_interval=None)  # type: ignore[arg-type]  # plain names
        await self._web.send(json.dumps({"type": "connection_init", "payload": shown}))
        await self._web.recv()
        if self.kind == "websocket":
            self._sending = asyncio.create_task(self._send())
        else:
            await self._web.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": FOLLOWING}}))
        return self

    async def _send(self) -> None:
        """What the server has to send back; it takes no more of it while nobody reads."""
        for _ in range(ASKED["websocket"]):
            await self._web.send(json.dumps({"type": "ping", "payload": {"echo": ECHO}}))

    async def __aexit__(self, *_: object) -> None:
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)
        if self.kind in ("http", "events"):
            self._socket.close()
        else:
            self._web.transport.abort()

    async def gone(self) -> bool:
        """Whether the server has cut the connection: what it had sent can be read, and then no more."""
        try:
            async with asyncio.timeout(2):
                if self.kind == "http":
                    while await asyncio.get_running_loop().sock_recv(self._socket, 1_000_000):
                        pass
                else:
                    while True:
                        await self._web.recv()
        except (ConnectionError, ConnectionClosed):
            return True
        except TimeoutError:
            return False
        return True


def _following(token: str) -> bytes:
    """A request for an event stream."""
    body = json.dumps({"query": FOLLOWING}).encode()
    head = f"{HEAD}accept: text/event-stream\r\nauthorization: Bearer {token}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body
