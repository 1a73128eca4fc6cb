"""Places: the tree, its lists, and who may change it."""

import asyncio
from datetime import date
from uuid import UUID

import msgspec
import pytest

from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.db import Database, count_statements
from gongzhi.core.errors import Conflict, Forbidden, GongzhiError, Invalid, NotFound, Unauthenticated
from gongzhi.core.paging import PageRequest
from gongzhi.core.permissions import ANONYMOUS, SYSTEM
from gongzhi.core.territory import service
from gongzhi.core.territory.records import CloseTerritory, CreateTerritory, Level, UpdateTerritory
from gongzhi.core.territory.service import TerritoryFilter
from tests.core.places import FOUNDED, TODAY, holding, place, traces

ALL = [
    "/futian",
    "/futian/meilin",
    "/futian/meilin/meilin1",
    "/futian/meilin/meiting",
    "/futian/meilin/xiamei",
    "/futian/nanyuan",
    "/futian/nanyuan/badeng",
    "/futian/nanyuan/dongyuan",
]
DONGYUAN = "/futian/nanyuan/dongyuan"
COMMAND = CreateTerritory(code="g1", slug="g1", level=Level.grid, name="一格", parent_path=DONGYUAN)


async def listed(request: PageRequest | None = None, **wanted: object) -> list[str]:
    page = await service.territories(ANONYMOUS, TerritoryFilter(**wanted), request or PageRequest())
    return [row.path for row in page.rows]


async def test_the_tree_is_listed_by_path_and_filtered(district: Database) -> None:
    assert await listed() == ALL
    assert await listed(within="/futian/nanyuan") == ALL[5:]
    assert await listed(within="/futian/nan") == []
    assert await listed(within="/") == ALL
    assert await listed(level=Level.subdistrict) == ["/futian/meilin", "/futian/nanyuan"]
    meilin = await service.territory(ANONYMOUS, "/futian/meilin")
    assert await listed(parent=meilin.id) == ALL[2:5]
    assert await listed(on=date(1999, 12, 31)) == []
    assert await listed(on=date(1999, 12, 31), include_closed=True) == ALL
    with pytest.raises(Invalid):
        await listed(on=date(1949, 9, 30))


async def test_pages_follow_each_other_both_ways_with_one_statement_each(district: Database) -> None:
    seen: list[str] = []
    request = PageRequest(first=3)
    for size in (3, 3, 2):
        with count_statements() as counter:
            page = await service.territories(ANONYMOUS, TerritoryFilter(), request)
        assert (len(page.rows), counter.count, await page.total()) == (size, 1, 8)
        seen += [row.path for row in page.rows]
        request = PageRequest(first=3, after=page.cursors[-1])
    assert (seen, page.has_next, page.has_previous) == (ALL, False, True)
    assert await listed(PageRequest(last=2, before=page.cursors[0])) == ALL[4:6]
    assert await listed(PageRequest(last=2)) == ALL[6:]


async def test_a_new_place_lies_below_its_parent_and_leaves_its_traces(district: Database) -> None:
    audits, events = await traces()
    made = await service.create(SYSTEM, COMMAND)
    parent = await service.territory(ANONYMOUS, DONGYUAN)
    assert (made.path, made.parent, made.valid_from, made.version) == (f"{DONGYUAN}/g1", parent.id, TODAY, 1)
    assert await service.territory(ANONYMOUS, made.path) == made
    assert await traces() == (audits + 1, events + 1)


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"slug": "G1"}, Invalid, "slug"),
        ({"slug": "a/b"}, Invalid, "slug"),
        ({"slug": "g1\n"}, Invalid, "slug"),
        ({"code": "g 1"}, Invalid, "code"),
        ({"name": ""}, Invalid, "name"),
        ({"population": -1}, Invalid, "population"),
        ({"level": Level.community}, Invalid, "level"),
        ({"level": Level.district}, Invalid, "level"),
        ({"parent_path": None}, Invalid, "level"),
        ({"parent_path": "/futian"}, Invalid, "level"),
        ({"valid_from": date(1900, 1, 1)}, Invalid, "valid_from"),
        ({"parent_path": "/futian/nowhere"}, NotFound, None),
        ({"slug": "dongyuan", "level": Level.community, "parent_path": "/futian/nanyuan"}, Conflict, None),
        ({"code": "futian"}, Conflict, None),
    ],
)
async def test_a_wrong_place_is_refused_and_nothing_changes(
    district: Database, changes: dict[str, object], refusal: type[GongzhiError], field: str | None
) -> None:
    before = await traces()
    with pytest.raises(refusal) as refused:
        await service.create(SYSTEM, msgspec.structs.replace(COMMAND, **changes))
    assert [problem.field for problem in getattr(refused.value, "problems", ())] == ([field] if field else [])
    assert await listed(include_closed=True) == ALL
    assert await traces() == before


def test_levels_allow_no_cycle_and_no_gap() -> None:
    fitting = {(level, parent) for level in Level for parent in (None, *Level) if _fits(level, parent)}
    assert fitting == {
        ("district", None),
        ("subdistrict", "district"),
        ("community", "subdistrict"),
        ("grid", "community"),
    }


def _fits(level: Level, parent: Level | None) -> bool:
    try:
        service.check_level(level, parent)
    except Invalid:
        return False
    return True


async def test_a_revision_changes_what_it_names_and_no_more(district: Database) -> None:
    before = await service.territory(ANONYMOUS, DONGYUAN)
    changed = await service.revise(SYSTEM, UpdateTerritory(path=DONGYUAN, version=1, name="东园", population=12_000))
    assert changed == msgspec.structs.replace(before, name="东园", population=12_000, version=2)
    assert await service.territory(ANONYMOUS, DONGYUAN) == changed
    line = (await AuditEntry.select().order_by(AuditEntry.id, ascending=False).first()) or {}
    assert msgspec.json.decode(line["changed"]) == ["name", "population", "version"]


