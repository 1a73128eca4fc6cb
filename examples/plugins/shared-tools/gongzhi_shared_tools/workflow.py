"""The life of a loan."""

from typing import Annotated, Any

import msgspec
from gongzhi.api import SYSTEM, Conflict, Deadline, Step, Transition, Workflow
from msgspec import Meta

from gongzhi_shared_tools.records import (
    SharedToolLoan,
    SharedToolLoanState,
)
from gongzhi_shared_tools.registers import LOANS, TOOLS
from gongzhi_shared_tools.tables import Tool

LOAN_DAYS = 10
"""Working days after which a tool is overdue."""


class Because(msgspec.Struct, frozen=True, kw_only=True):
    """Why."""

    reason: Annotated[str, Meta(min_length=1, max_length=2000, pattern=r"\S", description="Why.")]


async def hand_out(step: Step[SharedToolLoan]) -> None:
    """Hand the tool out.

    :raises Conflict: somebody has it.
    """
    tool = await TOOLS.find(SYSTEM, step.record.tool)
    free = (
        await Tool.update({Tool.lent: True})
        .where(Tool.id == tool.id)
        .where(Tool.lent.not_in([True]))
        .returning(Tool.id)
    )
    if not free:
        raise Conflict(f"somebody has {tool.name}; lend it when it is back")


async def take_back(step: Step[SharedToolLoan]) -> None:
    """Take the tool back."""
    await Tool.update({Tool.lent: False}).where(Tool.id == step.record.tool)


async def keep_reason(step: Step[SharedToolLoan]) -> dict[str, Any]:
    """Keep why."""
    return {"reason": step.given.reason}


S = SharedToolLoanState
LOAN: Workflow[SharedToolLoan] = Workflow(
    LOANS,
    {
        S.asked: ("已申请", "Asked"),
        S.lent: ("已借出", "Lent"),
        S.returned: ("已归还", "Returned"),
        S.refused: ("已拒绝", "Refused"),
    },
    (
        Transition("lend", (S.asked,), S.lent, "借出", "Hand it out.", apply=hand_out),
        Transition("refuse", (S.asked,), S.refused, "拒绝", "Refuse.", needs=Because, apply=keep_reason),
        Transition("give_back", (S.lent,), S.returned, "归还", "Take it back.", apply=take_back),
    ),
    deadlines={S.lent: Deadline(working_days=LOAN_DAYS)},
)
