"""The database that everybody reads: the demo, and a schema `peer` that shows its rows as others may serve them."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from gongzhi.core.clients import service
from gongzhi.core.clients.records import NewDocument
from gongzhi.core.permissions import SYSTEM, pinned
from gongzhi.testing import databases
from gongzhi.testing.serving import served, settings_for
from tests import demos
from tests.core.places import shipped_policy

SERVER = os.environ.get("GONGZHI_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
LISTS = {"basic": "basic-services", "added": "value-added-services"}
ITEM = "code name nameEn keywords audience channels openingHours provider status category { code name nameEn }"
_EVERYTHING = " ".join(
    f'{alias}: serviceList(slug: "{slug}") {{ currentEdition {{ items(first: 100) {{ nodes {{ {ITEM} }} }} }} }}'
    for alias, slug in LISTS.items()
)
_SCHEMA = """
CREATE SCHEMA peer;
CREATE TABLE peer.category (code text PRIMARY KEY, name text NOT NULL, name_en text NOT NULL);
CREATE TABLE peer.item (
    list_slug text NOT NULL, code text NOT NULL UNIQUE, position integer NOT NULL, name text NOT NULL,
    name_en text NOT NULL, keywords text[] NOT NULL, audience text[] NOT NULL, channels text[] NOT NULL,
    opening_hours text NOT NULL, provider text, status text NOT NULL,
    category text NOT NULL REFERENCES peer.category, PRIMARY KEY (list_slug, code));
CREATE INDEX item_order ON peer.item (list_slug, position);
CREATE INDEX item_category ON peer.item (category);
CREATE VIEW peer.organization AS SELECT id, code, name, name_en FROM public.organization;
COMMENT ON VIEW peer.organization IS '@primaryKey id';
CREATE VIEW peer.offering AS
    SELECT id, list_slug, item_code, path, organization, location, location_en, schedule, upper(status) AS status,
        valid_from
    FROM public.offering
    WHERE status = 'active' AND valid_from <= current_date AND (valid_to IS NULL OR valid_to > current_date);
COMMENT ON VIEW peer.offering IS E'@primaryKey id
@foreignKey (organization) references peer.organization (id)
@foreignKey (list_slug, item_code) references peer.item (list_slug, code)';
"""

Items = dict[str, list[dict[str, Any]]]


@contextmanager
def filled() -> Iterator[tuple[str, Items]]:
    """The address of such a database, which is dropped afterwards, and the items of its lists as the API shows them."""
    name = f"gongzhi_bench_{os.getpid()}_http"
    url = urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))
    asyncio.run(on_server(f'CREATE DATABASE "{name}"'))
    try:
        yield url, asyncio.run(_fill(url))
    finally:
        asyncio.run(on_server(f'DROP DATABASE "{name}" WITH (FORCE)'))


@contextmanager
def copied(url: str, suffix: str) -> Iterator[str]:
    """The address of a copy of such a database, which is dropped afterwards."""
    copy = f"{url}_{suffix}"
    name, template = copy.rpartition("/")[2], url.rpartition("/")[2]
    asyncio.run(on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    try:
        yield copy
    finally:
        asyncio.run(on_server(f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _fill(url: str) -> Items:
    await demos.filled(url)
    async with databases.opened(url) as opened:
        with pinned(shipped_policy()):
            async with opened.transaction():
                await service.add_documents(SYSTEM, [NewDocument("list", f"query List {{ {_EVERYTHING} }}")])
    items = await _items(url)
    await _show(url, items)
    return items


async def on_server(sql: str) -> None:
    """Run a statement on the server that all databases are on."""
    connection = await asyncpg.connect(SERVER)
    await connection.execute(sql)
    await connection.close()


async def _items(url: str) -> Items:
    async with served(settings_for(url)) as client:
        answer = (await client.post("/graphql", json={"query": f"{{ {_EVERYTHING} }}"})).json()
    found = answer["data"].items()
    return {LISTS[alias]: each["currentEdition"]["items"]["nodes"] for alias, each in found}


async def _show(url: str, items: Items) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(_SCHEMA)
    every = [(slug, position, item) for slug, rows in items.items() for position, item in enumerate(rows)]
    categories = {item["category"]["code"]: tuple(item["category"].values()) for _, _, item in every}
    await connection.copy_records_to_table("category", schema_name="peer", records=list(categories.values()))
    records = [
        (
            *(slug, item["code"], position, item["name"], item["nameEn"], item["keywords"], item["audience"]),
            *(item["channels"], item["openingHours"], item["provider"], item["status"], item["category"]["code"]),
        )
        for slug, position, item in every
    ]
    await connection.copy_records_to_table("item", schema_name="peer", records=records)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def paths(url: str, size: int) -> list[str]:
    """The communities where more than `size` services are offered, in order."""
    wanted = "SELECT path FROM peer.offering GROUP BY path HAVING count(*) > $1 ORDER BY path"
    return [row["path"] for row in asyncio.run(_fetch(url, wanted, size))]


def counted(url: str, tables: tuple[str, ...]) -> list[int]:
    """How many rows each table has."""
    sums = ", ".join(f"(SELECT count(*) FROM {table}) AS {table}" for table in tables)
    return list(asyncio.run(_fetch(url, f"SELECT {sums}"))[0].values())


async def _fetch(url: str, sql: str, *values: Any) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        found: list[asyncpg.Record] = await connection.fetch(sql, *values)
    finally:
        await connection.close()
    return found
