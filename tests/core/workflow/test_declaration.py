"""A workflow that contradicts itself is refused, and every contradiction is named."""

from datetime import date

import pytest

from gongzhi.core import clock
from gongzhi.core.errors import Invalid
from gongzhi.core.register import Register
from gongzhi.core.territory.tables import Territory
from gongzhi.core.workflow import Deadline, Transition, Workflow
from tests.core.workflow.loans import CALENDAR, LOANS, STATES, TRANSITIONS, WORKFLOW, Loan, Remark, S

LEND = TRANSITIONS[0]


def faults(transitions: tuple[Transition, ...], deadlines: dict[S, Deadline] | None = None) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        Workflow(LOANS, STATES, transitions, deadlines)
    return [str(problem) for problem in refusal.value.problems]


def test_a_transition_twice_is_named() -> None:
    assert "lend: this transition is declared twice" in faults((*TRANSITIONS, LEND))


def test_a_state_that_nothing_reaches_is_named() -> None:
    assert faults(TRANSITIONS[:3]) == ["expired: no transition leads to this state"]


def test_a_transition_needs_a_source() -> None:
    nowhere = Transition("find", (), S.returned, "找回", "Find it.")
    assert "find: it begins nowhere (name its sources)" in faults((*TRANSITIONS, nowhere))


@pytest.mark.parametrize(
    ("deadline", "fault"),
    [
        (Deadline(), "says none, or more than one, of working_days, hours and field"),
        (Deadline(hours=1, working_days=1), "says none, or more than one, of working_days, hours and field"),
        (Deadline(field="beyond"), "the record has no field beyond"),
        (Deadline(hours=1, then="give_back"), "no transition give_back leaves this state"),
        (Deadline(hours=1, then="lend"), "lend needs what the clock cannot say"),
    ],
    ids=["nothing", "two", "field", "transition", "needs"],
)
def test_a_deadline_that_cannot_be_kept_is_named(deadline: Deadline, fault: str) -> None:
    untimed = tuple(each for each in TRANSITIONS if not each.timed)
    expire = Transition("expire", (S.asked,), S.expired, "过期", "Nobody answered.")
    assert f"deadline of asked: {fault}" in faults((*untimed, expire), {S.asked: deadline})


def test_a_transition_of_the_clock_needs_a_deadline() -> None:
    assert "expire: is taken by the clock, but no deadline names it" in faults(TRANSITIONS)


def test_the_table_must_hold_what_a_workflow_writes() -> None:
    with pytest.raises(Invalid, match="its table has no column state"):
        Workflow(Register("territory.territory", Territory, Loan, "loan"), STATES, TRANSITIONS)


def test_commands_are_derived_from_what_a_transition_needs() -> None:
    lend, back = WORKFLOW.commands["lend"], WORKFLOW.commands["give_back"]
    assert lend.__struct_fields__ == ("loan", "version", *Remark.__struct_fields__)
    assert back.__struct_fields__ == ("loan", "version")
    assert (lend.__name__, back.__name__) == ("LendLoan", "GiveBackLoan")


def test_final_states_are_those_that_nothing_leaves() -> None:
    assert WORKFLOW.final == [S.returned, S.lost, S.expired]


@pytest.mark.parametrize(
    ("begun", "days", "last"),
    [
        (date(2026, 9, 29), 1, date(2026, 9, 30)),
        (date(2026, 9, 30), 1, date(2026, 10, 2)),
        (date(2026, 10, 2), 1, date(2026, 10, 5)),
        (date(2026, 10, 9), 1, date(2026, 10, 10)),
        (date(2026, 10, 8), 0, date(2026, 10, 8)),
        (date(2026, 9, 28), 10, date(2026, 10, 12)),
    ],
    ids=["weekday", "holiday", "weekend", "worked saturday", "same day", "two weeks"],
)
def test_working_days_leave_out_holidays_and_count_worked_weekends(begun: date, days: int, last: date) -> None:
    assert CALENDAR.after(begun, days) == last
    assert CALENDAR.between(begun, last) == days


@pytest.mark.parametrize("days", [-1, 2001])
def test_a_term_that_is_none_is_refused(days: int) -> None:
    with pytest.raises(Invalid):
        CALENDAR.after(date(2026, 1, 1), days)


def test_a_deadline_ends_with_its_last_day() -> None:
    with clock.frozen(clock.end_of(date(2026, 9, 30))):
        assert WORKFLOW.begun(CALENDAR)["due_at"] == clock.end_of(date(2026, 10, 6))
