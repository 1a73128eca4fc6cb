"""Loading: whole or not at all, once, into a database of its own."""

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from piccolo.table import Table

from gongzhi import demo
from gongzhi.core.actors.tables import Account, Membership, Organization, ServiceArea
from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.catalogue.tables import (
    Assignment,
    CatalogueChange,
    Disposition,
    Edition,
    EditionItem,
    Offering,
    ServiceList,
)
from gongzhi.core.db import Database
from gongzhi.core.errors import Conflict
from gongzhi.core.events.tables import Event, Revision
from gongzhi.core.territory.records import Level
from gongzhi.core.territory.tables import Territory
from gongzhi.testing import databases
from tests.core.places import place

TABLES: tuple[type[Table], ...] = (
    Territory, Organization, ServiceArea, Account, Membership, ServiceList, Edition, EditionItem, CatalogueChange,
    Offering, Assignment, Disposition, AuditEntry, Event, Revision,
)  # fmt: skip
SECONDS = 6.0
"""Of processor time: a busy machine takes longer, but not more."""

KILLED = """
import asyncio, os, sys
from gongzhi import demo
from gongzhi.testing import databases

async def main():
    async with databases.opened(sys.argv[1]) as database:
        await demo.load(database, lambda what, count: os._exit(9) if what == "assignments" else None)

asyncio.run(main())
"""


async def numbers() -> dict[str, int]:
    return {table._meta.tablename: await table.count() for table in TABLES}


class Interrupted(Exception):
    """What a test raises in the middle of a load."""


async def test_loading_is_quick_and_tells_how_far_it_is(
    database: Database, record_property: Callable[[str, object], None]
) -> None:
    told: list[tuple[str, int]] = []
    wall, busy = time.perf_counter(), time.process_time()
    await demo.load(database, lambda what, count: told.append((what, count)))
    busy = time.process_time() - busy
    record_property("seconds", round(time.perf_counter() - wall, 2))
    record_property("processor_seconds", round(busy, 2))
    assert busy < SECONDS
    assert told[:4] == [("places", 106), ("organizations", 479), ("accounts", 1936), ("posts", 2924)]
    assert dict(told)["offerings"] == await Offering.count() == 7562
    assert dict(told)["dispositions"] == await Disposition.count() == 11 * 147


async def test_loading_twice_changes_nothing(loaded: Database) -> None:
    before = await numbers()
    told: list[str] = []
    await demo.load(loaded, lambda what, count: told.append(what))
    assert await numbers() == before
    assert told == []


async def test_a_load_that_fails_leaves_nothing_and_the_next_one_is_whole(database: Database) -> None:
    def interrupt(what: str, count: int) -> None:
        if what == "items of station-tasks":
            raise Interrupted

    assert not await demo.loaded(database)
    with pytest.raises(Interrupted):
        await demo.load(database, interrupt)
    assert not await demo.loaded(database)
    assert set((await numbers()).values()) == {0}

    await demo.load(database)
    assert await demo.loaded(database)
    assert (await numbers())["edition_item"] == 87 + 23 + 71 + 147


async def test_a_process_killed_while_loading_leaves_nothing(migrated_file: Path, tmp_path: Path) -> None:
    async with databases.copied(migrated_file, tmp_path / "demo.db") as database:
        url = f"sqlite:///{tmp_path / 'demo.db'}"
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, url)
        assert await process.wait() == 9
        assert not await demo.loaded(database)
        assert set((await numbers()).values()) == {0}
        await demo.load(database)
        assert await demo.loaded(database)


async def test_a_database_with_other_records_is_left_alone(database: Database) -> None:
    await place("/elsewhere", Level.district)
    before = await numbers()
    with pytest.raises(Conflict, match="a database of its own"):
        await demo.load(database)
    assert await numbers() == before
    assert not await demo.loaded(database)
