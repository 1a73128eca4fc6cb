"""Who performs which task where, from when until when."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from gongzhi.core import db
from gongzhi.core.actors.records import Organization
from gongzhi.core.catalogue import assignments
from gongzhi.core.catalogue.commands import EndAssignment, RecordDisposition
from gongzhi.core.catalogue.lists import DispositionKind
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.errors import Conflict, Invalid, NotFound
from gongzhi.core.ids import uuid7
from gongzhi.core.permissions import SYSTEM
from tests.core.catalogue.tasks import (
    MEITING,
    REFORM,
    TOMORROW,
    YESTERDAY,
    assigned,
    performed,
    rows,
)
from tests.core.places import TODAY


async def test_an_assignment_holds_from_its_day_until_the_day_before_it_ends(
    catalogue: Catalogue, home: Organization
) -> None:
    made = await assigned(catalogue, valid_from=TODAY, note="试点")
    assert (made.organization, made.valid_from, made.valid_to, made.note) == (home.id, TODAY, None, "试点")
    ended = await assignments.end(SYSTEM, EndAssignment(assignment=made.id, version=1, on=REFORM))
    assert (ended.valid_to, ended.note, ended.version) == (REFORM, "试点", 2)
    assert await assignments.by_ids([made.id]) == {made.id: ended}
    for day, expected in ((YESTERDAY, []), (TODAY, ["t1"]), (REFORM - timedelta(days=1), ["t1"]), (REFORM, [])):
        assert await performed(on=day) == expected
    again = await assigned(catalogue, valid_from=REFORM)
    assert again.id != made.id


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"item_code": "zz"}, "item_code"),
        ({"path": "bad path"}, "path"),
        ({"path": MEITING}, "organization"),
        ({"valid_from": date(1900, 1, 1)}, "valid_from"),
        ({"note": "x" * 2001}, "note"),
    ],
)
async def test_a_wrong_assignment_is_refused_with_its_field(
    catalogue: Catalogue, home: Organization, changes: dict[str, Any], field: str
) -> None:
    before = await rows()
    with pytest.raises(Invalid) as refused:
        await assigned(catalogue, **changes)
    assert refused.value.problems[0].field == field
    assert await rows() == before


async def test_unknown_ids_and_names_are_not_found(catalogue: Catalogue, home: Organization) -> None:
    before = await rows()
    for changes in ({"path": "/futian/none"}, {"list_slug": "none"}, {"organization": "none"}):
        with pytest.raises(NotFound):
            await assigned(catalogue, **changes)
    with pytest.raises(NotFound):
        await assignments.end(SYSTEM, EndAssignment(assignment=uuid7(), version=1))
    with pytest.raises(NotFound):
        await assignments.dispose(SYSTEM, RecordDisposition(assignment=uuid7(), version=1, kind=DispositionKind.keep))
    assert (await assignments.by_ids([uuid7()]), await assignments.dispositions_by_ids([uuid7()])) == ({}, {})
    assert await rows() == before


async def test_nobody_performs_one_task_twice_at_one_place(catalogue: Catalogue, home: Organization) -> None:
    await assigned(catalogue)
    before = await rows()
    for day in (TODAY, TOMORROW):
        with pytest.raises(Conflict, match="station performs t1 at /futian/nanyuan/dongyuan already"):
            await assigned(catalogue, valid_from=day)
    assert await rows() == before
    await assigned(catalogue, performer="committee")

    async def attempt() -> None:
        async with db.current().transaction():
            await assigned(catalogue, "t2")

    results = await asyncio.gather(attempt(), attempt(), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    assert await performed() == ["t1", "t1", "t2"]
