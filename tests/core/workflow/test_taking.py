"""Taking transitions: allowed, refused, raced; and deadlines, whenever a worker looks."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from gongzhi.core import clock
from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.db import Database, count_statements
from gongzhi.core.errors import Conflict, Forbidden, GongzhiError, IllegalTransition, Invalid, NotFound, Unavailable
from gongzhi.core.events.tables import Event
from gongzhi.core.permissions import ANONYMOUS, Principal
from gongzhi.core.workflow import Gate, Passage, Timers, possible, take
from gongzhi.core.workflow.gates import open_to
from tests.core.workflow.loans import BORROWER, DIRECTOR, LOANS, STRANGER, WORKFLOW, Loan, S, asked, lending


async def go(database: Database, name: str, caller: Principal, loan: Loan, **given: Any) -> Loan:
    command = WORKFLOW.commands[name](loan=loan.id, version=loan.version, **given)
    return await database.run_in_transaction(lambda: take(WORKFLOW, name, caller, command))


async def counted() -> tuple[int, int]:
    return await AuditEntry.count(), await Event.count()


async def test_a_step_writes_the_state_an_audit_line_and_an_event(database: Database) -> None:
    async with lending(database):
        loan = await asked()
        before = await counted()
        with count_statements() as counter:
            lent = await go(database, "lend", DIRECTOR, loan, note="red")
        assert (lent.state, lent.note, lent.version, lent.due_at) == (S.lent, "red", 2, None)
        assert await LOANS.find(DIRECTOR, loan.id) == lent
        assert await counted() == (before[0] + 1, before[1] + 1)
        event = (await Event.select().order_by(Event.id, ascending=False).first()) or {}
        assert (event["kind"], event["record"]) == ("tools.loan.lend", f"Loan:{loan.id}")
    assert counter.count == (3 if database.dialect == "postgresql" else 4), counter.statements


@pytest.mark.parametrize(
    ("name", "caller", "given", "error"),
    [
        ("lend", STRANGER, {"note": ""}, NotFound),
        ("lend", ANONYMOUS, {"note": ""}, NotFound),
        ("lend", BORROWER, {"note": ""}, Forbidden),
        ("lend", DIRECTOR, {"note": "fail"}, Invalid),
        ("give_back", BORROWER, {}, IllegalTransition),
    ],
    ids=["stranger", "anonymous", "no permission", "bad input", "wrong state"],
)
async def test_a_refused_step_writes_nothing(
    database: Database, name: str, caller: Principal, given: dict[str, str], error: type[GongzhiError]
) -> None:
    async with lending(database):
        loan = await asked()
        before = await counted()
        with pytest.raises(error):
            await go(database, name, caller, loan, **given)
        assert (await LOANS.find(DIRECTOR, loan.id)).version == 1
        assert await counted() == before


async def test_an_illegal_step_names_those_that_this_caller_can_take(database: Database) -> None:
    async with lending(database):
        loan = await asked()
        with pytest.raises(IllegalTransition) as refusal:
            await go(database, "give_back", BORROWER, loan)
        assert refusal.value.details == {"state": "asked", "allowed": []}
        loan = await go(database, "lend", DIRECTOR, loan, note="")
        with pytest.raises(IllegalTransition) as refusal:
            await go(database, "lend", DIRECTOR, loan, note="")
        assert refusal.value.details == {"state": "lent", "allowed": ["lose"]}
        mine = await LOANS.find(BORROWER, loan.id)
        assert [step.name for step in possible(WORKFLOW, BORROWER, mine)] == ["give_back"]


async def test_of_two_people_at_once_one_takes_the_step(database: Database) -> None:
    async with lending(database):
        loan = await asked()
        results = await asyncio.gather(
            *(go(database, "lend", DIRECTOR, loan, note=str(number)) for number in range(8)), return_exceptions=True
        )
        done = [result for result in results if isinstance(result, Loan)]
        assert len(done) == 1
        assert {type(result) for result in results if not isinstance(result, Loan)} <= {Conflict, IllegalTransition}
        assert await LOANS.find(DIRECTOR, loan.id) == done[0]
        assert await Event.count().where(Event.kind == "tools.loan.lend") == 1


async def test_a_gate_of_another_module_must_be_passed(database: Database) -> None:
    reports: set[str] = set()

    async def check(record: str, path: str) -> Passage:
        return Passage(record in reports, "there is no report")

    async with lending(database):
        loan = await go(database, "lend", DIRECTOR, await asked(), note="")
        with pytest.raises(Unavailable, match="requires police.report"):
            await go(database, "lose", DIRECTOR, loan)
        with open_to({"police.report": Gate("police.report", "报案", "Police report", check)}):
            with pytest.raises(Conflict, match="Police report") as refusal:
                await go(database, "lose", DIRECTOR, loan)
            assert refusal.value.details == {"gate": "police.report"}
            reports.add(f"Loan:{loan.id}")
            assert (await go(database, "lose", DIRECTOR, loan)).state is S.lost


async def test_a_deadline_that_came_while_nobody_worked_is_met_by_the_first_who_does(database: Database) -> None:
    async with lending(database):
        loan = await asked()
        workers = [Timers(database, [WORKFLOW]) for _ in range(3)]
        assert sum([await worker.meet_due() for worker in workers]) == 0
        with clock.frozen(clock.now() + timedelta(days=30)):
            met = await asyncio.gather(*(worker.meet_due() for worker in workers))
            assert sum(await asyncio.gather(*(worker.meet_due() for worker in workers))) == 0
        assert sum(met) >= 1
        assert (await LOANS.find(DIRECTOR, loan.id)).state is S.expired
        assert await Event.count().where(Event.kind == "tools.loan.expire") == 1


async def test_a_deadline_without_a_step_marks_the_record_once(database: Database) -> None:
    async with lending(database):
        until = clock.now() + timedelta(hours=1)
        loan = await go(database, "lend", DIRECTOR, await asked(until=until), note="")
        assert loan.due_at == until
        with clock.frozen(until + timedelta(minutes=1)):
            worker = Timers(database, [WORKFLOW])
            assert [await worker.meet_due(), await worker.meet_due()] == [1, 0]
        late = await LOANS.find(DIRECTOR, loan.id)
        assert (late.state, late.overdue, late.due_at) == (S.lent, True, until)
        assert await Event.count().where(Event.kind == "tools.loan.overdue") == 1
        back = await go(database, "give_back", BORROWER, late)
        assert (back.overdue, back.due_at) == (False, None)


async def test_lists_show_what_single_decisions_allow(database: Database) -> None:
    async with lending(database):
        loan = await asked()
        for caller, seen in ((DIRECTOR, 1), (BORROWER, 1), (STRANGER, 0), (ANONYMOUS, 0)):
            assert len(await LOANS.every(caller)) == seen
            assert len(await LOANS.by_ids(caller, [loan.id])) == seen
            assert LOANS.decide(caller, "read", await LOANS.find(caller, loan.id)).allowed is bool(seen)
