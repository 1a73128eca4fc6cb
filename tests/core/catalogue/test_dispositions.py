"""What was decided about an assigned task, and who performs it then."""

import asyncio
from datetime import date
from typing import Any

import msgspec
import pytest

from gongzhi.core import db
from gongzhi.core.actors.records import Organization
from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.catalogue import assignments, tables
from gongzhi.core.catalogue.assignments import DispositionFilter
from gongzhi.core.catalogue.commands import EndAssignment
from gongzhi.core.catalogue.lists import DispositionKind
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from gongzhi.core.ids import uuid7
from gongzhi.core.paging import PageRequest
from gongzhi.core.permissions import ANONYMOUS, SYSTEM
from tests.core.catalogue.tasks import (
    BADENG,
    DONGYUAN,
    NANYUAN,
    REFORM,
    TASKS,
    YESTERDAY,
    assigned,
    disposed,
    id_of,
    performed,
    rows,
)
from tests.core.places import TODAY, holding, traces


async def test_a_kept_task_goes_on(catalogue: Catalogue, home: Organization) -> None:
    made = await assigned(catalogue, valid_from=YESTERDAY)
    begun = await traces()
    decision, now = await disposed(made, "keep", authority="第1号", note="必要")
    assert now == made
    assert (decision.kind, decision.target, decision.effective_on, decision.organization) == (
        DispositionKind.keep,
        None,
        TODAY,
        home.id,
    )
    assert await assignments.dispositions_by_ids([decision.id]) == {decision.id: decision}
    assert await performed() == ["t1"]
    assert await traces() == (begun[0] + 1, begun[1] + 1)


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("transfer_org", "social"),
        ("transfer_property", "property"),
        ("return_committee", "committee"),
        ("return_department", "bureau"),
    ],
)
async def test_a_task_that_is_handed_over_ends_here_and_begins_there(
    catalogue: Catalogue, home: Organization, kind: str, target: str
) -> None:
    made = await assigned(catalogue, valid_from=YESTERDAY)
    begun = await traces()
    decision, now = await disposed(made, kind, target, effective_on=REFORM, authority="第2号")
    assert (now.valid_to, now.version) == (REFORM, 2)
    heir = await id_of(target)
    assert decision.target == heir
    assert (await performed(home.id, TODAY), await performed(heir, TODAY)) == (["t1"], [])
    assert (await performed(home.id, REFORM), await performed(heir, REFORM)) == ([], ["t1"])
    assert await traces() == (begun[0] + 3, begun[1] + 3)
    line = (await AuditEntry.select().order_by(AuditEntry.id))[-1]
    assert (line["resource"], line["action"]) == ("catalogue.disposition", "record")


async def test_a_task_can_end_without_an_heir_or_with_one_who_performs_it_already(
    catalogue: Catalogue, home: Organization
) -> None:
    await disposed(await assigned(catalogue, "t1"), "return_department")
    heir = await id_of("committee")
    await assigned(catalogue, "t2", "committee")
    await disposed(await assigned(catalogue, "t2"), "return_committee", "committee")
    assert await performed() == await performed(heir) == ["t2"]


async def test_the_target_fits_the_kind_serves_the_place_and_is_somebody_else(
    catalogue: Catalogue, home: Organization
) -> None:
    made = await assigned(catalogue)
    own = await assigned(catalogue, "t2", "committee")
    before = await rows()
    for kind, target, current in (
        ("transfer_org", "committee", made),
        ("transfer_org", "far", made),
        ("transfer_property", "social", made),
        ("return_committee", "bureau", made),
        ("return_department", "property", made),
        ("keep", "social", made),
        ("return_committee", "committee", own),
    ):
        with pytest.raises(Invalid) as refused:
            await disposed(current, kind, target)
        assert refused.value.problems[0].field == "target"
    with pytest.raises(NotFound):
        await disposed(made, "transfer_org", "none")
    assert await rows() == before


