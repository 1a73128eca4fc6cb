"""Paging offerings at ten thousand and a million rows: a page costs the same, wherever it is, on both engines."""

import asyncio
import math
import os
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import msgspec

from bench.pace import choose
from gongzhi.core.actors.tables import Organization
from gongzhi.core.catalogue import tables
from gongzhi.core.catalogue.offerings import OfferingFilter, offerings
from gongzhi.core.db import Database, connect, using
from gongzhi.core.migrations import core_apps, migrate
from gongzhi.core.paging import PageRequest, encode_cursor
from gongzhi.core.permissions import ANONYMOUS, core_vocabulary, load, pinned

SERVER = os.environ.get("GONGZHI_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
FEW, MANY = 10_000, int(choose(1_000_000, 110_000))
SIZE = 20
DEEP = 5_000
ROUNDS = 200
_FIRST_ID = UUID("01900000-0000-7000-8000-000000000000").int
FIRST_DAY = date(2015, 1, 1)
COLUMNS = (
    *("id", "list_slug", "item_code", "path", "organization", "location", "location_en", "schedule"),
    *("contact", "status", "valid_from", "provenance", "version"),
)

Row = tuple[str, float, str, float]


def rows() -> list[Row]:
    """The ratio of a page's cost at a million rows to its cost at ten thousand: the worst over the filters."""
    return asyncio.run(_rows())


async def _rows() -> list[Row]:
    found: list[Row] = []
    with pinned(load(None, core_vocabulary())):
        for engine, opened in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
            async with opened(FEW) as few, opened(MANY) as many:
                found += _compared(engine, *await _measured(few, many))
    return found


def _compared(engine: str, few: dict[str, float], many: dict[str, float]) -> list[Row]:
    ratios = {name: many[name] / few[name] for name in few}
    worst = max(ratios, key=lambda name: ratios[name])
    deep = many[f"page {DEEP:,}"] / many["all"]
    return [
        (f"{engine}: first page of {MANY:,} to first page of {FEW:,} ({worst})", ratios[worst], "ratio", 1.5),
        (f"{engine}: page {DEEP:,} of {MANY:,} to its first page", deep, "ratio", 1.5),
        (f"{engine}: first page of {MANY:,} offerings", many["all"], "ms", 20),
    ]


async def _measured(*databases: Database) -> list[dict[str, float]]:
    """For each database the milliseconds of a page, by the name of what is asked for.

    The shortest of many, taken in turns: whatever else the machine does falls on all alike.
    """
    asked = [await _asked(database) for database in databases]
    times = [dict.fromkeys(each, math.inf) for each in asked]
    for _ in range(ROUNDS):
        for database, pages, shortest in zip(databases, asked, times, strict=True):
            database.bind([tables.Offering])
            for name, (wanted, after) in pages.items():
                shortest[name] = min(shortest[name], await _cost(wanted, after))
    return times


async def _asked(database: Database) -> dict[str, tuple[OfferingFilter, str | None]]:
    database.bind([Organization, tables.Offering])
    provider = (await Organization.select(Organization.id).where(Organization.code == "o7"))[0]["id"]
    item = OfferingFilter(list_slug="basic-services", item_code="B007")
    filters = {
        "all": OfferingFilter(),
        "of a subdistrict": OfferingFilter(within="/futian/s03"),
        "of an item": item,
        "of a provider": OfferingFilter(organization=provider),
        "of an item in a subdistrict": msgspec.structs.replace(item, within="/futian/s03"),
    }
    asked: dict[str, tuple[OfferingFilter, str | None]] = {name: (wanted, None) for name, wanted in filters.items()}
    if await tables.Offering.count() > DEEP * SIZE:
        asked[f"page {DEEP:,}"] = (OfferingFilter(), await _cursor(DEEP))
    return asked


async def _cost(wanted: OfferingFilter, after: str | None) -> float:
    start = time.perf_counter()
    page = await offerings(ANONYMOUS, wanted, PageRequest(first=SIZE, after=after))
    taken = (time.perf_counter() - start) * 1000
    assert len(page.rows) == SIZE
    return taken


async def _cursor(number: int) -> str:
    """The cursor of the last row before page `number`, as the page before it would give it."""
    table = tables.Offering
    query = table.select(table.path, table.id).order_by(table.path).order_by(table.id)
    row = (await query.offset((number - 1) * SIZE - 1).limit(1))[0]
    return encode_cursor("offering", [row["path"], str(row["id"])])


async def _organizations() -> list[UUID]:
    known = [
        Organization(code=f"o{number}", kind="org", subkind="service_center", name="n", path="/futian", contact="{}")
        for number in range(100)
    ]
    await Organization.insert(*known)
    return [row.id for row in known]


def _generated(organizations: list[UUID], size: int) -> Iterator[tuple[Any, ...]]:
    """Rows that spread evenly over 10 subdistricts, 100 communities, 40 items and all organizations."""
    for number in range(size):
        path = f"/futian/s{number % 10:02}/c{number // 10 % 10}/g{number // 100 % 100:03}"
        mixed = number * 2654435761
        organization = organizations[(mixed >> 16) % len(organizations)]
        yield (
            *(UUID(int=_FIRST_ID + number), "basic-services", f"B{(mixed >> 8) % 40 + 1:03}", path, organization),
            *(f"{number}", "", "周一至周五", "{}", "active", FIRST_DAY, "official", 1),
        )


@asynccontextmanager
async def _sqlite(size: int) -> AsyncIterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/offerings.db"
        async with _migrated(f"sqlite:///{file}") as database:
            await asyncio.to_thread(_fill_file, file, await _organizations(), size)
            yield database


def _fill_file(file: str, organizations: list[UUID], size: int) -> None:
    """Past Piccolo, and with the indexes made afterwards: seconds instead of minutes."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -200000")
    wanted = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'offering' AND sql IS NOT NULL"
    indexes = connection.execute(wanted).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    found = (
        [str(value) if isinstance(value, UUID | date) else value for value in row]
        for row in _generated(organizations, size)
    )
    marks = ", ".join("?" * len(COLUMNS))
    connection.executemany(f"INSERT INTO offering ({', '.join(COLUMNS)}) VALUES ({marks})", found)
    for _, sql in indexes:
        connection.execute(sql)
    connection.commit()
    connection.execute("ANALYZE")
    connection.close()


@asynccontextmanager
async def _postgresql(size: int) -> AsyncIterator[Database]:
    name = f"gongzhi_bench_{os.getpid()}_{size}"
    url = urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))
    await _on_server(f'CREATE DATABASE "{name}"')
    try:
        async with _migrated(url) as database:
            await _fill_table(url, await _organizations(), size)
            yield database
    finally:
        await _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


async def _fill_table(url: str, organizations: list[UUID], size: int) -> None:
    """As `_fill_file`."""
    connection = await asyncpg.connect(url)
    await connection.execute("SET session_replication_role = replica; SET maintenance_work_mem = '256MB'")
    wanted = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'offering' AND indexname <> 'offering_pkey'"
    indexes = await connection.fetch(wanted)
    for index in indexes:
        await connection.execute(f"DROP INDEX {index['indexname']}")
    records = _generated(organizations, size)
    await connection.copy_records_to_table("offering", records=records, columns=COLUMNS)
    for index in indexes:
        await connection.execute(index["indexdef"])
    await connection.execute("ANALYZE offering")
    await connection.close()


async def _on_server(sql: str) -> None:
    connection = await asyncpg.connect(SERVER)
    await connection.execute(sql)
    await connection.close()


@asynccontextmanager
async def _migrated(url: str) -> AsyncIterator[Database]:
    async with connect(url, pool_size=2) as database:
        with using(database):
            await migrate(database, core_apps())
            database.bind(table for app in core_apps() for table in app.tables)
            yield database


if __name__ == "__main__":
    for name, value, unit, target in rows():
        print(f"{name}: {value:.2f} {unit} (target {target:g})")
