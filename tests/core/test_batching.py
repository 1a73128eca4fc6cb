"""Whoever asks first begins for all: also when they are stopped, the others are answered."""

import asyncio
from typing import Any, cast

import pytest

from gongzhi.core.batching import Batch
from gongzhi.core.reading import Reading


class Asked:
    """In the place of a query."""

    def __init__(self, name: str, failure: Exception | None = None) -> None:
        self.name = name
        self.failure = failure
        self.times = 0

    async def rows(self) -> list[dict[str, str]]:
        self.times += 1
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        return [{"name": self.name}]


def rows(batch: Batch, asked: Asked, shape: str = "one") -> Any:
    return batch.rows(cast(Reading, asked), shape)


async def test_one_alone_asks_without_a_task() -> None:
    batch, before = Batch(), len(asyncio.all_tasks())
    asked = Asked("alone")
    asking = asyncio.ensure_future(rows(batch, asked))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == before + 1
    assert await asking == [{"name": "alone"}]
    assert asked.times == 1


async def test_the_first_is_stopped_and_the_other_is_answered() -> None:
    batch, first, second = Batch(), Asked("first"), Asked("second")
    tasks = [asyncio.ensure_future(rows(batch, each)) for each in (first, second)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    assert await tasks[1] == [{"name": "second"}]
    assert (first.times, second.times) == (0, 1)
    assert tasks[0].cancelled()


async def test_who_comes_later_is_asked_for_separately() -> None:
    batch, first, second = Batch(), Asked("first"), Asked("second")
    early = asyncio.ensure_future(rows(batch, first))
    for _ in range(3):
        await asyncio.sleep(0)
    assert await rows(batch, second) == [{"name": "second"}]
    assert await early == [{"name": "first"}]


async def test_a_failure_is_the_asker_s() -> None:
    with pytest.raises(ValueError, match="no"):
        await rows(Batch(), Asked("x", ValueError("no")))
