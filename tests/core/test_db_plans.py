"""PostgreSQL plans what reads few rows once, and what may read many by its values."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from gongzhi.core.actors import organizations
from gongzhi.core.catalogue.offerings import OfferingFilter, offerings
from gongzhi.core.catalogue.records import OfferingStatus
from gongzhi.core.db import Database, connect, count_statements
from gongzhi.core.db.plans import planned_once
from gongzhi.core.paging import PageRequest
from gongzhi.core.permissions import SYSTEM, Binding, Principal, compile_policy, core_vocabulary, pinned
from gongzhi.core.permissions.rules import PolicyFile
from gongzhi.core.permissions.store import shipped
from gongzhi.testing import databases
from tests.core.places import shipped_policy

NIL = UUID(int=0)
TIMES = 12
"""More than the five for which PostgreSQL always looks at the values."""


def test_each_value_stands_behind_a_sub_select_of_its_type() -> None:
    sql = 'SELECT 1 AS "a$b" FROM t WHERE a = $1 AND b >= $2 AND c = ANY($3) AND d = $1'
    assert planned_once(sql, ["x", date(2026, 1, 1), [NIL]]) == (
        'SELECT 1 AS "a$b" FROM t WHERE a = (SELECT $1::varchar) AND b >= (SELECT $2::date) '
        "AND c = ANY((SELECT $3::uuid[])::uuid[]) AND d = (SELECT $1::varchar)"
    )


@pytest.mark.parametrize("value", [None, 1.5, [], [1], ["a", NIL], b"x", datetime], ids=repr)
def test_a_statement_with_a_value_of_another_type_stays_as_it_is(value: Any) -> None:
    assert planned_once("SELECT $1, $2", ["x", value]) == "SELECT $1, $2"


async def test_postgresql_takes_each_type(postgresql_url: str) -> None:
    async with connect(postgresql_url) as database:
        for value in ("x", NIL, date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), True):
            assert await database.execute(planned_once("SELECT $1 AS v", [value]), value) == [{"v": value}]
            many = planned_once("SELECT true AS v WHERE $1 = ANY($2)", [value, [value]])
            assert await database.execute(many, value, [value]) == [{"v": True}]


@asynccontextmanager
async def alone(url: str) -> AsyncIterator[Database]:
    """The demo's database by one connection, read by the shipped policy."""
    async with connect(url, pool_size=1) as database:
        database.bind(table for app in databases.apps() for table in app.tables)
        with pinned(shipped_policy()):
            yield database


async def planned(database: Database, mark: str) -> tuple[int, int]:
    """How often the one connection's statement with this mark was run by a plan for all values, and by one for its."""
    rows = await database.execute(
        "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE position($1 in statement) > 0 "
        "AND position('pg_prepared_statements' in statement) = 0",
        mark,
    )
    ((found),) = rows
    return found["generic_plans"], found["custom_plans"]


async def test_a_page_of_a_community_is_planned_once(demo_postgresql: str) -> None:
    async with alone(demo_postgresql) as database:
        for _ in range(TIMES):
            page = await offerings(SYSTEM, OfferingFilter(within="/futian/nanyuan/dongyuan"), PageRequest(first=20))
            assert page.rows
        kept, anew = await planned(database, 'FROM "offering"')
    assert kept > 0
    assert kept + anew == TIMES


ITEM = {"list_slug": "value-added-services", "item_code": "V001"}


ONCE: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"within": "/futian"}, True),
    ({"within": "/futian", "status": None}, False),
    ({"within": "/futian/nanyuan", "status": OfferingStatus.closed}, False),
    ({"within": "/futian/nanyuan", "on": date(2026, 1, 1)}, False),
    ({"list_slug": "value-added-services"}, False),
    ({"item_code": "V001"}, False),
    ({"within": "/futian/nanyuan/dongyuan"}, True),
    (ITEM, True),
    ({**ITEM, "within": "/futian"}, True),
    ({"organization": NIL, "within": "/futian"}, True),
]


async def test_what_may_be_most_of_a_table_is_planned_by_its_values(demo_url: str) -> None:
    async with databases.opened(demo_url) as database:
        for wanted, once in ONCE:
            with pinned(shipped_policy()), count_statements() as counter:
                await offerings(SYSTEM, OfferingFilter(**wanted), PageRequest(first=20))
            (sql,) = counter.statements
            assert ("(SELECT $" in sql) is (once and database.dialect == "postgresql"), wanted


async def test_who_may_read_a_part_of_a_place_is_planned_for(demo_url: str) -> None:
    """Else PostgreSQL would read all of it, in its order, for the few rows that they may see."""
    officer = Principal(account_code="x", bindings=(Binding("grid.officer", "/futian/nanyuan/dongyuan"),))
    rules = b"p, role:grid.officer, /futian, catalogue.offering, read, any, allow\n"
    model = [file for file in shipped() if file.name == "model.conf"]
    policy = compile_policy([*model, PolicyFile("own.csv", rules)], core_vocabulary())
    async with databases.opened(demo_url):
        for within, once in (("/futian", False), ("/futian/nanyuan/dongyuan", True)):
            with pinned(policy), count_statements() as counter:
                assert (await offerings(officer, OfferingFilter(within=within), PageRequest(first=2))).rows
            (sql,) = counter.statements
            assert ("(SELECT $" in sql) is (once and demo_url.startswith("postgresql"))


async def test_a_page_of_an_organization_that_was_read_is_planned_once(demo_postgresql: str) -> None:
    async with alone(demo_postgresql) as database:
        ((found),) = await database.execute("SELECT organization AS id FROM offering LIMIT 1")
        for key in (found["id"], UUID(str(found["id"]))):
            with count_statements() as counter:
                page = await offerings(SYSTEM, OfferingFilter(organization=key), PageRequest(first=2))
            assert page.rows
            assert "(SELECT $1::uuid)" in counter.statements[0]


async def test_records_of_many_ids_are_planned_once(demo_postgresql: str) -> None:
    async with alone(demo_postgresql) as database:
        ids = [row["id"] for row in await database.execute("SELECT id FROM organization LIMIT 4")]
        for number in range(TIMES):
            assert len(await organizations.by_ids(ids[: number % 4 + 1])) == number % 4 + 1
        kept, _ = await planned(database, '"organization"."id" = ANY')
    assert kept > 0
