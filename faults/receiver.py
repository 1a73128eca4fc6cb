"""Somebody's server that webhooks are sent to."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from faults.callers import change, fresh
from faults.ground import ADMIN, Ground
from faults.server import Server
from faults.stores import identifiers

SETTINGS = {"webhook_keys": "k" * 40, "webhook_networks": "127.0.0.0/8", "webhook_http": "true"}
"""With which webhooks may be sent to this machine."""
CREATED = "SELECT id FROM event WHERE kind = 'actors.organization.create'"


class Receiver:
    """What it was sent, by the event's id. While `answering` is not set, it answers nothing."""

    def __init__(self) -> None:
        self.told: Counter[str] = Counter()
        self.port = 0
        self.answering = asyncio.Event()
        self.answering.set()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One delivery after the other on a connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                headers = dict(line.split(": ", 1) for line in head.decode().lower().splitlines()[1:] if ": " in line)
                await reader.readexactly(int(headers["content-length"]))
                self.told[headers["webhook-id"]] += 1
                await asyncio.sleep(0.005)
                await self.answering.wait()
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def rest(self, events: set[str], patience: float) -> tuple[set[str], float]:
        """Wait until these were told; answers those that were not, and the seconds."""
        began = time.monotonic()
        while events - self.told.keys() and time.monotonic() - began < patience:  # noqa: ASYNC110  # a count, no event
            await asyncio.sleep(0.05)
        return events - self.told.keys(), time.monotonic() - began


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """One that listens."""
    receiver = Receiver()
    listening = await asyncio.start_server(receiver.take, "127.0.0.1", 0)
    receiver.port = listening.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        listening.close()


@asynccontextmanager
async def told(ground: Ground, server: Server) -> AsyncIterator[Receiver]:
    """One that a server tells of organizations, until the block ends."""
    async with receiving() as receiver, ground.client(server) as client:
        given = {
            "code": fresh("hook"),
            "name": "收",
            "url": f"http://127.0.0.1:{receiver.port}/hook",
            "organization": "futian-district-office",
            "role": "district.admin",
            "kinds": ["actors.organization."],
        }
        made = await change(ground, client, ADMIN, "createWebhook", "webhook { id }", given)
        assert not made.code, made
        try:
            yield receiver
        finally:
            await ground.store.rows("UPDATE webhook SET active = false WHERE code = ?", given["code"])


def environ(server: Server) -> Mapping[str, str]:
    """What a program of the same installation gets."""
    return {**{name: value for name, value in os.environ.items() if name[:8] != "GONGZHI_"}, **server.environ}


async def created(ground: Ground) -> set[str]:
    """The ids of the events that tell of new organizations."""
    return identifiers(await ground.store.rows(CREATED))
