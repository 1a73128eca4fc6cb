"""A limit of time shared by many blocks: what `asyncio.timeout` does for each, with one timer."""

import asyncio

import pytest

from gongzhi.edge.deadlines import Deadline, Deadlines

SOON = 0.05


async def test_a_block_that_takes_too_long_is_stopped_and_others_go_on() -> None:
    deadlines = Deadlines(SOON)
    loop = asyncio.get_running_loop()
    ended: dict[str, float] = {}

    async def block(name: str, wait: float, seconds: float) -> None:
        await asyncio.sleep(wait)
        begun = loop.time()
        try:
            async with Deadline(deadlines):
                await asyncio.sleep(seconds)
        finally:
            ended[name] = loop.time() - begun

    blocks = [block("quick", 0, 0), block("slow", 0, 9), block("later", SOON / 2, 9), block("last", 3 * SOON, 9)]
    found = await asyncio.gather(*blocks, return_exceptions=True)
    assert [type(each) for each in found] == [type(None), TimeoutError, TimeoutError, TimeoutError]
    assert ended["quick"] < SOON
    assert all(SOON * 0.9 <= ended[name] < 1 for name in ("slow", "later", "last"))


async def test_the_task_goes_on_as_if_it_had_not_been_cancelled() -> None:
    with pytest.raises(TimeoutError):
        async with Deadline(Deadlines(SOON)):
            await asyncio.sleep(9)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_a_cancellation_from_elsewhere_stays_one() -> None:
    async def block() -> None:
        async with Deadline(Deadlines(9)):
            await asyncio.sleep(9)

    task = asyncio.create_task(block())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancellation_at_the_same_moment_is_not_taken_for_a_deadline() -> None:
    deadlines = Deadlines(9)
    deadline = Deadline(deadlines)

    async def block() -> None:
        async with deadline:
            await asyncio.sleep(9)

    task = asyncio.create_task(block())
    await asyncio.sleep(0)
    deadline.expire()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_of_the_block_comes_through() -> None:
    deadlines = Deadlines(9)
    with pytest.raises(ValueError, match="mine"):
        async with Deadline(deadlines):
            raise ValueError("mine")
    assert not deadlines._running


async def test_blocks_share_one_timer_and_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, timers = asyncio.get_running_loop(), 0
    deadlines = Deadlines(SOON)
    call_at = loop.call_at

    def counted(*given: object, **more: object) -> asyncio.TimerHandle:
        nonlocal timers
        timers += 1
        return call_at(*given, **more)  # type: ignore[arg-type]  # whatever it was given

    monkeypatch.setattr(loop, "call_at", counted)
    for _ in range(1_000):
        async with Deadline(deadlines):
            pass
    assert timers == 1
    assert not deadlines._running
    await asyncio.sleep(2 * SOON)
    assert deadlines._timer is None
