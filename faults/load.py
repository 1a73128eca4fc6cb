"""Callers who change records of every kind while something is done to the server, and what they notice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx

from faults.callers import Caller, Sent, callers
from faults.ground import Ground
from faults.server import Server

CODES = {"UNAVAILABLE", "CONFLICT", "LIMITED"}
"""What a caller may be told while something is wrong."""


class Load:
    """What was noticed: the slowest answer in seconds, how often each code came, and what had none of `CODES`."""

    def __init__(self, asking: list[Caller]) -> None:
        self._asking = asking
        self.slowest = 0.0
        self.codes: Counter[str] = Counter()
        self.uncoded: list[str] = []

    @property
    def sent(self) -> list[Sent]:
        """Every mutation so far."""
        return [each for caller in self._asking for each in caller.sent]

    @property
    def refused(self) -> int:
        """How many mutations were."""
        return sum(count for code, count in self.codes.items() if code)

    @property
    def done(self) -> int:
        """How many mutations were acknowledged."""
        return self.codes[""]

    async def turn(self, caller: Caller) -> None:
        """One turn of one caller."""
        before = len(caller.sent)
        try:
            await caller.turn()
        except httpx.HTTPError as error:
            self.uncoded.append(repr(error))
        for sent in caller.sent[before:]:
            self.slowest = max(self.slowest, sent.seconds)
            self.codes[sent.code] += 1
            if sent.code and sent.code not in CODES:
                self.uncoded.append(sent.code)


@asynccontextmanager
async def loading(
    ground: Ground, clients: int, server: Server | None = None, pause: float = 0.01
) -> AsyncIterator[Load]:
    """So many callers, one turn after the other, until the block ends; then each finishes its turn."""
    over = asyncio.Event()
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(ground.client(server)) for _ in range(clients)]
        asking = [caller async for caller in callers(ground, opened)]
        load = Load(asking)

        async def ask(caller: Caller) -> None:
            while not over.is_set():
                await load.turn(caller)
                await asyncio.sleep(pause)

        tasks = [asyncio.create_task(ask(caller)) for caller in asking]
        try:
            yield load
        finally:
            over.set()
            await asyncio.gather(*tasks)
