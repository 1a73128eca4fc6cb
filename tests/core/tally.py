"""A table for tests of the database itself."""

from piccolo.columns import UUID, Integer, Varchar
from piccolo.table import Table

from gongzhi.core.db import Database
from gongzhi.core.ids import uuid7

SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(30)",
}
"""A statement for each engine that does not end by itself in time."""


class Tally(Table, tablename="tally"):
    id = UUID(primary_key=True, default=uuid7)
    name = Varchar(unique=True)
    value = Integer(default=0)


async def make(database: Database, *names: str) -> None:
    """Create the table, with a row of value 0 for each name."""
    database.bind([Tally])
    await Tally.create_table()
    if names:
        await Tally.insert(*(Tally(name=name) for name in names))


async def names() -> list[str]:
    return [row["name"] for row in await Tally.select(Tally.name).order_by(Tally.name)]


async def value(name: str = "a") -> int:
    row = await Tally.select(Tally.value).where(Tally.name == name).first()
    assert row is not None
    return int(row["value"])


async def add(name: str) -> None:
    await Tally.insert(Tally(name=name))
