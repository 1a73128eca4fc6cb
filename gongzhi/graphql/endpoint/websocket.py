"""GraphQL over WebSocket: the protocol `graphql-transport-ws`, and no other.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
The first message, `connection_init`, may carry `Authorization`, `X-Acting-For` and `X-API-Key` in its payload, as HTTP
requests do in their headers. Every operation takes the road that it takes over HTTP, with the same limits.
"""

import asyncio
import contextlib
from collections.abc import Coroutine, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from litestar import WebSocket

from gongzhi.core.errors import GongzhiError, Limited
from gongzhi.edge.stopping import refused, stopping
from gongzhi.graphql import errors
from gongzhi.graphql.endpoint.answering import Answering
from gongzhi.graphql.endpoint.caller import Caller, credentials_of
from gongzhi.graphql.endpoint.following import Following
from gongzhi.graphql.endpoint.operation import from_payload

PROTOCOL: Final = "graphql-transport-ws"
LONGEST_REASON = 120
"""Bytes of a close frame's reason; the protocol allows 123."""
LONGEST_ID = 200
"""Characters of an operation's id: each of its messages carries it back."""


class Message(msgspec.Struct, frozen=True):
    """What a client sends. Other members are ignored."""

    type: str
    id: str | None = None
    payload: Any = None


