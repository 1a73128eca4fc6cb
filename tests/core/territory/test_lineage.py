"""Places that split and merge: what they became stays on record."""

from datetime import date

import msgspec
import pytest

from gongzhi.core.db import Database, count_statements
from gongzhi.core.errors import Conflict, Forbidden, GongzhiError, Invalid, NotFound
from gongzhi.core.paging import PageRequest
from gongzhi.core.permissions import ANONYMOUS, SYSTEM
from gongzhi.core.territory import lineage, service
from gongzhi.core.territory.records import (
    ChangeKind,
    CreateTerritory,
    Level,
    MergeTerritories,
    SplitTerritory,
    Territory,
)
from gongzhi.core.territory.service import TerritoryFilter
from tests.core.places import TODAY, holding, place, traces

MEILIN = "/futian/meilin"
MEITING, MEILIN1, XIAMEI = f"{MEILIN}/meiting", f"{MEILIN}/meilin1", f"{MEILIN}/xiamei"
DAY = date(2015, 7, 1)


def part(slug: str, **more: object) -> CreateTerritory:
    values = {"code": slug, "slug": slug, "level": Level.community, "name": slug, **more}
    return msgspec.convert(values, CreateTerritory)


def halves(**more: object) -> SplitTerritory:
    values = {"path": MEITING, "version": 1, "parts": (part("east"), part("west")), "effective_on": DAY, **more}
    return msgspec.convert(values, SplitTerritory)


async def open_on(day: date) -> list[str]:
    page = await service.territories(ANONYMOUS, TerritoryFilter(within=MEILIN, on=day), PageRequest())
    return [row.path.removeprefix(MEILIN) for row in page.rows]


async def test_a_split_closes_one_place_and_opens_others_on_the_day(district: Database) -> None:
    audits, events = await traces()
    parts = await lineage.split(SYSTEM, halves(note="人口增长"))
    assert [(one.path, one.valid_from) for one in parts] == [(f"{MEILIN}/east", DAY), (f"{MEILIN}/west", DAY)]
    assert await open_on(date(2015, 6, 30)) == ["", "/meilin1", "/meiting", "/xiamei"]
    assert await open_on(DAY) == ["", "/east", "/meilin1", "/west", "/xiamei"]
    assert await traces() == (audits + 3, events + 3)
    source = await service.territory(ANONYMOUS, MEITING)
    with count_statements() as counter:
        history = await service.history([source.id, parts[1].id])
    assert counter.count == 1
    assert [(step.kind, step.target, step.effective_on, step.note) for step in history[source.id]] == [
        (ChangeKind.split, one.id, DAY, "人口增长") for one in parts
    ]
    assert [step.source for step in history[parts[1].id]] == [source.id]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"version": 2}, Conflict),
        ({"path": f"{MEILIN}/nowhere"}, NotFound),
        ({"path": MEILIN}, Conflict),
        ({"effective_on": date(2200, 1, 2)}, Invalid),
        ({"effective_on": date(2000, 1, 1)}, Invalid),
        ({"parts": (part("east"), part("east", code="other"))}, Conflict),
        ({"parts": (part("east"), part("west", code="east"))}, Conflict),
        ({"parts": (part("east"), part("xiamei"))}, Conflict),
        ({"parts": (part("east"), part("west", level=Level.grid))}, Invalid),
        ({"parts": (part("east"), part("west", parent_path="/futian/nanyuan"))}, Invalid),
    ],
)
async def test_a_split_that_cannot_be_changes_nothing(
    district: Database, changes: dict[str, object], refusal: type[GongzhiError]
) -> None:
    before = await traces()
    with pytest.raises(refusal):
        async with district.transaction():
            await lineage.split(SYSTEM, msgspec.structs.replace(halves(), **changes))
    assert await traces() == before
    assert await open_on(DAY) == ["", "/meilin1", "/meiting", "/xiamei"]


async def merged(*paths: str, into: str = MEITING, on: date = DAY) -> Territory:
    return await lineage.merge(SYSTEM, MergeTerritories(paths=paths, into=into, effective_on=on))


async def test_a_merger_closes_all_but_the_one_that_goes_on(district: Database) -> None:
    audits, events = await traces()
    target = await merged(MEITING, MEILIN1, XIAMEI, MEILIN1)
    assert (target.path, target.valid_to) == (MEITING, None)
    assert await open_on(DAY) == ["", "/meiting"]
    assert await traces() == (audits + 2, events + 2)
    steps = (await service.history([target.id]))[target.id]
    sources = await service.by_paths([MEILIN1, XIAMEI])
    assert [(step.kind, step.source) for step in steps] == [
        (ChangeKind.merge, sources[MEILIN1].id),
        (ChangeKind.merge, sources[XIAMEI].id),
    ]
    assert {one.valid_to for one in sources.values()} == {DAY}


async def test_what_cannot_merge_changes_nothing(district: Database) -> None:
    await place(f"{XIAMEI}/g1", Level.grid)
    before = await traces()
    cases: list[tuple[tuple[str, ...], str, type[GongzhiError]]] = [
        ((MEITING,), MEITING, Invalid),
        ((MEILIN,), MEITING, Invalid),
        ((MEILIN1, XIAMEI), MEITING, Conflict),
        ((MEILIN1,), f"{MEILIN}/nowhere", NotFound),
        ((f"{MEILIN}/nowhere",), MEITING, NotFound),
    ]
    for paths, into, refusal in cases:
        with pytest.raises(refusal):
            async with district.transaction():
                await merged(*paths, into=into)
    with pytest.raises(Invalid):
        await merged(MEILIN1, on=date(1949, 1, 1))
    assert await traces() == before
    assert await open_on(DAY) == ["", "/meilin1", "/meiting", "/xiamei", "/xiamei/g1"]
    await merged(MEILIN1)
    with pytest.raises(Conflict, match="already"):
        await merged(MEILIN1)
    with pytest.raises(Invalid, match="has not existed since"):
        await merged(XIAMEI, into=MEILIN1)


async def test_who_may_not_change_every_place_concerned_merges_none(district: Database) -> None:
    before = await traces()
    local = holding("district.admin", MEITING)
    with pytest.raises(Forbidden):
        await lineage.merge(local, MergeTerritories(paths=(MEILIN1,), into=MEITING, effective_on=TODAY))
    with pytest.raises(Forbidden):
        await lineage.split(holding("district.admin", XIAMEI), halves())
    assert await traces() == before
    assert await open_on(DAY) == ["", "/meilin1", "/meiting", "/xiamei"]