async def test_of_two_editors_at_once_one_wins_and_the_other_is_told(district: Database) -> None:
    before = await traces()

    async def rename(name: str) -> None:
        async with district.transaction():
            await service.revise(SYSTEM, UpdateTerritory(path=DONGYUAN, version=1, name=name))

    results = await asyncio.gather(rename("甲"), rename("乙"), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    found = await service.territory(ANONYMOUS, DONGYUAN)
    assert (found.version, found.name) == (2, "甲" if results[0] is None else "乙")
    assert await traces() == (before[0] + 1, before[1] + 1)


async def test_a_closed_place_stays_readable_and_takes_nothing_new(district: Database) -> None:
    closed = await service.close(SYSTEM, CloseTerritory(path=DONGYUAN, version=1, on=TODAY))
    assert (closed.valid_to, closed.version) == (TODAY, 2)
    assert DONGYUAN not in await listed()
    assert DONGYUAN in await listed(on=date(2015, 5, 31))
    assert await service.territory(ANONYMOUS, DONGYUAN) == closed
    with pytest.raises(Invalid, match="has not existed since"):
        await service.create(SYSTEM, COMMAND)


async def test_what_cannot_close_is_refused_and_nothing_changes(district: Database) -> None:
    await service.close(SYSTEM, CloseTerritory(path="/futian/nanyuan/badeng", version=1, on=TODAY))
    before = await traces()
    cases: list[tuple[str, int, date, type[GongzhiError]]] = [
        ("/futian/nanyuan", 1, TODAY, Conflict),
        ("/futian", 1, TODAY, Conflict),
        ("/futian/nanyuan/badeng", 2, TODAY, Conflict),
        (DONGYUAN, 7, TODAY, Conflict),
        (DONGYUAN, 1, FOUNDED, Invalid),
        (DONGYUAN, 1, date(2200, 1, 2), Invalid),
        ("/futian/nowhere", 1, TODAY, NotFound),
    ]
    for path, version, day, refusal in cases:
        with pytest.raises(refusal):
            await service.close(SYSTEM, CloseTerritory(path=path, version=version, on=day))
    assert await traces() == before
    assert len(await listed()) == 7
    await service.close(SYSTEM, CloseTerritory(path=DONGYUAN, version=1, on=TODAY))
    await service.close(SYSTEM, CloseTerritory(path="/futian/nanyuan", version=1, on=TODAY))
    assert await listed(within="/futian/nanyuan") == []


async def test_a_place_that_begins_later_below_keeps_its_parent_open(district: Database) -> None:
    await service.create(SYSTEM, msgspec.structs.replace(COMMAND, valid_from=date(2015, 9, 1)))
    with pytest.raises(Conflict, match="1 places below"):
        await service.close(SYSTEM, CloseTerritory(path=DONGYUAN, version=1, on=TODAY))
    assert DONGYUAN in await listed()


async def test_nothing_refers_to_a_place_before_it_begins(district: Database) -> None:
    begin = date(2015, 9, 1)
    west = CreateTerritory(
        code="west", slug="west", level=Level.community, name="西", parent_path="/futian/nanyuan", valid_from=begin
    )
    await service.create(SYSTEM, west)
    below = msgspec.structs.replace(COMMAND, parent_path="/futian/nanyuan/west")
    before = await traces()
    with pytest.raises(Invalid, match="begins only on 2015-09-01"):
        await service.create(SYSTEM, below)
    with pytest.raises(Invalid, match="begins only on 2015-09-01"):
        await service.find("/futian/nanyuan/west", date(2015, 8, 31))
    assert await traces() == before
    assert (await service.create(SYSTEM, msgspec.structs.replace(below, valid_from=begin))).valid_from == begin


async def test_only_the_district_administrator_changes_the_territory(district: Database) -> None:
    before = await traces()
    administrator = holding("district.admin", "/futian/meilin")
    callers = ((ANONYMOUS, Unauthenticated), (holding("auditor", "/"), Forbidden), (administrator, Forbidden))
    for caller, refusal in callers:
        with pytest.raises(refusal):
            await service.create(caller, COMMAND)
        with pytest.raises(refusal):
            await service.revise(caller, UpdateTerritory(path=DONGYUAN, version=1, name="x"))
        with pytest.raises(refusal):
            await service.close(caller, CloseTerritory(path=DONGYUAN, version=1, on=TODAY))
    assert await listed() == ALL
    assert await traces() == before
    own = UpdateTerritory(path="/futian/meilin/xiamei", version=1, name="x")
    assert (await service.revise(administrator, own)).version == 2


async def test_batches_take_one_statement_and_leave_out_what_is_unknown(district: Database) -> None:
    with count_statements() as counter:
        by_path = await service.by_paths([*ALL, "/nowhere", ALL[0]])
    assert (sorted(by_path), counter.count) == (ALL, 1)
    ids = [found.id for found in by_path.values()]
    with count_statements() as counter:
        by_id = await service.by_ids([*ids, UUID(int=0)])
    assert (by_id, counter.count) == ({found.id: found for found in by_path.values()}, 1)
    with count_statements() as counter:
        assert await service.by_ids([]) == {}
    assert counter.count == 0


async def test_a_whole_tree_is_one_statement(district: Database) -> None:
    await place(f"{DONGYUAN}/g1", Level.grid)
    with count_statements() as counter:
        found = await service.all_below("/futian/nanyuan")
    assert ([one.path for one in found], counter.count) == ([*ALL[5:], f"{DONGYUAN}/g1"], 1)
    with pytest.raises(NotFound):
        await service.all_below("/futian/nowhere")