class Closing(Exception):
    """The connection is to be closed with a code of the protocol."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:LONGEST_REASON].decode(errors="ignore")


class Connection:
    """One connection: its caller, and the operations that run on it."""

    def __init__(self, answering: Answering, socket: WebSocket[Any, Any, Any]) -> None:
        self._answering = answering
        self._settings = answering.services.settings
        self._socket = socket
        self._stopping = stopping(socket.scope)
        self._caller: Caller | None = None
        self._running: dict[str, asyncio.Task[None]] = {}
        self._closing: asyncio.Future[Closing] = asyncio.get_running_loop().create_future()

    async def serve(self) -> None:
        """Until either side closes it."""
        if not await self._accepted():
            return
        reading, ending = asyncio.create_task(self._read()), asyncio.create_task(self._end_with_server())
        try:
            await asyncio.wait((reading, self._closing), return_when=asyncio.FIRST_COMPLETED)
            if self._closing.done():
                closing = self._closing.result()
                with contextlib.suppress(Exception):  # it may have gone in the meantime
                    await self._socket.close(closing.code, closing.reason)
        finally:
            tasks = (reading, ending, *self._running.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _end_with_server(self) -> None:
        """When the server stops: subscriptions complete, what was asked once is answered, and then we go."""
        await self._stopping.wait()
        while running := [task for task in self._running.values() if not task.done()]:
            await asyncio.wait(running)
        self._close(Closing(1001, "Going away: the server stops; connect again"))

    async def _accepted(self) -> bool:
        """Refuses pages of other origins and other protocols; browsers ask nobody before they open a WebSocket."""
        if not origin_allowed(self._socket.headers, self._settings.cors_origins):
            await self._socket.close(4403, "Forbidden: this origin is none of cors_origins")
            return False
        offered = [name.strip() for name in self._socket.headers.get("sec-websocket-protocol", "").split(",")]
        if PROTOCOL not in offered:
            await self._socket.accept()
            await self._socket.close(4406, "Subprotocol not acceptable")
            return False
        await self._socket.accept(PROTOCOL)
        return True

    async def _read(self) -> None:
        try:
            while True:
                limit = None if self._caller is not None else self._settings.init_timeout_seconds
                try:
                    async with asyncio.timeout(limit):
                        message = await self._socket.receive()
                except TimeoutError:
                    raise Closing(4408, "Connection initialisation timeout") from None
                if message["type"] != "websocket.receive":
                    self._close(Closing(1000, ""))
                    return
                await self._take(self._read_message(message))
                await asyncio.sleep(0)  # others have their turn, and what was begun is charged before it can be ended
        except Closing as closing:
            self._close(closing)

    def _read_message(self, frame: Mapping[str, Any]) -> Message:
        data: str | bytes = frame.get("text") or frame.get("bytes") or b""
        if len(data) > self._settings.body_limit_bytes:
            raise Closing(1009, f"A message has at most {self._settings.body_limit_bytes} bytes")
        try:
            return msgspec.json.decode(data, type=Message)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise Closing(4400, f"Invalid message: {error}") from None

    async def _take(self, message: Message) -> None:
        match message.type:
            case "connection_init":
                await self._begin(message)
            case "ping":
                await self._send({"type": "pong", **({} if message.payload is None else {"payload": message.payload})})
            case "pong":
                pass
            case "subscribe":
                self._subscribe(message)
            case "complete" if message.id is not None:
                task = self._running.pop(message.id, None)
                if task is not None:
                    task.cancel()
            case _:
                raise Closing(4400, f"Invalid message: there is no type {message.type[:40]!r}")

    async def _begin(self, message: Message) -> None:
        if self._caller is not None:
            raise Closing(4429, "Too many initialisation requests")
        given = message.payload if message.payload is not None else {}
        if not isinstance(given, dict):
            raise Closing(4400, "Invalid message: the payload of connection_init is no object")
        headers = {name: value for name, value in given.items() if isinstance(value, str)}
        shown = credentials_of(headers, self._socket.client.host if self._socket.client else None)
        self._caller = Caller(self._answering.services, self._answering.verifier, shown)
        try:
            await self._caller.context()
        except GongzhiError as error:
            with contextlib.suppress(GongzhiError):
                await self._answering.charge_refused(shown)
            raise Closing(4403 if error.status in (401, 403) else 4500, f"Forbidden: {error.message}") from None
        await self._send({"type": "connection_ack"})

    def _subscribe(self, message: Message) -> None:
        if self._caller is None:
            raise Closing(4401, "Unauthorized: send connection_init first")
        if not message.id:
            raise Closing(4400, "Invalid message: subscribe has no id")
        if len(message.id) > LONGEST_ID:
            raise Closing(4400, f"Invalid message: an id has at most {LONGEST_ID} characters")
        if message.id in self._running:
            raise Closing(4409, f"Subscriber for {message.id[:60]} already exists")
        limit = self._settings.subscription_limit
        work: Coroutine[Any, Any, None]
        if self._stopping.is_set():
            work = self._refuse(message.id, refused())
        elif len(self._running) >= limit:
            work = self._refuse(
                message.id,
                Limited(f"{limit} operations run on this connection already.", limit="subscription_limit", value=limit),
            )
        else:
            work = self._follow(message.id, message.payload, self._caller)
        self._running[message.id] = asyncio.create_task(work)

    async def _refuse(self, key: str, error: GongzhiError) -> None:
        await self._finish(key, {"type": "error", "id": key, "payload": errors.refused(error)})

    async def _follow(self, key: str, payload: object, caller: Caller) -> None:
        try:
            sent = from_payload(payload)
        except GongzhiError as error:
            await self._refuse(key, error)
            return
        answers = Following(self._answering, caller, self._stopping).answers(sent)
        try:
            async for answer in answers:
                if "data" not in answer:
                    await self._finish(key, {"type": "error", "id": key, "payload": answer["errors"]})
                    break
                await self._send({"type": "next", "id": key, "payload": answer})
            else:
                await self._finish(key, {"type": "complete", "id": key})
        finally:
            await answers.aclose()
        if caller.ended:
            self._close(Closing(4403, "Forbidden: your rights have ended; sign in again"))

    async def _finish(self, key: str, message: Mapping[str, Any]) -> None:
        self._running.pop(key, None)
        await self._send(message)

    async def _send(self, message: Mapping[str, Any]) -> None:
        await self._socket.send_data(msgspec.json.encode(message).decode(), mode="text")

    def _close(self, closing: Closing) -> None:
        if not self._closing.done():
            self._closing.set_result(closing)


def origin_allowed(headers: Mapping[str, str], allowed: tuple[str, ...]) -> bool:
    """Whether a page may open a connection: one of our own host, or of an origin of the setting; programs may always.

    Programs send no Origin, and browsers send no other page's as ours.
    """
    origin = headers.get("origin")
    if origin is None or origin in allowed or "*" in allowed:
        return True
    return bool(urlsplit(origin).netloc) and urlsplit(origin).netloc == headers.get("host")
