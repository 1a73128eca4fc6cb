"""Whoever may write to the database, with the triggers off, changes nothing of the sealed log unnoticed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from gongzhi.core.audit.sealing import Sealer
from gongzhi.core.audit.stored import verify
from gongzhi.core.audit.tables import AuditSeal
from gongzhi.core.audit.verification import Report
from gongzhi.core.db import Database
from gongzhi.core.ids import uuid7
from tests.core.audit.chain import order, other, sealed, tampering, written

LINES = 100
EVERY = 2 * LINES
"""Lines of the log in which each is tampered with alone, and in which all are at once."""


def place(report: Report) -> tuple[str, int | None]:
    """The kind and number of the first finding that names a number."""
    first = next(each for each in report.findings if each.sequence is not None)
    return first.kind, first.sequence


async def row_of(database: Database, table: str, line: UUID) -> Mapping[str, Any]:
    (row,) = await database.execute(f"SELECT * FROM {table} WHERE id = '{line}'")  # a test's own
    return row


def changed(column: str, value: Any) -> str:
    if isinstance(value, datetime):
        value = (value + timedelta(microseconds=1)).isoformat(" ")
        return f"{column} = '{value}'"
    return f"{column} = {other(value)}"


async def test_a_log_that_nobody_touched_is_sound(database: Database) -> None:
    await sealed(database, LINES)
    report = await verify()
    assert (report.sound, report.lines, report.warnings, report.waiting) == (True, LINES, [], 0)
    assert report.head.sequence == LINES


async def test_every_line_edited_is_named(database: Database) -> None:
    await sealed(database, LINES)
    for number, (table, line) in enumerate(await order(database), start=1):
        row = await row_of(database, table, line)
        column = list(row)[number % len(row)]
        async with tampering(database):
            await database.execute(f"UPDATE {table} SET {changed(column, row[column])} WHERE id = '{line}'")
            report = await verify()
        assert place(report) == ("deleted" if column == "id" else "changed", number), column
    assert (await verify()).sound


async def test_every_column_of_every_line_counts(database: Database) -> None:
    await sealed(database, EVERY)
    lines = await order(database)
    for table in ("audit_entry", "decision_entry"):
        own = [line for where, line in lines if where == table]
        for column in await row_of(database, table, own[0]):
            async with tampering(database):
                for line in own:
                    value = (await row_of(database, table, line))[column]
                    await database.execute(f"UPDATE {table} SET {changed(column, value)} WHERE id = '{line}'")
                report = await verify()
            named = len(own) * 2 if column == "id" else len(own)
            assert report.wrong == named, (table, column, report.wrong, report.findings[:3])
            assert report.lines == EVERY


async def test_every_line_deleted_is_named(database: Database) -> None:
    await sealed(database, LINES)
    for number, (table, line) in enumerate(await order(database), start=1):
        async with tampering(database):
            await database.execute(f"DELETE FROM {table} WHERE id = '{line}'")
            report = await verify()
            assert [(each.kind, each.sequence) for each in report.findings] == [("deleted", number)]
            await database.execute(f"DELETE FROM audit_seal WHERE entry = '{line}'")
            report = await verify()
        found = [(each.kind, each.sequence) for each in report.findings]
        assert found == ([("missing", number)] if number < LINES else [])
        assert report.lines == LINES - 1


async def test_every_line_swapped_with_its_neighbour_is_named(database: Database) -> None:
    await sealed(database, LINES)
    lines = await order(database)
    for number, ((table, line), (following, after)) in enumerate(zip(lines, lines[1:], strict=False), start=1):
        async with tampering(database):
            if table == following:
                await swap(database, table, "id", line, after)
            else:
                await swap(database, "audit_seal", "entry", line, after)
            report = await verify()
        assert place(report)[1] == number
        assert report.wrong >= 2


async def swap(database: Database, table: str, column: str, one: UUID, two: UUID) -> None:
    between = uuid7()
    for old, new in ((one, between), (two, one), (between, two)):
        await database.execute(f"UPDATE {table} SET {column} = '{new}' WHERE {column} = '{old}'")


async def test_neighbours_of_one_kind_swapped_are_named(database: Database) -> None:
    await sealed(database, LINES)
    lines = [line for table, line in await order(database) if table == "audit_entry"]
    for one, two in zip(lines, lines[1:], strict=False):
        async with tampering(database):
            await swap(database, "audit_entry", "id", one, two)
            report = await verify()
        assert [each.kind for each in report.findings] == ["changed", "changed"]


@pytest.mark.parametrize("column", ["sequence", "entry", "log", "person", "state", "sealed_at", "hash"])
async def test_every_seal_edited_is_named(database: Database, column: str) -> None:
    await sealed(database, 30)
    for number in range(1, 31):
        (row,) = await database.execute(f"SELECT * FROM audit_seal WHERE sequence = {number}")
        value = 1_000_000 if column == "sequence" else row[column]
        async with tampering(database):
            await database.execute(f"UPDATE audit_seal SET {changed(column, value)} WHERE sequence = {number}")
            report = await verify()
        assert report.wrong
        if column != "sequence" or number < 30:
            assert place(report)[1] == number


async def test_lines_put_among_sealed_ones_are_told(database: Database) -> None:
    """One with a number of its own breaks the chain; one that waits to be sealed is seen to be too late."""
    await sealed(database, 30)
    old = UUID(int=(await order(database))[10][1].int - (3_600_000 << 80))
    table, line = (await order(database))[0]
    columns = [name for name in await row_of(database, table, line) if name != "id"]
    names = ", ".join(columns)
    insert = f"INSERT INTO {table} (id, {names}) SELECT '{old}', {names} FROM {table} WHERE id = '{line}'"
    async with tampering(database):
        await database.execute(insert)
        report = await verify()
        assert [(each.kind, each.line) for each in report.findings] == [("unsealed", str(old))]
    async with database.transaction():
        await database.execute(insert)
    assert await Sealer(database).seal_all() == 1
    report = await verify()
    assert [(each.kind, each.sequence) for each in report.warnings] == [("late", 31)]


async def test_a_tail_cut_off_is_told_by_a_head_noted_before(database: Database) -> None:
    await sealed(database, 30)
    noted = (await verify()).head
    async with tampering(database):
        for table, line in (await order(database))[20:]:
            await database.execute(f"DELETE FROM {table} WHERE id = '{line}'")
        await AuditSeal.delete().where(AuditSeal.sequence > 20)
        assert (await verify()).sound
        assert [each.kind for each in (await verify([noted])).findings] == ["cut"]
        await written(database, 10)
        await database.execute(WAITING_AGAIN)
        assert await Sealer(database).seal_all() == 10
        assert (await verify()).sound
        assert [(each.kind, each.sequence) for each in (await verify([noted])).findings] == [("rewritten", 30)]
    assert (await verify([noted])).sound


WAITING_AGAIN = """
INSERT INTO audit_pending SELECT * FROM (
    SELECT id, 'change' AS log FROM audit_entry UNION ALL SELECT id, 'decision' AS log FROM decision_entry
) AS lines WHERE id NOT IN (SELECT entry FROM audit_seal)
"""
"""What the triggers do, while they are off."""


async def test_a_seal_that_was_removed_is_told(database: Database) -> None:
    await sealed(database, 10)
    async with tampering(database):
        await AuditSeal.delete().where(AuditSeal.sequence == 10)
        report = await verify()
    assert [each.kind for each in report.findings] == ["unsealed"]


async def test_a_line_removed_before_it_was_sealed_is_told(database: Database) -> None:
    await written(database, 3)
    async with tampering(database):
        await database.execute("DELETE FROM audit_entry")
        assert await Sealer(database).seal_all() == 2
        report = await verify()
    assert [each.kind for each in report.findings] == ["vanished"]
