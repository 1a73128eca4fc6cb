"""SIGTERM under load: what was accepted is answered, what stays open ends in its own words, and the process ends."""

import asyncio
import json
import signal
from contextlib import AsyncExitStack
from typing import Any

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from faults import truth
from faults.callers import Sent, callers, fresh, until_lost
from faults.ground import ADMIN, Ground
from faults.outcome import Check, Outcome, exactly
from faults.server import Server

TITLE = "SIGTERM under load"
CLIENTS = 8
PIPELINED = 20
FOLLOWING = 'subscription { recordChanged(resources: ["mediation.case"]) { action } }'


class Ended(msgspec.Struct):
    """How one kind of connection ended."""

    words: str = ""
    code: int = 0


async def fault(ground: Ground) -> Outcome:
    """With one process, and with two."""
    base, sent, slowest = await truth.before(ground), list[Sent](), 0.0
    dropped, kinds = 0, list[str]()
    rounds = ground.times(3, 1)
    numbers = (1, 2) if not ground.short else (1,) if ground.store.dialect == "sqlite" else (2,)
    for workers in numbers:
        for _ in range(rounds):
            async with ground.own_server("--workers", str(workers)) as server:
                await server.begin()
                found, failed, ended, seconds = await _round(ground, server)
                sent, slowest, dropped = sent + found, max(slowest, seconds), dropped + failed
                kinds += [each for each in ended if each != "as it should"]
    told = sum(map(truth.acknowledged, sent))
    checks = [Check("acknowledged", told), exactly("dropped", dropped, 0), *await truth.checks(ground, base, sent)]
    checks.append(exactly("streams cut off", len(kinds), 0))
    checks.append(Check("exit", slowest, most=10, unit="s"))
    return Outcome(
        f"{len(numbers) * rounds} times, {CLIENTS} callers, 20 requests in one write, WebSocket, SSE", checks
    )


async def _round(ground: Ground, server: Server) -> tuple[list[Sent], int, list[str], float]:
    """What was sent, how much of it was dropped, how the streams ended, and the seconds until the end."""
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(ground.client(server)) for _ in range(CLIENTS)]
        asking = [caller async for caller in callers(ground, clients)]
        streams = [asyncio.create_task(_websocket(ground, server)), asyncio.create_task(_events(ground, server))]
        tasks = [asyncio.create_task(until_lost(caller)) for caller in asking]
        await asyncio.sleep(1.0)
        pipelined = asyncio.create_task(_pipelined(ground, server))
        await asyncio.sleep(0.05)
        server.signal(signal.SIGTERM)
        seconds = await server.ended()
        errors = await asyncio.gather(*tasks)
        lost = sum(not isinstance(error, httpx.ConnectError) for error in errors)
        return (
            [sent for caller in asking for sent in caller.sent],
            lost + await pipelined,
            list(await asyncio.gather(*streams)),
            seconds,
        )


async def _pipelined(ground: Ground, server: Server) -> int:
    """Mutations sent in one write on one connection; how many of them were not answered."""
    requests = b""
    for _ in range(PIPELINED):
        given = {"code": fresh("pipelined"), "name": "乙"}
        document = "mutation($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }"
        body = json.dumps({"query": document, "variables": {"input": given}}).encode()
        head = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        head += f"authorization: Bearer {ground.token(ADMIN)}\r\ncontent-length: {len(body)}\r\n\r\n"
        requests += head.encode() + body
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(requests)
    answers = b""
    while part := await reader.read(65536):
        answers += part
    writer.close()
    return PIPELINED - answers.count(b'"data":{"createAccount":{"account":{"id"')


async def _websocket(ground: Ground, server: Server) -> str:
    """A subscription, and a mutation when the end is near."""
    url = server.url.replace("http", "ws") + "/graphql"
    async with connect(url, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]  # a plain name
        await _say(socket, type="connection_init", payload={"Authorization": f"Bearer {ground.token(ADMIN)}"})
        await socket.recv()
        await _say(socket, type="subscribe", id="1", payload={"query": FOLLOWING})
        last: list[str] = []
        try:
            while True:
                last.append(json.loads(await socket.recv())["type"])
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 0
    return "as it should" if (code, last[-1:]) == (1001, ["complete"]) else f"WebSocket {code} after {last[-3:]}"


async def _say(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def _events(ground: Ground, server: Server) -> str:
    headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {ground.token(ADMIN)}"}
    text = ""
    async with ground.client(server) as client:
        try:
            async with client.stream("POST", "/graphql", json={"query": FOLLOWING}, headers=headers) as answer:
                async for part in answer.aiter_text():
                    text += part
        except httpx.TransportError as error:
            text += repr(error)
    return "as it should" if text.endswith("event: complete\ndata:\n\n") else f"SSE {text[-80:]!r}"
