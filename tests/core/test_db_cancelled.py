"""A task that is cancelled, wherever it waits, gives its connection back without a transaction on it."""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from typing import Any

import pytest

from gongzhi.core.db import Database, connect
from tests.core.tally import Tally, add, make

Work = Callable[[], Coroutine[Any, Any, None]]


class Stopped:
    """Work at whose nth wait `stop` is called; `ended` says whether it had fewer."""

    def __init__(self, work: Work, number: int, stop: Callable[[], object]) -> None:
        self._work, self._left, self._stop = work, number, stop
        self.ended = False

    def __await__(self) -> Generator[Any, None, None]:
        inner = self._work().__await__()
        try:
            waited = next(inner)
            while True:
                self._left -= 1
                if not self._left:
                    asyncio.get_running_loop().call_soon(self._stop)
                try:
                    yield waited
                except asyncio.CancelledError as error:
                    waited = inner.throw(error)
                else:
                    waited = next(inner)
        except StopIteration:
            self.ended = self._left > 0


async def stopped_at(work: Work, number: int, *, everything: bool) -> bool:
    """Whether work ends before its nth wait; if it does not, its task is cancelled there, or all that it began too."""
    before = asyncio.all_tasks()

    def stop() -> None:
        for task in asyncio.all_tasks() - before if everything else {running}:
            task.cancel()

    stopped = Stopped(work, number, stop)

    async def run() -> None:
        await stopped

    running = asyncio.create_task(run())
    await asyncio.wait({running})
    return stopped.ended


@pytest.mark.parametrize("everything", [False, True], ids=["its task", "every task, as a loop that ends does"])
async def test_no_connection_comes_back_with_a_transaction(empty_url: str, everything: bool) -> None:
    async with connect(empty_url) as other, connect(empty_url, pool_size=1, pool_wait=1) as database:
        await make(database)

        async def write() -> None:
            async with database.transaction():
                await add("inside")
                await Tally.delete().where(Tally.name == "inside")

        number, ended = 0, False
        while not ended:
            number += 1
            ended = await stopped_at(write, number, everything=everything)
            await add(f"{number:02}")  # stands alone: committed at once, unless the connection is within a transaction
            assert await seen_by(other) == [f"{each:02}" for each in range(1, number + 1)]
        assert number > 4


async def seen_by(other: Database) -> list[str]:
    return [row["name"] for row in await other.execute("SELECT name FROM tally ORDER BY name")]
