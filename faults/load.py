"""Callers who change records of every kind while something is done to the server, and what they notice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx

from faults.callers import Caller, Sent, callers
from faults.ground import Ground
from faults.server import Server

CODES = {"", "UNAVAILABLE", "CONFLICT", "LIMITED"}
"""What a caller may be told while something is wrong."""


class Load:
    """What was noticed so far; `broken` are the callers' connections that were."""

    def __init__(self, asking: list[Caller]) -> None:
        self._asking = asking
        self.broken: list[str] = []

    @property
    def sent(self) -> list[Sent]:
        """Every mutation."""
        return [each for caller in self._asking for each in caller.sent]

    @property
    def codes(self) -> Counter[str]:
        """How often each code was answered."""
        return Counter(each.code for each in self.sent if each.seconds)

    @property
    def slowest(self) -> float:
        """The slowest answer, in seconds."""
        return max(each.seconds for each in self.sent)

    @property
    def uncoded(self) -> list[str]:
        """What was answered with none of `CODES`, or not at all."""
        return [*self.broken, *(each.code for each in self.sent if each.code not in CODES)]

    @property
    def refused(self) -> int:
        """How many mutations were."""
        return sum(count for code, count in self.codes.items() if code)

    @property
    def done(self) -> int:
        """How many mutations were acknowledged."""
        return sum(each.outcome == "acknowledged" for each in self.sent)


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
                try:
                    await caller.turn()
                except httpx.HTTPError as error:
                    load.broken.append(repr(error))
                await asyncio.sleep(pause)

        tasks = [asyncio.create_task(ask(caller)) for caller in asking]
        try:
            yield load
        finally:
            over.set()
            await asyncio.gather(*tasks)
