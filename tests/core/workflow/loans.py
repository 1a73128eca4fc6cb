"""A register of loans with a workflow, for the tests: a table of their own, beside the real ones."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from piccolo import columns
from piccolo.table import Table

from gongzhi.core.columns import PathColumn, primary_key
from gongzhi.core.db import Database
from gongzhi.core.errors import Invalid
from gongzhi.core.ids import uuid7
from gongzhi.core.permissions import (
    ANY,
    OWN,
    Binding,
    Contribution,
    Principal,
    Resource,
    compile_policy,
    core_vocabulary,
    pinned,
)
from gongzhi.core.permissions.store import shipped
from gongzhi.core.register import Register
from gongzhi.core.workflow import Calendar, Deadline, StatefulRecord, Step, Transition, Workflow

PLACE = "/futian/nanyuan/dongyuan"
LOAN = Resource(
    "tools.loan", "借用", "loan", ("read", "create", "lend", "give_back", "lose", "renew"), (ANY, OWN, "borrower")
)
GRANTS = b"""
p, role:committee.director, /, tools.loan, read, any, allow
p, role:committee.director, /, tools.loan, create, any, allow
p, role:committee.director, /, tools.loan, lend, any, allow
p, role:committee.director, /, tools.loan, lose, any, allow
p, role:public, /, tools.loan, read, borrower, allow
p, role:public, /, tools.loan, give_back, borrower, allow
"""


class State(StrEnum):
    """Where a loan stands."""

    asked = "asked"
    lent = "lent"
    returned = "returned"
    lost = "lost"
    expired = "expired"


S = State
STATES = {state: (state.name, state.name.capitalize()) for state in State}


class LoanTable(Table, tablename="test_loan"):
    """Loans."""

    id = primary_key()
    path = PathColumn(index=True)
    organization = columns.UUID(null=True, default=None)
    state = columns.Varchar(length=24)
    due_at = columns.Timestamptz(null=True, default=None)
    overdue = columns.Boolean(default=False)
    version = columns.Integer(default=1)
    borrower = columns.UUID(null=True, default=None)
    note = columns.Varchar(length=100, default="")
    until = columns.Timestamptz(null=True, default=None)


class Loan(StatefulRecord, frozen=True, kw_only=True):
    """A loan."""

    state: State
    borrower: UUID | None
    note: str
    until: datetime | None


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What to note."""

    note: str


async def note(step: Step[Loan]) -> dict[str, Any]:
    if step.given.note == "fail":
        raise Invalid.at("note", "not this one")
    return {"note": step.given.note}


LOANS = Register(
    "tools.loan", LoanTable, Loan, "loan", relations={"borrower": lambda c: LoanTable.borrower == c.account_id}
)
TRANSITIONS = (
    Transition("lend", (S.asked,), S.lent, "借出", "Lend it.", needs=Remark, apply=note),
    Transition("give_back", (S.lent,), S.returned, "归还", "Give it back."),
    Transition("lose", (S.lent,), S.lost, "遗失", "It is lost.", gates=("police.report",)),
    Transition("expire", (S.asked,), S.expired, "过期", "Nobody answered.", action="read", timed=True),
)
WORKFLOW = Workflow(
    LOANS, STATES, TRANSITIONS, {S.asked: Deadline(working_days=3, then="expire"), S.lent: Deadline(field="until")}
)
CALENDAR = Calendar.of([date(2026, 10, 1)], [date(2026, 10, 10)])
BORROWER = Principal(account_id=uuid7(), account_code="borrower")
DIRECTOR = Principal(account_id=uuid7(), account_code="director", bindings=(Binding("committee.director", PLACE),))
STRANGER = Principal(account_id=uuid7(), account_code="stranger")


@contextmanager
def policy() -> Iterator[None]:
    """Core's policy with the grants of the loans."""
    vocabulary = core_vocabulary([Contribution("tools", (LOAN,))])
    with pinned(compile_policy(shipped({"tools": GRANTS}), vocabulary)):
        yield


@asynccontextmanager
async def lending(database: Database) -> AsyncIterator[None]:
    """The table and the policy of loans."""
    database.bind([LoanTable])
    await LoanTable.create_table(if_not_exists=True)
    await LoanTable.delete(force=True)
    try:
        with policy():
            yield
    finally:
        await LoanTable.alter().drop_table(if_exists=True)


async def asked(**more: Any) -> Loan:
    """A loan that the borrower asked for."""
    values = {"borrower": BORROWER.account_id, **WORKFLOW.begun(CALENDAR, more), **more}
    return await LOANS.insert(DIRECTOR, PLACE, values, relations=())