async def test_a_task_is_handed_over_once(catalogue: Catalogue, home: Organization) -> None:
    made = await assigned(catalogue)
    await disposed(made, "keep")
    _, ended = await disposed(made, "return_committee", "committee")
    before = await rows()
    with pytest.raises(Conflict, match="version 2"):
        await disposed(made, "transfer_org", "social")
    with pytest.raises(Conflict, match="ended on 2015-06-01 already"):
        await disposed(ended, "transfer_org", "social")
    with pytest.raises(Conflict, match="ended"):
        await assignments.end(SYSTEM, EndAssignment(assignment=made.id, version=2))
    assert await rows() == before


async def test_of_two_dispositions_at_once_one_wins(catalogue: Catalogue, home: Organization) -> None:
    made = await assigned(catalogue)

    async def attempt(kind: str, target: str) -> None:
        async with db.current().transaction():
            await disposed(made, kind, target)

    results = await asyncio.gather(
        attempt("transfer_org", "social"), attempt("return_committee", "committee"), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    assert await tables.Disposition.count() == 1
    assert await performed() == ["t1"]
    assert await performed(await id_of("social" if results[0] is None else "committee")) == ["t1"]


async def test_days_before_the_assignment_or_out_of_range_are_refused(catalogue: Catalogue, home: Organization) -> None:
    made = await assigned(catalogue)
    before = await rows()
    for day in (YESTERDAY, date(1900, 1, 1), date(2300, 1, 1)):
        for kind, target in (("keep", None), ("return_committee", "committee")):
            with pytest.raises(Invalid) as refused:
                await disposed(made, kind, target, effective_on=day)
            assert refused.value.problems[0].field == "effective_on"
        with pytest.raises(Invalid) as refused:
            await assignments.end(SYSTEM, EndAssignment(assignment=made.id, version=1, on=day))
        assert refused.value.problems[0].field == "on"
    assert await rows() == before


async def test_departments_assign_and_stations_decide_about_their_own_tasks(
    catalogue: Catalogue, home: Organization
) -> None:
    officer, head = holding("department.officer", "/futian"), holding("station.head", DONGYUAN, home.id)
    before = await rows()
    with pytest.raises(Unauthenticated):
        await assigned(catalogue, principal=ANONYMOUS)
    for caller in (head, holding("department.officer", "/futian/meilin")):
        with pytest.raises(Forbidden):
            await assigned(catalogue, principal=caller)
    assert await rows() == before
    made = await assigned(catalogue, principal=officer)
    before = await rows()
    end = EndAssignment(assignment=made.id, version=7)
    for caller in (head, holding("committee.director", DONGYUAN, await id_of("committee"))):
        with pytest.raises(Forbidden):
            await assignments.end(caller, end)
    with pytest.raises(Unauthenticated):
        await assignments.end(ANONYMOUS, end)
    for caller in (
        holding("station.head", DONGYUAN, uuid7()),
        holding("station.clerk", DONGYUAN, uuid7()),
        holding("station.head", BADENG, home.id),
        holding("committee.director", DONGYUAN, await id_of("committee")),
        msgspec.structs.replace(head, acting_for=uuid7()),
    ):
        with pytest.raises(Forbidden):
            await disposed(made, "keep", principal=caller)
    assert await rows() == before
    decision, _ = await disposed(made, "keep", principal=head)
    assert decision.organization == home.id
    await disposed(made, "keep", principal=holding("station.clerk", DONGYUAN, home.id))
    await disposed(made, "return_committee", "committee", principal=officer)


async def test_dispositions_are_found_by_place_item_kind_and_day(catalogue: Catalogue, home: Organization) -> None:
    await disposed(await assigned(catalogue, "t1"), "keep")
    await disposed(await assigned(catalogue, "t2"), "return_committee", "committee", effective_on=REFORM)

    async def decided(**wanted: Any) -> list[str]:
        page = await assignments.dispositions(ANONYMOUS, DispositionFilter(**wanted), PageRequest())
        return sorted(row.item_code for row in page.rows)

    assert await decided() == ["t1", "t2"]
    assert await decided(within=NANYUAN) == ["t1", "t2"]
    assert await decided(within=BADENG) == []
    assert await decided(kind=DispositionKind.keep) == ["t1"]
    assert await decided(until=TODAY) == ["t1"]
    assert await decided(list_slug=TASKS, item_code="t2") == ["t2"]
    assert await decided(list_slug="basic-services") == []
    with pytest.raises(Invalid):
        await decided(until=date(1900, 1, 1))
