"""`gongzhi worker` killed while it delivers: every event arrives, and what arrives twice carries the same id."""

import asyncio
import random
import subprocess
import sys
import time
from contextlib import AsyncExitStack

from faults.callers import change, fresh
from faults.ground import ADMIN, Ground
from faults.outcome import Check, Outcome, exactly
from faults.receiver import SETTINGS, Receiver, created, environ, told
from faults.server import Server

TITLE = "worker killed between commit and delivery"
FULL_ONLY = True
"""It waits until the claims of killed workers end: a quarter of a minute each time."""
LONGEST = 60.0
"""Seconds until all has arrived: what a killed worker had claimed is taken over a quarter of a minute later."""


async def fault(ground: Ground) -> Outcome:
    """Changes without anybody who tells of them, then workers of which all but the last are killed."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(ground.own_server(background="false", **SETTINGS))
        await server.begin()
        receiver = await stack.enter_async_context(told(ground, server))
        count, kills = ground.times(400, 20), ground.times(6, 1)
        events = await _changes(ground, server, count)
        for number in range(kills):
            await _killed(ground, server, receiver, number)
        last = started(ground, server)
        try:
            missing, seconds = await receiver.rest(events, LONGEST)
        finally:
            last.kill()
            last.wait()
    return Outcome(
        f"{count} events, {kills} kills",
        [
            exactly("events", len(events), count),
            exactly("missing", len(missing), 0),
            Check("delivered again", sum(receiver.told[event] - 1 for event in events)),
            exactly("under another id", len(receiver.told.keys() - events), 0),
            Check("all there after", seconds, most=LONGEST, unit="s"),
        ],
    )


async def _changes(ground: Ground, server: Server, count: int) -> set[str]:
    """Organizations that are entered; the ids of their events."""
    before = await created(ground)
    async with ground.client(server) as client:
        for _ in range(count):
            given = {"code": fresh("organization"), "kind": "ORG", "subkind": "SOCIAL_ORGANIZATION", "name": "社"}
            asked = await change(
                ground, client, ADMIN, "createOrganization", "organization { code }", {**given, "path": "/futian"}
            )
            if asked.code:
                raise AssertionError(asked)
    return await created(ground) - before


async def _killed(ground: Ground, server: Server, receiver: Receiver, number: int) -> None:
    """A worker that is killed a moment after it has begun to deliver."""
    before, end = sum(receiver.told.values()), time.monotonic() + 30
    process = started(ground, server)
    while sum(receiver.told.values()) == before and time.monotonic() < end:  # noqa: ASYNC110  # likewise
        await asyncio.sleep(0.005)
    await asyncio.sleep(random.Random(number).random() * 0.2)
    process.kill()
    process.wait()


def started(ground: Ground, server: Server) -> subprocess.Popen[bytes]:
    """`gongzhi worker` with the settings of a server."""
    with server.log.open("ab") as log:
        command = [sys.executable, "-m", "gongzhi.cli", "worker"]
        return subprocess.Popen(command, cwd=ground.folder, env=environ(server), stdout=log, stderr=log)
