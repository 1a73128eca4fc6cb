"""The database API: opening, errors, limits, counting; each promise on both engines."""

import asyncio
from contextvars import copy_context

import pytest

from gongzhi.core.db import Database, connect, count_statements, current, is_retryable, using
from gongzhi.core.errors import Conflict, GongzhiError, Internal, Invalid, Limited, Unavailable
from tests.core.tally import SLOW, Tally, add, make, names, value


async def test_statements_are_counted_in_the_tasks_of_the_block(empty_database: Database) -> None:
    await make(empty_database, "a")
    with count_statements() as counter:
        await value()
        async with empty_database.transaction():
            await asyncio.gather(value(), value())
        with count_statements() as inner:
            await value()
    await value()
    assert (counter.count, inner.count) == (4, 1)
    assert all(statement.startswith("SELECT") for statement in counter.statements)


async def test_a_name_that_is_taken_is_a_conflict_that_names_the_constraint(empty_database: Database) -> None:
    await make(empty_database, "a")
    with pytest.raises(Conflict) as caught:
        await add("a")
    constraint = {"sqlite": "tally.name", "postgresql": "tally_name_key"}[empty_database.dialect]
    assert caught.value.extensions() == {"code": "CONFLICT", "kind": "unique", "constraint": constraint}
    assert "tally" not in caught.value.message
    assert caught.value.__cause__ is not None
    assert not is_retryable(caught.value)


async def test_a_broken_check_is_a_conflict(empty_database: Database) -> None:
    await empty_database.execute("CREATE TABLE odd (n INTEGER CONSTRAINT is_odd CHECK (n % 2 = 1))")
    with pytest.raises(Conflict) as caught:
        await empty_database.execute("INSERT INTO odd VALUES (2)")
    assert caught.value.details == {"kind": "check", "constraint": "is_odd"}


async def test_a_reference_to_nothing_is_a_conflict(empty_database: Database) -> None:
    await empty_database.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
    await empty_database.execute("CREATE TABLE child (parent INTEGER REFERENCES parent (id))")
    with pytest.raises(Conflict) as caught:
        await empty_database.execute("INSERT INTO child VALUES (1)")
    assert caught.value.details["kind"] == "foreign_key"


@pytest.mark.parametrize("bad", ["\ud800", 2**200], ids=["half a surrogate pair", "huge"])
async def test_a_value_that_no_column_holds_is_invalid(empty_database: Database, bad: object) -> None:
    await make(empty_database, "a")
    column = Tally.name if isinstance(bad, str) else Tally.value
    with pytest.raises(Invalid):
        await Tally.update({column: bad}).where(Tally.name == "a")
    assert await names() == ["a"]


async def test_a_statement_of_ours_that_is_wrong_is_internal_and_shows_nothing(empty_database: Database) -> None:
    with pytest.raises(Internal) as caught:
        await empty_database.execute("SELECT secret FROM nowhere")
    assert "nowhere" not in caught.value.message


@pytest.mark.parametrize("inside", [True, False], ids=["in a transaction", "alone"])
async def test_a_statement_that_takes_too_long_is_stopped(empty_url: str, inside: bool) -> None:
    async with connect(empty_url, statement_timeout=0.2) as database:

        async def ask() -> None:
            if not inside:
                await database.execute(SLOW[database.dialect])
            async with database.transaction():
                await database.execute(SLOW[database.dialect])

        start = asyncio.get_running_loop().time()
        with pytest.raises(Limited) as caught:
            await ask()
        assert asyncio.get_running_loop().time() - start < 1
        assert caught.value.details == {"limit": "statement_timeout", "value": 0.2}
        await database.ping()


async def test_a_transaction_may_have_its_own_statement_timeout(empty_database: Database) -> None:
    with pytest.raises(Limited) as caught:
        async with empty_database.transaction(statement_timeout=0.1):
            await empty_database.execute(SLOW[empty_database.dialect])
    assert caught.value.details["value"] == 0.1


async def test_waiting_too_long_for_a_turn_is_unavailable(empty_url: str) -> None:
    async with connect(empty_url, pool_size=1, pool_wait=0.1) as database:
        await make(database)

        async def other() -> None:
            async with database.transaction():
                await add("b")

        context = copy_context()
        async with database.transaction():
            await add("a")
            with pytest.raises(Unavailable) as caught:
                await asyncio.create_task(other(), context=context)
        assert caught.value.details == {"limit": "pool_wait", "value": 0.1}
        await other()
        assert await names() == ["a", "b"]


async def test_a_database_that_is_not_open_is_unavailable(empty_url: str) -> None:
    database = connect(empty_url)
    for _ in range(2):
        with pytest.raises(Unavailable, match="open"):
            await database.ping()
        with pytest.raises(Unavailable, match="open"):
            async with database.transaction():
                pass
        await database.open()
        assert 0 < await database.ping() < 1
        await database.close()
    await database.close()


async def test_the_current_database_is_the_chosen_one_or_the_last_opened(sqlite_url: str) -> None:
    with pytest.raises(Unavailable):
        current()
    async with connect(sqlite_url) as first:
        async with connect(sqlite_url) as second:
            assert current() is second
            with using(first):
                assert current() is first
        assert current() is first
    with pytest.raises(Unavailable):
        current()


async def test_the_same_tables_can_be_bound_to_one_database_after_another(sqlite_url: str, postgresql_url: str) -> None:
    async with connect(sqlite_url) as first, connect(postgresql_url) as second:
        await make(first, "sqlite")
        await make(second, "postgresql")
        assert await names() == ["postgresql"]
        first.bind([Tally])
        assert await names() == ["sqlite"]


async def test_no_driver_error_escapes_from_a_closed_database(empty_database: Database) -> None:
    await make(empty_database, "a")

    async def close_meanwhile() -> None:
        async with empty_database.transaction():
            await value()
            closing.append(asyncio.create_task(empty_database.close()))
            await asyncio.sleep(0.05)
            await add("b")

    closing: list[asyncio.Task[None]] = []
    await close_meanwhile()
    await closing[0]
    with pytest.raises(GongzhiError):
        await value()
    await empty_database.open()
    assert await names() == ["a", "b"]
