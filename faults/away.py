"""The database goes away for ten seconds and comes back: PostgreSQL stopped, SQLite's file locked by somebody else."""

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.asyncio.client import connect

from faults import truth
from faults.callers import RESIDENT, change, fresh
from faults.ground import ADMIN, Ground
from faults.load import loading
from faults.outcome import Check, Outcome, exactly
from faults.server import Server
from faults.stores import SQLiteStore

TITLE = "backends terminated; database away 10 s"
CLIENTS = 6
LONGEST = 11.0
"""Seconds that an answer may take meanwhile: those of a request, and a little."""
_END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gongzhi'"
FOLLOWING = 'subscription { recordChanged(resources: ["mediation.case"]) { record { id } } }'


async def fault(ground: Ground) -> Outcome:
    """Load all the time; connections cut twice, then the database gone."""
    await ground.serving()
    seconds = ground.times(10, 2)
    base = await truth.before(ground)
    async with follower(ground) as told, loading(ground, CLIENTS) as load:
        await asyncio.sleep(0.5)
        if ground.store.dialect == "postgresql":
            for _ in range(2):
                await ground.store.rows(_END)
                await asyncio.sleep(0.5)
        states = await _gone(ground, seconds)
        began = time.monotonic()
        await ground.server.ready()
        healthy = await _writes(ground, began)
        heard = await hears(ground, told)
    return Outcome(
        f"{CLIENTS} callers, away {seconds} s",
        [
            Check("refused", load.refused, ground.times(1, 0)),
            exactly("not coded", len(load.uncoded), 0),
            Check("slowest answer", load.slowest, most=ground.seconds(LONGEST), unit="s"),
            exactly("said to be ready meanwhile", states.count(200) if ground.store.dialect == "postgresql" else 0, 0),
            Check("healthy after", healthy, most=ground.seconds(5), unit="s"),
            Check("subscription told after", heard, most=ground.seconds(5), unit="s"),
            *await truth.checks(ground, base, load.sent),
        ],
    )


async def _gone(ground: Ground, seconds: float) -> list[int]:
    """Take the database away for so long; the statuses of readiness meanwhile."""
    store, states = ground.store, list[int]()
    holder = None
    if isinstance(store, SQLiteStore):
        holder = sqlite3.connect(store.path, isolation_level=None, timeout=5)
        holder.execute("BEGIN IMMEDIATE")
    else:
        await asyncio.to_thread(store.stop_immediately)
    end = time.monotonic() + seconds
    async with ground.client() as client:
        while time.monotonic() < end:
            states.append((await client.get("/health/ready")).status_code)
            assert (await client.get("/health/live")).status_code == 200
            await asyncio.sleep(0.2)
    if holder is not None:
        holder.rollback()
        holder.close()
    else:
        await asyncio.to_thread(store.start)
    return states


async def _writes(ground: Ground, began: float) -> float:
    """The seconds since `began` until a mutation is done."""
    async with ground.client() as client:
        while True:
            given = {"code": fresh("after"), "name": "丁"}
            if not (await change(ground, client, ADMIN, "createAccount", "account { id }", given)).code:
                return time.monotonic() - began
            assert time.monotonic() - began < 30, "no mutation succeeds after the database is back"


@asynccontextmanager
async def follower(ground: Ground, server: Server | None = None) -> AsyncIterator[asyncio.Queue[str]]:
    """A subscription that stays open all the time; the texts that it is told."""
    told: asyncio.Queue[str] = asyncio.Queue()
    url = (server or ground.server).url.replace("http", "ws") + "/graphql"
    async with connect(url, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]  # a plain name
        shown = {"Authorization": f"Bearer {ground.token('demo-committee-director')}"}
        await socket.send(json.dumps({"type": "connection_init", "payload": shown}))
        await socket.recv()
        await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": FOLLOWING}}))

        async def listen() -> None:
            async for message in socket:
                told.put_nowait(str(message))

        task = asyncio.create_task(listen())
        try:
            yield told
        finally:
            task.cancel()


async def hears(ground: Ground, told: asyncio.Queue[str], server: Server | None = None) -> float:
    """The seconds until the follower is told of a case that is filed now; 99 for never."""
    async with ground.client(server) as client:
        parties = [{"side": "APPLICANT", "name": "甲"}, {"side": "RESPONDENT", "name": "乙"}]
        given = {
            "path": "/futian/nanyuan/dongyuan",
            "dispute": "NEIGHBOURS",
            "title": fresh("case"),
            "parties": parties,
        }
        made = await change(ground, client, RESIDENT, "fileMediationCase", "case { id }", given)
        assert not made.code, made
        began = time.monotonic()
        while time.monotonic() - began < 10:
            try:
                text = await asyncio.wait_for(told.get(), 1)
            except TimeoutError:
                continue
            if made.data["case"]["id"] in text:
                return time.monotonic() - began
    return 99.0
