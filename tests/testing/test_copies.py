"""Copies of a PostgreSQL database are what they were, whatever the test before did to its own."""

from pathlib import Path

import asyncpg
import pytest

from gongzhi.testing import databases

CHANGES = {
    "updated": "UPDATE migration SET name = name || '!'",
    "deleted": "DELETE FROM migration WHERE id IN (SELECT max(id) FROM migration)",
    "replaced": "DELETE FROM migration; INSERT INTO migration (id, name, app_name) VALUES (1, 'x', 'y')",
    "counted on": "SELECT nextval('migration_id_seq')",
    "another table": "CREATE TABLE more (id int)",
    "without a trigger": "ALTER TABLE audit_entry DISABLE TRIGGER USER",
}
"""What tests do to databases of their own."""


async def seen(url: str) -> list[object]:
    connection = await asyncpg.connect(url)
    try:
        shown = [await connection.fetch("SELECT * FROM migration ORDER BY id")]
        shown.append(await connection.fetch("SELECT last_value, is_called FROM migration_id_seq"))
        shown.append(await connection.fetch("SELECT tgname, tgenabled FROM pg_trigger ORDER BY tgname"))
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        shown.append(await connection.fetch(tables))
    finally:
        await connection.close()
    return [list(map(tuple, rows)) for rows in shown]


async def change(url: str, sql: str) -> asyncpg.Connection:
    """The connection stays open, as that of a server that was not stopped."""
    connection = await asyncpg.connect(url)
    await connection.execute(sql)
    await connection.execute("BEGIN")
    return connection


@pytest.mark.parametrize("how", CHANGES)
async def test_a_copy_is_what_it_was(migrated_postgresql: str, worker: str, tmp_path: Path, how: str) -> None:
    with databases.duplicate(migrated_postgresql, f"{worker}_copies", tmp_path) as url:
        before = await seen(url)
        connection = await change(url, CHANGES[how])
    with databases.duplicate(migrated_postgresql, f"{worker}_copies", tmp_path) as again:
        assert await seen(again) == before
        assert len(before[0]) > 3
    connection.terminate()


def test_two_at_once_are_two(migrated_postgresql: str, worker: str, tmp_path: Path) -> None:
    with (
        databases.duplicate(migrated_postgresql, f"{worker}_copies", tmp_path) as one,
        databases.duplicate(migrated_postgresql, f"{worker}_copies", tmp_path) as other,
    ):
        assert one != other
