"""Transactions, each promise on both engines."""

import asyncio

import pytest

from gongzhi.core.db import Database, connect
from gongzhi.core.errors import Conflict, Internal
from tests.core.tally import SLOW, Tally, add, make, names, value


async def test_an_error_leaves_nothing_of_its_transaction(empty_database: Database) -> None:
    await make(empty_database)

    async def fail() -> None:
        async with empty_database.transaction():
            await add("a")
            assert await names() == ["a"]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await names() == []
    assert not empty_database.in_transaction


async def test_others_see_a_transaction_only_when_it_is_committed(empty_database: Database) -> None:
    await make(empty_database)
    written, look = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with empty_database.transaction():
            await add("a")
            written.set()
            await look.wait()

    writing = asyncio.create_task(write())
    await written.wait()
    assert await names() == []
    look.set()
    await writing
    assert await names() == ["a"]


async def test_a_transaction_inside_another_joins_it(empty_database: Database) -> None:
    await make(empty_database)

    async def fail() -> None:
        async with empty_database.transaction():
            async with empty_database.transaction():
                await add("a")
            assert empty_database.in_transaction
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await names() == []


async def test_200_transactions_that_read_and_then_write_lose_no_update(empty_url: str) -> None:
    async with connect(empty_url, pool_size=5, pool_wait=60) as database:
        await make(database, "a")

        async def increase() -> None:
            seen = await value()
            await asyncio.sleep(0)
            await Tally.update({Tally.value: seen + 1}).where(Tally.name == "a")

        await asyncio.gather(*(database.run_in_transaction(increase, attempts=100) for _ in range(200)))
        assert await value() == 200


async def test_parallel_statements_inside_one_transaction_take_turns(empty_database: Database) -> None:
    await make(empty_database)
    async with empty_database.transaction():
        await asyncio.gather(*(add(f"n{number:02}") for number in range(20)))
        assert len(await names()) == 20
    assert len(await names()) == 20


async def test_a_task_that_outlives_its_transaction_cannot_write(empty_database: Database) -> None:
    await make(empty_database)
    go = asyncio.Event()

    async def late() -> None:
        await go.wait()
        await add("late")

    async with empty_database.transaction():
        task = asyncio.create_task(late())
        await asyncio.sleep(0)
    go.set()
    with pytest.raises(Internal, match="is over"):
        await task
    assert await names() == []


async def test_a_cancelled_task_rolls_back_and_frees_its_connection(empty_url: str) -> None:
    async with connect(empty_url, pool_size=1, pool_wait=1) as database:
        await make(database)
        inside = asyncio.Event()

        async def hang() -> None:
            async with database.transaction():
                await add("a")
                inside.set()
                await asyncio.sleep(60)

        for _ in range(3):
            inside.clear()
            task = asyncio.create_task(hang())
            await inside.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert await names() == []
        await add("b")
        assert await names() == ["b"]


@pytest.mark.parametrize("inside", [True, False], ids=["in a transaction", "alone"])
async def test_a_task_cancelled_during_a_statement_frees_its_connection(empty_url: str, inside: bool) -> None:
    async with connect(empty_url, pool_size=1, pool_wait=1) as database:
        await make(database)

        async def hang() -> None:
            if not inside:
                await database.execute(SLOW[database.dialect])
            async with database.transaction():
                await add("a")
                await database.execute(SLOW[database.dialect])

        task = asyncio.create_task(hang())
        await asyncio.sleep(0.2)
        task.cancel()
        start = asyncio.get_running_loop().time()
        with pytest.raises(asyncio.CancelledError):
            await task
        await add("b")
        assert await names() == ["b"]
        assert asyncio.get_running_loop().time() - start < 1


async def test_a_commit_that_began_is_finished_although_its_task_is_cancelled(empty_database: Database) -> None:
    await make(empty_database)
    told: list[str] = []

    async def tell() -> None:
        told.append("committed")

    async def write() -> None:
        async with empty_database.transaction():
            await add("a")
            empty_database.after_commit(tell)
            asyncio.get_running_loop().call_soon(task.cancel)

    task = asyncio.create_task(write())
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await names() == ["a"]
    assert told == ["committed"]


async def test_after_an_ignored_failure_nothing_is_kept(empty_database: Database) -> None:
    await make(empty_database, "a")

    async def ignore(*more: str) -> None:
        async with empty_database.transaction():
            await add("b")
            with pytest.raises(Conflict):
                await add("a")
            for name in more:
                await add(name)

    with pytest.raises(Internal, match="savepoint"):
        await ignore()
    with pytest.raises(Internal, match="savepoint"):
        await ignore("c")
    assert await names() == ["a"]


async def test_a_savepoint_confines_a_failure(empty_database: Database) -> None:
    await make(empty_database, "a")

    async def fail() -> None:
        async with empty_database.savepoint():
            await add("c")
            await add("a")

    async with empty_database.transaction():
        await add("b")
        with pytest.raises(Conflict):
            await fail()
        async with empty_database.savepoint():
            await add("d")
    assert await names() == ["a", "b", "d"]


async def test_callbacks_run_after_the_outermost_commit_in_order(empty_database: Database) -> None:
    await make(empty_database)
    told: list[object] = []

    async def first() -> None:
        told.append((await names(), empty_database.in_transaction))

    async def second() -> None:
        told.append("second")

    async with empty_database.transaction():
        async with empty_database.transaction():
            await add("a")
            empty_database.after_commit(first)
        empty_database.after_commit(second)
        assert told == []
    assert told == [(["a"], False), "second"]


async def test_a_rollback_discards_callbacks(empty_database: Database) -> None:
    told: list[str] = []

    async def tell() -> None:
        told.append("wrong")

    async def fail() -> None:
        async with empty_database.transaction():
            empty_database.after_commit(tell)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert told == []


async def test_outside_a_transaction_a_callback_runs_at_once(empty_database: Database) -> None:
    told: list[str] = []

    async def tell() -> None:
        told.append("now")

    await empty_database.after_commit(tell)
    assert told == ["now"]


async def test_a_failing_callback_is_logged_and_the_next_one_runs(
    empty_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []

    async def fail() -> None:
        raise ZeroDivisionError

    async def tell() -> None:
        told.append("told")

    async with empty_database.transaction():
        empty_database.after_commit(fail)
        empty_database.after_commit(tell)
    assert told == ["told"]
    assert [record.message for record in caplog.records] == ["a callback after a commit failed"]


async def test_a_retry_runs_the_work_again_until_nobody_is_in_the_way(empty_database: Database) -> None:
    calls = []

    async def work() -> str:
        calls.append(1)
        if len(calls) < 3:
            raise Conflict("busy", details={"retryable": True})
        return "done"

    assert await empty_database.run_in_transaction(work) == "done"
    assert len(calls) == 3


async def test_a_retry_gives_up_after_its_attempts_and_never_repeats_other_errors(empty_database: Database) -> None:
    calls = []

    async def work() -> None:
        calls.append(1)
        raise Conflict("busy", details={"retryable": len(calls) < 4})

    with pytest.raises(Conflict):
        await empty_database.run_in_transaction(work)
    assert len(calls) == 3
    with pytest.raises(Conflict):
        await empty_database.run_in_transaction(work)
    assert len(calls) == 4
