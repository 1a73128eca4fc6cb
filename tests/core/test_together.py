"""Pages that several ask for at once come by one statement: each the same as alone, whoever else fails or goes."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gongzhi.core.actors.records import Organization
from gongzhi.core.catalogue.offerings import OfferingFilter, offerings
from gongzhi.core.db import Database, count_statements
from gongzhi.core.db.plans import for_many, planned_once
from gongzhi.core.db.together import NUMBER, Together
from gongzhi.core.errors import Conflict, GongzhiError, Invalid, Limited, Unavailable
from gongzhi.core.paging import Page, PageRequest
from gongzhi.core.parts import Wanted
from gongzhi.core.permissions import SYSTEM, pinned
from gongzhi.testing import databases
from tests.core.places import shipped_policy

PLACES = ["/futian/nanyuan/dongyuan", "/futian/nanyuan/binhe", "/futian/nanyuan/nowhere"]
PROVIDERS = Wanted(beside=frozenset({("organization", Organization, None)}))
TEXT = planned_once("SELECT id FROM t WHERE a = $1 AND b = $2", ["x", "y"])


def test_a_list_stands_for_each_value() -> None:
    assert for_many(TEXT, "n") == (
        'SELECT "one".*, together."n" FROM unnest((SELECT $1::varchar[]), (SELECT $2::varchar[])) WITH ORDINALITY '
        'AS together(v1, v2, "n") CROSS JOIN LATERAL (SELECT id FROM t WHERE a = together.v1 AND b = together.v2) "one"'
    )


@pytest.mark.parametrize(
    "sql", ["SELECT 1", planned_once("SELECT 1 WHERE $1 = ANY($2)", ["x", ["x"]]), "SELECT (SELECT $2::varchar)"]
)
def test_what_has_no_values_or_lists_of_them_is_asked_alone(sql: str) -> None:
    assert for_many(sql, "n") is None


@asynccontextmanager
async def district(url: str) -> AsyncIterator[Database]:
    async with databases.opened(url) as database:
        with pinned(shipped_policy()):
            yield database


async def page(place: str | None, **asked: Any) -> Page[Any]:
    return await offerings(SYSTEM, OfferingFilter(within=place), PageRequest(**asked))


async def counted(place: str) -> tuple[list[Any], list[str]]:
    with count_statements() as counter:
        return list((await page(place, first=3)).rows), counter.statements


async def test_pages_at_once_are_those_that_each_would_get(demo_url: str) -> None:
    async with district(demo_url) as database:
        alone = [(await page(place, first=3)).rows for place in PLACES]
        assert [len(rows) for rows in alone] == [3, 3, 0]
        found = await asyncio.gather(*[counted(place) for place in PLACES])
        assert [rows for rows, _ in found] == alone
        texts = {tuple(statements) for _, statements in found}
    (only,) = texts
    assert len(only) == 1
    assert ("unnest" in only[0]) is (database.dialect == "postgresql")


async def test_within_a_request_they_are_one_statement(demo_url: str) -> None:
    async with district(demo_url) as database:
        with count_statements() as counter:
            pages = await asyncio.gather(*[page(place, first=2) for place in PLACES])
    assert [len(each.rows) for each in pages] == [2, 2, 0]
    assert counter.count == (1 if database.dialect == "postgresql" else len(PLACES))


async def test_backwards_and_behind_a_cursor(demo_url: str) -> None:
    async with district(demo_url):
        cursors = [(await page(place, first=3)).cursors[1] for place in PLACES[:2]]
        for asked in ("after", "before"):
            size = {"first": 5} if asked == "after" else {"last": 5}
            each = [{asked: cursor, **size} for cursor in cursors]
            alone = [await page(place, **more) for place, more in zip(PLACES, each, strict=False)]
            found = await asyncio.gather(*[page(place, **more) for place, more in zip(PLACES, each, strict=False)])
            assert [one.rows for one in found] == [one.rows for one in alone]
            assert all(one.rows for one in found)


async def test_a_transaction_asks_for_itself(demo_url: str) -> None:
    async with district(demo_url) as database:

        async def within() -> tuple[list[Any], list[str]]:
            async with database.transaction():
                return await counted(PLACES[0])

        found = await asyncio.gather(within(), counted(PLACES[0]), counted(PLACES[1]))
    assert "unnest" not in found[0][1][0]
    assert found[0][0] == found[1][0]


async def test_a_page_is_read_in_the_order_of_its_index(demo_postgresql: str) -> None:
    """Neither all of the place nor all organizations are read and sorted for its first rows."""
    async with district(demo_postgresql) as database:
        await database.execute("ANALYZE offering")
        with count_statements() as counter:
            for place in (PLACES[0], "/futian/nanyuan", "/futian", None):
                await page(place, first=20, wanted=PROVIDERS)
            await asyncio.gather(*[page(place, first=20, wanted=PROVIDERS) for place in PLACES])
        assert counter.count == 5
        for sql in counter.statements:
            plan = await _plan(database, sql)
            assert not {"Sort", "Bitmap", "Hash", "Seq"} & set(re.findall(r"\w+", plan)), plan


async def _plan(database: Database, sql: str) -> str:
    """What PostgreSQL plans for all values."""
    kinds = {"varchar[]": "'{}'", "date[]": "'{}'", "varchar": "''", "date": "current_date"}
    for kind, value in kinds.items():
        sql = _with(sql, kind, value)
    return "\n".join(str(row["QUERY PLAN"]) for row in await database.execute(f"EXPLAIN {sql}"))


def _with(sql: str, kind: str, value: str) -> str:
    for number in range(1, 12):
        sql = sql.replace(f"(SELECT ${number}::{kind})", f"(SELECT {value}::{kind})")
    return sql


class Engine:
    """In the place of PostgreSQL: remembers what it is asked, and refuses some values."""

    def __init__(self, failure: GongzhiError | None = None, refused: str = "") -> None:
        self.asked: list[Sequence[Any]] = []
        self.failure = failure
        self.refused = refused
        self.stopped = 0

    async def run(self, text: str, values: Sequence[Any]) -> list[Any]:
        self.asked.append(values)
        try:
            await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        if self.failure is not None:
            raise self.failure
        many = isinstance(values[0], list)
        if self.refused and (self.refused in values[0] if many else values[0] == self.refused):
            raise Invalid("A value is too large.")
        return [{"id": one, NUMBER: at} for at, one in enumerate(values[0], 1)] if many else [{"id": values[0]}]


async def asked(engine: Engine, *names: str) -> list[Any]:
    together = Together(engine.run)
    return await asyncio.gather(*[together.rows(TEXT, [name, "y"]) for name in names], return_exceptions=True)


def ids(found: Sequence[Any]) -> list[Any]:
    return [each if isinstance(each, Exception) else each[0]["id"] for each in found]


async def test_one_value_that_is_refused_is_nobody_else_s_failure() -> None:
    engine = Engine(refused="b")
    found = await asked(engine, "a", "b", "c")
    assert ids([found[0], found[2]]) == ["a", "c"]
    assert isinstance(found[1], Invalid)
    assert engine.asked == [[["a", "b", "c"], ["y", "y", "y"]], ["a", "y"], ["b", "y"], ["c", "y"]]


async def test_what_takes_too_long_together_is_tried_alone() -> None:
    engine = Engine(failure=Limited("slow", limit="statement_timeout", value=1))
    assert all(isinstance(each, Limited) for each in await asked(engine, "a", "b"))
    assert len(engine.asked) == 3


@pytest.mark.parametrize("failure", [Unavailable("gone"), Conflict("busy")], ids=["gone", "busy"])
async def test_a_database_that_does_not_answer_is_not_asked_again_by_each(failure: GongzhiError) -> None:
    engine = Engine(failure=failure)
    assert await asked(engine, "a", "b", "c") == [failure] * 3
    assert len(engine.asked) == 1


async def test_one_alone_is_asked_for_without_lists() -> None:
    engine = Engine()
    assert ids(await asked(engine, "a")) == ["a"]
    assert engine.asked == [["a", "y"]]


@pytest.mark.parametrize("gone", [0, 1])
@pytest.mark.parametrize("turns", [1, 3], ids=["before it is sent", "while it runs"])
async def test_whoever_goes_takes_nobody_with_them(gone: int, turns: int) -> None:
    engine = Engine()
    together = Together(engine.run)
    tasks = [asyncio.create_task(together.rows(TEXT, [name, "y"])) for name in "abc"]
    for _ in range(turns):
        await asyncio.sleep(0)
    tasks[gone].cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(found.pop(gone), asyncio.CancelledError)
    assert ids(found) == [name for at, name in enumerate("abc") if at != gone]
    assert engine.stopped == 0


async def test_when_all_have_gone_nothing_runs_any_more() -> None:
    engine = Engine()
    together = Together(engine.run)
    tasks = [asyncio.create_task(together.rows(TEXT, [name, "y"])) for name in "ab"]
    for _ in range(4):
        await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0)
    assert engine.stopped == 1


async def test_no_more_than_so_many_go_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongzhi.core.db.together.MOST", 2)
    engine = Engine()
    assert ids(await asked(engine, *"abcde")) == list("abcde")
    assert [len(values[0]) for values in engine.asked] == [2, 2, 1]
