"""The work of a place before and after a reform."""

from datetime import date, timedelta

import pytest

from gongzhi.core.actors.records import Organization
from gongzhi.core.catalogue.lists import DispositionKind
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.catalogue.workload import workload
from gongzhi.core.db import count_statements
from gongzhi.core.errors import Invalid
from gongzhi.core.permissions import ANONYMOUS
from tests.core.actors.people import station
from tests.core.catalogue.tasks import BADENG, DONGYUAN, MEITING, NANYUAN, REFORM, YESTERDAY, assigned, disposed
from tests.core.places import TODAY, on_day


async def test_the_work_of_a_place_before_and_after_on_any_day(catalogue: Catalogue, home: Organization) -> None:
    await station("badeng", BADENG)
    start = date(2015, 1, 1)
    held = {number: await assigned(catalogue, f"t{number}", valid_from=start) for number in range(1, 6)}
    await assigned(catalogue, "t1", "badeng", path=BADENG, valid_from=start)
    await assigned(catalogue, "t6", "badeng", path=BADENG, valid_from=start)
    await assigned(catalogue, "t3", "committee", valid_from=start)
    await disposed(held[1], "return_committee", "committee", effective_on=REFORM)
    await disposed(held[2], "transfer_org", "social", effective_on=REFORM)
    await disposed(held[3], "return_committee", "committee", effective_on=REFORM + timedelta(days=30))
    await disposed(held[4], "keep", effective_on=REFORM)
    with on_day(date(2015, 12, 31)):
        found = await workload(ANONYMOUS, DONGYUAN)
        assert (found.before_day, found.after_day) == (date(2015, 6, 30), date(2015, 12, 31))
        assert found.before == ("t1", "t2", "t3", "t4", "t5")
        assert found.after == ("t4", "t5")
        assert found.kinds == {
            DispositionKind.return_committee: 2,
            DispositionKind.transfer_org: 1,
            DispositionKind.keep: 1,
        }
        wider = await workload(ANONYMOUS, NANYUAN)
        assert wider.before == ("t1", "t2", "t3", "t4", "t5", "t6")
        assert wider.after == ("t1", "t4", "t5", "t6")
        between = await workload(ANONYMOUS, DONGYUAN, after=REFORM)
        assert (between.after, sum(between.kinds.values())) == (("t3", "t4", "t5"), 3)
        later = await workload(ANONYMOUS, DONGYUAN, before=REFORM)
        assert (later.before, later.kinds) == (("t3", "t4", "t5"), {DispositionKind.return_committee: 1})
        nothing = await workload(ANONYMOUS, MEITING)
        assert (nothing.before, nothing.after, nothing.kinds) == ((), (), {})
        assert (await workload(ANONYMOUS, DONGYUAN, "committee-functions")).before == ()


async def test_the_work_of_a_place_takes_three_statements_and_checks_its_days(
    catalogue: Catalogue, home: Organization
) -> None:
    await assigned(catalogue)
    with count_statements() as counter:
        await workload(ANONYMOUS, "/futian")
    assert counter.count == 3
    for wrong, field in (
        ({"before": TODAY, "after": YESTERDAY}, "before"),
        ({"before": date(1900, 1, 1)}, "before"),
        ({"after": date(2300, 1, 1)}, "after"),
    ):
        with pytest.raises(Invalid) as refused:
            await workload(ANONYMOUS, DONGYUAN, **wrong)
        assert refused.value.problems[0].field == field
    with pytest.raises(Invalid):
        await workload(ANONYMOUS, "no path")
