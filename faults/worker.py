"""`gongzhi worker` killed while it delivers: every event arrives, and what arrives twice carries the same id."""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from faults.callers import change, fresh
from faults.ground import ADMIN, Ground
from faults.outcome import Check, Outcome, exactly
from faults.server import Server
from faults.stores import identifiers

TITLE = "worker killed between commit and delivery"
FULL_ONLY = True
"""It waits until the claims of killed workers end: a minute each time."""
SETTINGS = {
    "background": "false",
    "webhook_keys": "k" * 40,
    "webhook_networks": "127.0.0.0/8",
    "webhook_http": "true",
}
LONGEST = 150.0
"""Seconds until all has arrived: what a killed worker had claimed is taken over after a minute."""


class Receiver:
    """Somebody's server: what it was sent, by the event's id."""

    def __init__(self) -> None:
        self.told: Counter[str] = Counter()
        self.port = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One delivery after the other on a connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                headers = dict(line.split(": ", 1) for line in head.decode().lower().splitlines()[1:] if ": " in line)
                await reader.readexactly(int(headers["content-length"]))
                self.told[headers["webhook-id"]] += 1
                await asyncio.sleep(0.005)
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def fault(ground: Ground) -> Outcome:
    """Changes without anybody who tells of them, then workers of which all but the last are killed."""
    async with _receiver() as receiver, ground.own_server(**SETTINGS) as server:
        _register(ground, server, receiver)
        await server.begin()
        count, kills = ground.times(400, 20), ground.times(6, 1)
        events = await _changes(ground, server, count)
        for number in range(kills):
            await _killed(ground, server, receiver, number)
        began = time.monotonic()
        last = _worker(ground, server)
        try:
            while events - receiver.told.keys() and time.monotonic() - began < LONGEST:  # noqa: ASYNC110  # a count, no event
                await asyncio.sleep(0.1)
        finally:
            last.kill()
            last.wait()
    return Outcome(
        f"{count} events, {kills} kills",
        [
            exactly("events", len(events), count),
            exactly("missing", len(events - receiver.told.keys()), 0),
            Check("delivered again", sum(receiver.told[event] - 1 for event in events)),
            exactly("under another id", len(receiver.told.keys() - events), 0),
            Check("all there after", time.monotonic() - began, unit="s"),
        ],
    )


async def _changes(ground: Ground, server: Server, count: int) -> set[str]:
    """Organizations that are entered; the ids of their events."""
    sql = "SELECT id FROM event WHERE kind = 'actors.organization.create'"
    before = identifiers(await ground.store.rows(sql))
    async with ground.client(server) as client:
        for _ in range(count):
            given = {"code": fresh("organization"), "kind": "ORG", "subkind": "SOCIAL_ORGANIZATION", "name": "社"}
            asked = await change(
                ground, client, ADMIN, "createOrganization", "organization { code }", {**given, "path": "/futian"}
            )
            if asked.code:
                raise AssertionError(asked)
    return identifiers(await ground.store.rows(sql)) - before


async def _killed(ground: Ground, server: Server, receiver: Receiver, number: int) -> None:
    """A worker that is killed a moment after it has begun to deliver."""
    before, end = sum(receiver.told.values()), time.monotonic() + 30
    process = _worker(ground, server)
    while sum(receiver.told.values()) == before and time.monotonic() < end:  # noqa: ASYNC110  # likewise
        await asyncio.sleep(0.005)
    await asyncio.sleep(random.Random(number).random() * 0.2)
    process.kill()
    process.wait()


def _worker(ground: Ground, server: Server) -> subprocess.Popen[bytes]:
    with server.log.open("ab") as log:
        command = [sys.executable, "-m", "gongzhi.cli", "worker"]
        return subprocess.Popen(command, cwd=ground.folder, env=_environ(server), stdout=log, stderr=log)


def _register(ground: Ground, server: Server, receiver: Receiver) -> None:
    url = f"http://127.0.0.1:{receiver.port}/hook"
    who = ["--organization", "futian-district-office", "--role", "district.admin", "--kind", "actors.organization."]
    command = [sys.executable, "-m", "gongzhi.cli", "webhook", "add", fresh("hook"), "--url", url, *who]
    subprocess.run(command, cwd=ground.folder, env=_environ(server), check=True, stdout=subprocess.DEVNULL)


def _environ(server: Server) -> dict[str, str]:
    return {**{name: value for name, value in os.environ.items() if name[:8] != "GONGZHI_"}, **server.environ}


@asynccontextmanager
async def _receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    listening = await asyncio.start_server(receiver.take, "127.0.0.1", 0)
    receiver.port = listening.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        listening.close()
