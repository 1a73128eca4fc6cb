"""The decision log: changes, denials and confidential reads in one order, whatever page is asked for."""

import pytest

from gongzhi.core.audit import decisions as writing
from gongzhi.core.audit.reading import DecisionFilter, LoggedDecision, decisions
from gongzhi.core.db import Database
from gongzhi.core.paging import PageRequest
from gongzhi.core.permissions import ANONYMOUS, SYSTEM, decide, pinned
from gongzhi.core.territory import service
from gongzhi.core.territory.records import UpdateTerritory
from tests.core.places import TODAY, on_day, shipped_policy, small_district


async def history(database: Database) -> list[LoggedDecision]:
    """Seven places entered; then by turns a denial, a confidential read and a change."""
    await small_district()
    for version in range(1, 4):
        await writing.write([decide(ANONYMOUS, "publish", "catalogue.edition", "/futian")])
        await writing.write_reads({f"Case:{version}": decide(SYSTEM, "read", "audit.entry", "/futian")})
        command = UpdateTerritory(path="/futian", version=version, name=f"福田{version}")
        await database.run_in_transaction(lambda command=command: service.revise(SYSTEM, command))  # type: ignore[misc]  # bound now
    return list((await decisions(SYSTEM, DecisionFilter(), PageRequest(first=100))).rows)


async def test_pages_in_both_directions_are_the_whole_log_in_its_order(database: Database) -> None:
    with pinned(shipped_policy()), on_day(TODAY):
        every = await history(database)
        assert [(each.action, each.allowed) for each in every[-9:]] == 3 * [
            ("publish", False),
            ("read", True),
            ("update", True),
        ]
        assert [each.id for each in every] == sorted(each.id for each in every)
        seen: list[LoggedDecision] = []
        cursor = None
        while True:
            page = await decisions(SYSTEM, DecisionFilter(), PageRequest(first=4, after=cursor))
            seen += page.rows
            assert await page.total() == len(every)
            if not page.has_next:
                break
            cursor = page.cursors[-1]
        assert seen == every
        backwards: list[LoggedDecision] = []
        cursor = None
        while True:
            page = await decisions(SYSTEM, DecisionFilter(), PageRequest(last=4, before=cursor))
            backwards = [*page.rows, *backwards]
            if not page.has_previous:
                break
            cursor = page.cursors[0]
        assert backwards == every


@pytest.mark.parametrize(("allowed", "count"), [(True, 6), (False, 3), (None, 9)], ids=["granted", "denied", "both"])
async def test_grants_and_denials_can_be_asked_for_alone(database: Database, allowed: bool | None, count: int) -> None:
    with pinned(shipped_policy()), on_day(TODAY):
        every = await history(database)
        page = await decisions(SYSTEM, DecisionFilter(allowed=allowed), PageRequest(last=100))
        assert list(page.rows) == [each for each in every if allowed is None or each.allowed is allowed]
        assert len(page.rows) == count + (0 if allowed is False else len(every) - 9)


async def test_a_line_says_who_did_what_on_which_authority(database: Database) -> None:
    with pinned(shipped_policy()), on_day(TODAY):
        denied, read, changed = (await history(database))[-3:]
        assert (denied.account_label, denied.rule, denied.record) == ("anonymous", "", "")
        assert (read.account_label, read.record) == ("account:system", "Case:3")
        assert changed.rule.startswith("system.csv:")
        assert changed.record.startswith("Territory:")
        assert changed.reason
        by_nobody = DecisionFilter(account="anonymous")
        assert list((await decisions(SYSTEM, by_nobody, PageRequest())).rows) == []
        within = DecisionFilter(within="/futian/nanyuan", resource="territory.territory")
        assert {each.path for each in (await decisions(SYSTEM, within, PageRequest())).rows} == {
            "/futian/nanyuan",
            "/futian/nanyuan/dongyuan",
            "/futian/nanyuan/badeng",
        }
