"""The database API, on both engines."""

import asyncio

from piccolo.columns import UUID, Integer, Varchar
from piccolo.table import Table

from gongzhi.core.db import Database, count_statements
from gongzhi.core.ids import uuid7


class Tally(Table, tablename="tally"):
    id = UUID(primary_key=True, default=uuid7)
    name = Varchar(unique=True)
    value = Integer(default=0)


async def make(database: Database) -> None:
    database.bind([Tally])
    await Tally.create_table()
    await Tally.insert(Tally(name="a"))


async def value() -> int:
    return int((await Tally.select(Tally.value).where(Tally.name == "a").first())["value"])


async def test_200_transactions_that_read_and_then_write_lose_no_update(empty_database: Database) -> None:
    await make(empty_database)

    async def add() -> None:
        seen = await value()
        await asyncio.sleep(0)
        await Tally.update({Tally.value: seen + 1}).where(Tally.name == "a")

    empty_database.engine.pool_wait = 60
    await asyncio.gather(*(empty_database.run_in_transaction(add, attempts=100) for _ in range(200)))
    assert await value() == 200


async def test_counting_statements(empty_database: Database) -> None:
    await make(empty_database)
    with count_statements() as counter:
        await value()
        async with empty_database.transaction():
            await value()
    assert counter.count == 2
    assert counter.statements[0].startswith("SELECT")
