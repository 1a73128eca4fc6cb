"""Every line of a sealed audit log edited, deleted, and swapped with its neighbour, by whoever owns the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from faults.ground import Ground
from faults.outcome import Outcome, exactly
from faults.stores import PostgreSQLStore, SQLiteStore
from gongzhi.core.audit.stored import verify
from gongzhi.core.db import Database, using
from gongzhi.testing import databases
from tests.core.audit.chain import order, sealed, tampering

TITLE = "every line of the audit log edited, deleted, swapped once"


async def fault(ground: Ground) -> Outcome:
    """A log of its own, each line in turn; what was done is undone before the next."""
    lines = ground.times(100, 10)
    missed = {"edited": 0, "deleted": 0, "swapped": 0}
    async with _database(ground) as database:
        await sealed(database, lines)
        places = await order(database)
        for number, (table, line) in enumerate(places):
            _, other = places[number - 1]
            harms = {
                "edited": [f"UPDATE {table} SET path = path || '/x' WHERE id = '{line}'"],
                "deleted": [f"DELETE FROM {table} WHERE id = '{line}'"],
                "swapped": _swapped(str(line), str(other)),
            }
            for harm, statements in harms.items():
                async with tampering(database):
                    for statement in statements:
                        await database.execute(statement)
                    missed[harm] += (await verify()).sound
        sound = (await verify()).sound
    checks = [exactly(f"{harm} and not detected", count, 0) for harm, count in missed.items()]
    return Outcome(f"{lines} lines, 3 times each", [*checks, exactly("sound untouched", sound, 1)])


def _swapped(one: str, two: str) -> list[str]:
    """The places of two lines in the chain."""
    between = "00000000-0000-7000-8000-000000000000"
    pairs = ((one, between), (two, one), (between, two))
    return [f"UPDATE audit_seal SET entry = '{new}' WHERE entry = '{old}'" for old, new in pairs]


@asynccontextmanager
async def _database(ground: Ground) -> AsyncIterator[Database]:
    """A new database with its tables and no rows."""
    store = ground.store
    if isinstance(store, PostgreSQLStore):
        await PostgreSQLStore(store.cluster, "postgres").rows("CREATE DATABASE tampering")
        url = store.cluster.url("tampering")
    else:
        url = SQLiteStore(ground.folder / "tampering.db").url
    await databases.migrated(url)
    async with databases.opened(url) as database:
        with using(database):
            yield database
