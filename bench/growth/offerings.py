"""The page of 20 offerings, from a thousand to a million of them: its time, and the share that PostgreSQL works."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import asyncpg

from bench.growth.steps import Step, medians
from bench.http import cases, database
from bench.http.field import UNCACHED, Field, without_cache
from bench.http.load import put
from bench.pace import choose, quick

SIZES = (1_000, 10_000, 100_000, 1_000_000)
TARGET = 1.5
_KEEP = "DELETE FROM offering WHERE id NOT IN (SELECT id FROM offering ORDER BY path, id LIMIT $1)"
_ADD = """
WITH place AS (SELECT array_agg(path ORDER BY path) AS known FROM territory WHERE level = 'community'),
    item AS (SELECT array_agg(code ORDER BY code) AS known FROM peer.item WHERE list_slug = 'basic-services'),
    party AS (SELECT array_agg(id ORDER BY id) AS known FROM organization)
INSERT INTO offering (id, list_slug, item_code, path, organization, location, schedule, contact, status, valid_from,
    provenance, version)
SELECT ('01990000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid, 'basic-services',
    item.known[number / 95 % cardinality(item.known) + 1], place.known[number % cardinality(place.known) + 1],
    party.known[number / 7 % cardinality(party.known) + 1], number::text, '周一至周五', '{}', 'active', '2015-07-01',
    'synthetic', 1
FROM generate_series($1::integer, $2::integer) AS number, place, item, party
"""
_WORKED = "SELECT coalesce(sum(active_time), 0) AS ms FROM pg_stat_database WHERE datname = $1"


def steps(field: Field) -> list[Step]:
    """One for each size, each in a database of its own."""
    sizes = SIZES[:2] if quick() else SIZES
    with ExitStack() as stack:
        fields = {size: stack.enter_context(_sized(field, size)) for size in sizes}
        case = cases.offerings_page(database.paths(fields[sizes[0]].database, cases.PAGE))
        worked = {size: _sql(each, case) for size, each in fields.items()}
        with ExitStack() as running:
            servers = {
                size: running.enter_context(each.ours(UNCACHED, without_cache())) for size, each in fields.items()
            }
            found = medians("offerings", servers, case.bodies("gongzhi"), connections=1)
    return [
        Step("offerings", size, {"p50 ms": each.p50, "p99 ms": each.p99, "SQL ms": worked[size]}, TARGET)
        for size, each in zip(sizes, found, strict=True)
    ]


@contextmanager
def _sized(field: Field, size: int) -> Iterator[Field]:
    """The same on a copy of the database with so many offerings."""
    print(f"  growth: {size:,} offerings", file=sys.stderr, flush=True)
    with database.copied(field.database, f"{size}") as url:
        asyncio.run(_resize(url, size))
        yield field.on(url)


def _sql(field: Field, case: cases.Case) -> float:
    """Milliseconds of PostgreSQL's work for a request: what it counts for a server's life, less an idle one's."""
    _, idle = _work(field, case, 0)
    requests, busy = _work(field, case, choose(3, 1))
    return max(0.0, busy - idle) / requests


def _work(field: Field, case: cases.Case, seconds: float) -> tuple[int, float]:
    """The requests of one caller in a server's life, and the milliseconds that PostgreSQL worked in it."""
    before = asyncio.run(_worked(field.database))
    with field.ours(UNCACHED, without_cache()) as server:
        requests = put(server, case.bodies("gongzhi"), seconds, connections=1).requests if seconds else 0
    after = asyncio.run(_worked(field.database))  # a connection that ends reports what it did
    return requests, after - before


async def _worked(url: str) -> float:
    await asyncio.sleep(0.3)
    connection = await asyncpg.connect(database.SERVER)
    found = await connection.fetchval(_WORKED, url.rpartition("/")[2])
    await connection.close()
    return float(found)


async def _resize(url: str, size: int) -> None:
    """Delete offerings, or add some, until there are so many."""
    connection = await asyncpg.connect(url)
    await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
    there = await connection.fetchval("SELECT count(*) FROM offering")
    await (connection.execute(_KEEP, size) if size < there else connection.execute(_ADD, there, size - 1))
    await connection.execute("VACUUM ANALYZE offering")
    assert await connection.fetchval("SELECT count(*) FROM offering") == size
    await connection.close()
