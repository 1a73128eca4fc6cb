"""One to a thousand people who follow offerings: what others' requests cost meanwhile, and how soon all are told."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager

import httpx
from websockets.asyncio.client import ClientConnection, connect

from bench.growth.steps import Step, medians
from bench.http import cases, database
from bench.http.field import UNCACHED, Field, without_cache
from bench.http.load import put
from bench.http.servers import Server, resident
from bench.pace import quick

SIZES = (1, 10, 100, 1_000)
TARGET = 1.5
PATIENCE = 60.0
FOLLOWING = 'subscription { recordChanged(resources: ["catalogue.offering"]) { action path } }'
_AT_ONCE = 50


def steps(field: Field) -> list[Step]:
    """One for each number, each on a server and a database of its own, so that none hears of the others' changes."""
    codes = [item["code"] for items in field.items.values() for item in items]
    servers: dict[int, Server] = {}
    with ExitStack() as stack:
        for size in SIZES[:2] if quick() else SIZES:
            url = stack.enter_context(database.copied(field.database, f"followed_{size}"))
            servers[size] = stack.enter_context(field.on(url).ours(UNCACHED, without_cache()))
        return asyncio.run(_steps(servers, cases.one_item(codes).bodies("gongzhi")))


async def _steps(servers: dict[int, Server], bodies: list[str]) -> list[Step]:
    gate = asyncio.Semaphore(_AT_ONCE)
    each: dict[int, float] = {}
    sockets: dict[int, list[ClientConnection]] = {}
    async with AsyncExitStack() as stack:
        for size, server in servers.items():
            await asyncio.to_thread(put, server, bodies, 1, connections=1)
            before = resident(server.pid)
            entered = (stack.enter_async_context(_following(server, gate)) for _ in range(size))
            sockets[size] = await asyncio.gather(*entered)
            each[size] = (resident(server.pid) - before) * 1024 / size
        found = await asyncio.to_thread(medians, "subscriptions", servers, bodies, 1)
        waited = {size: await _told(server, sockets[size]) for size, server in servers.items()}
    return [
        Step(
            "subscriptions",
            size,
            {"p50 ms": one.p50, "p99 ms": one.p99, "until all are told, ms": waited[size], "kB each": each[size]},
            TARGET,
        )
        for size, one in zip(servers, found, strict=True)
    ]


@asynccontextmanager
async def _following(server: Server, gate: asyncio.Semaphore) -> AsyncIterator[ClientConnection]:
    """A connection of its own with one subscription, which the server has acknowledged."""
    address = server.url.replace("http", "ws", 1) + "/graphql"
    async with gate:
        connection = await connect(address, subprotocols=["graphql-transport-ws"], proxy=None, ping_interval=None)  # type: ignore[list-item]  # the type of a subprotocol is a str
        payload = {"Authorization": f"Bearer {server.token}"}
        await connection.send(json.dumps({"type": "connection_init", "payload": payload}))
        assert json.loads(await connection.recv())["type"] == "connection_ack"
        await connection.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": FOLLOWING}}))
        await connection.send(json.dumps({"type": "ping"}))
        assert json.loads(await connection.recv())["type"] == "pong"
    try:
        yield connection
    finally:
        await connection.close()


async def _told(server: Server, sockets: list[ClientConnection]) -> float:
    """Milliseconds from the answer to a change until the last one was told of it."""
    body = cases.new_offering().bodies("gongzhi")[0].replace("@", f"{time.time_ns()}")
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {server.token}"}
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        answer = await client.post(f"{server.url}/graphql", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert "errors" not in answer.json(), answer.text
    begun = time.perf_counter()
    async with asyncio.timeout(PATIENCE):
        told = await asyncio.gather(*(socket.recv() for socket in sockets))
    waited = (time.perf_counter() - begun) * 1e3
    assert all(json.loads(message)["type"] == "next" for message in told), told[:3]
    return waited
