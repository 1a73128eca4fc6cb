"""A change, its audit line and its event are one: all of them, or none."""

import asyncio
from datetime import date
from uuid import UUID

import msgspec
import pytest
from piccolo.table import Table

from gongzhi.core.audit.log import changed_fields, digest
from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.db import Database, count_statements
from gongzhi.core.errors import Conflict, NotFound
from gongzhi.core.events import outbox
from gongzhi.core.events.tables import Event
from gongzhi.core.ids import uuid7
from gongzhi.core.permissions import SYSTEM, pinned
from gongzhi.core.records import fetch, fetch_many, update
from gongzhi.core.territory import service
from gongzhi.core.territory.records import CreateTerritory, Level, Territory, UpdateTerritory
from gongzhi.core.territory.tables import Territory as TerritoryTable
from tests.core.places import FOUNDED, TODAY, on_day, shipped_policy

COMMAND = CreateTerritory(code="futian", slug="futian", level=Level.district, name="福田区", valid_from=FOUNDED)


async def stored() -> tuple[int, int, int]:
    """How many places, audit lines and events there are."""
    return (await TerritoryTable.count(), await AuditEntry.count(), await Event.count())


async def futian(database: Database) -> Territory:
    with pinned(shipped_policy()), on_day(TODAY):
        async with database.transaction():
            return await service.create(SYSTEM, COMMAND)


async def test_one_change_writes_one_of_each(database: Database) -> None:
    made = await futian(database)
    assert await stored() == (1, 1, 1)
    line = (await AuditEntry.select().first()) or {}
    event = (await Event.select().first()) or {}
    assert (line["record"], line["action"], line["path"]) == (f"Territory:{made.id}", "create", "/futian")
    assert (line["before_digest"], line["after_digest"]) == ("", digest(msgspec.to_builtins(made), line["record_salt"]))
    assert (event["kind"], event["record"]) == ("territory.territory.create", f"Territory:{made.id}")
    assert msgspec.json.decode(event["payload"]) == msgspec.to_builtins(made)


@pytest.mark.parametrize("lost", [AuditEntry, Event], ids=lambda table: table.__name__)
async def test_if_any_part_cannot_be_written_nothing_is(database: Database, lost: type[Table]) -> None:
    await futian(database)
    before = await stored()
    name = lost._meta.tablename
    await lost.raw(f"ALTER TABLE {name} RENAME TO {name}_away")
    try:
        with pinned(shipped_policy()), on_day(TODAY), pytest.raises(Exception, match=r".") as failure:
            async with database.transaction():
                await service.revise(SYSTEM, UpdateTerritory(path="/futian", version=1, name="新"))
        assert name in f"{failure.value!r} {failure.value.__cause__!r}"
    finally:
        await lost.raw(f"ALTER TABLE {name}_away RENAME TO {name}")
    assert await stored() == before
    row = await fetch(TerritoryTable, TerritoryTable.path, "/futian", "territory")
    assert (row["name"], row["version"]) == ("福田区", 1)


async def test_a_failure_after_the_change_takes_everything_back(database: Database) -> None:
    await futian(database)

    async def revise_and_fail() -> None:
        async with database.transaction():
            await service.revise(SYSTEM, UpdateTerritory(path="/futian", version=1, name="新"))
            raise RuntimeError

    with pinned(shipped_policy()), on_day(TODAY), pytest.raises(RuntimeError):
        await revise_and_fail()
    assert await stored() == (1, 1, 1)
    assert (await fetch(TerritoryTable, TerritoryTable.path, "/futian", "territory"))["version"] == 1


async def test_of_ten_writers_of_one_version_one_succeeds(database: Database) -> None:
    made = await futian(database)

    async def write(number: int) -> None:
        async with database.transaction():
            await update(TerritoryTable, made.id, 1, {"population": number})

    results = await asyncio.gather(*(write(number) for number in range(10)), return_exceptions=True)
    assert [type(result) for result in results if result is not None] == [Conflict] * 9
    row = await fetch(TerritoryTable, TerritoryTable.id, made.id, "territory")
    assert (row["version"], row["population"]) == (2, results.index(None))


async def test_a_stale_version_and_an_unknown_record_are_conflicts(database: Database) -> None:
    made = await futian(database)
    for row_id, version in ((made.id, 2), (made.id, 0), (uuid7(), 1)):
        with pytest.raises(Conflict, match="load it again"):
            await update(TerritoryTable, row_id, version, {"name": "x"})
    assert (await fetch(TerritoryTable, TerritoryTable.id, made.id, "territory"))["name"] == "福田区"


async def test_many_rows_are_one_statement_and_none_is_none(database: Database) -> None:
    made = await futian(database)
    with count_statements() as counter:
        rows = await fetch_many(TerritoryTable, TerritoryTable.id, [made.id, made.id, UUID(int=0)])
    assert ([row["id"] for row in rows], counter.count) == ([made.id], 1)
    with count_statements() as counter:
        assert await fetch_many(TerritoryTable, TerritoryTable.id, []) == []
    assert counter.count == 0
    with pytest.raises(NotFound, match="there is no territory 'x{80}'"):
        await fetch(TerritoryTable, TerritoryTable.path, "x" * 500, "territory")


async def test_a_counter_loses_no_step_among_writers_at_once(database: Database) -> None:
    assert await outbox.revision("catalogue") == 0

    async def bump() -> int:
        while True:
            try:
                async with database.transaction():
                    return await outbox.bump("catalogue")
            except Conflict:
                continue

    assert sorted(await asyncio.gather(*(bump() for _ in range(8)))) == list(range(1, 9))
    assert (await outbox.revision("catalogue"), await outbox.revision("other")) == (8, 0)


def test_a_digest_depends_on_the_values_and_not_on_their_order() -> None:
    assert digest({"a": 1, "b": date(2015, 1, 1)}, "x") == digest({"b": date(2015, 1, 1), "a": 1}, "x")
    assert digest({"a": 1}, "x") != digest({"a": "1"}, "x")
    assert digest({"a": 1}, "x") != digest({"a": 1}, "y")
    assert digest(None, "x") == ""


def test_changed_fields_are_those_whose_values_differ() -> None:
    assert changed_fields({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 3, "d": 4}) == ["b", "c", "d"]
    assert changed_fields(None, {"b": 1, "a": 1}) == ["a", "b"]
    assert changed_fields({"a": 1}, {"a": 1}) == []
