"""The lives of donations and grants."""

from typing import Any

from gongzhi.api import (
    SYSTEM,
    Conflict,
    Deadline,
    Step,
    Transition,
    Workflow,
    clock,
    ledger,
)
from gongzhi.plugins.foundations import books
from gongzhi.plugins.foundations.commands import Because, Pay, Report
from gongzhi.plugins.foundations.kinds import DONATION_STATES, GRANT_STATES, DonationState, GrantState
from gongzhi.plugins.foundations.records import Donation, FundGrant
from gongzhi.plugins.foundations.registers import DONATIONS, FUNDS, GRANTS
from gongzhi.plugins.foundations.tables import Instalment

RECEIPT_DAYS = 10
"""Working days in which a donor gets a receipt; a promise of the module."""
REVIEW_DAYS = 15
"""Working days in which a proposal is reviewed; a promise of the module."""

D, G = DonationState, GrantState


async def enter_money(step: Step[Donation]) -> dict[str, Any]:
    """Enter the money in the fund's books."""
    fund = await FUNDS.find(SYSTEM, step.record.fund)
    entry = await books.receive(step.record, fund, step.principal.account_id)
    return {"entry": entry, "received_on": clock.day_of(step.at)}


async def number_receipt(step: Step[Donation]) -> dict[str, Any]:
    """Give the receipt the next number of the fund and the year: none is left out, none is given twice."""
    fund = await FUNDS.find(SYSTEM, step.record.fund)
    series = f"{fund.code.upper()}-{clock.day_of(step.at).year}"
    return {"receipt": f"{series}-{await ledger.next_number(series):06d}"}


async def undo_money(step: Step[Donation]) -> dict[str, Any]:
    """Take the money out of the books again.

    :raises Conflict: it was spent, or is promised to a grant (`available`, `asked`).
    """
    if step.record.entry is None:
        raise Conflict("this donation has no entry in the books")
    await books.give_back(step.record, step.record.entry, step.principal.account_id)
    return {"reason": step.given.reason}


async def keep_reason(step: Step[Any]) -> dict[str, Any]:
    """Keep why."""
    return {"reason": step.given.reason}


async def pay_instalment(step: Step[FundGrant]) -> dict[str, Any]:
    """Pay an instalment.

    :raises Conflict: more than what is left of the grant is asked for (`left`, `asked`).
    """
    grant, given = step.record, step.given
    left = grant.amount - grant.paid
    if given.amount > left:
        raise Conflict(
            f"{given.amount} fen is more than the {left} fen that are left of this grant",
            details={"left": left, "asked": given.amount},
        )
    if grant.hold is None:
        raise Conflict("this grant was never approved")
    fund = await FUNDS.find(SYSTEM, grant.fund)
    number = 1 + await Instalment.count().where(Instalment.grant == grant.id)
    entry = await books.pay(grant, fund, grant.hold, given.amount, number, step.principal.account_id)
    day = clock.day_of(step.at)
    await Instalment.insert(Instalment(grant=grant.id, number=number, amount=given.amount, on=day, entry=entry))
    return {"paid": grant.paid + given.amount}


async def keep_hold(step: Step[FundGrant]) -> dict[str, Any]:
    """Keep the hold under which the ledger set the amount apart."""
    return {"hold": step.given}


async def keep_report(step: Step[FundGrant]) -> dict[str, Any]:
    """Keep what came of the money."""
    return {"report": step.given.report}


async def release_rest(step: Step[FundGrant]) -> None:
    """Give back what was promised and not paid."""
    if step.record.hold is not None and step.record.paid < step.record.amount:
        await ledger.release_hold(step.record.hold)


DONATION: Workflow[Donation] = Workflow(
    DONATIONS,
    DONATION_STATES,
    (
        Transition("receive", (D.pledged,), D.received, "到账", "Confirm that the money arrived.", apply=enter_money),
        Transition(
            "receipt", (D.received,), D.receipted, "开具票据", "Issue the numbered receipt.", apply=number_receipt
        ),
        Transition(
            "refund",
            (D.received, D.receipted),
            D.refunded,
            "退回",
            "Give the money back.",
            needs=Because,
            apply=undo_money,
        ),
        Transition(
            "cancel", (D.pledged,), D.cancelled, "取消认捐", "Cancel the pledge.", needs=Because, apply=keep_reason
        ),
    ),
    deadlines={D.received: Deadline(working_days=RECEIPT_DAYS)},
)
GRANT: Workflow[FundGrant] = Workflow(
    GRANTS,
    GRANT_STATES,
    (
        Transition("review", (G.proposed,), G.reviewed, "审核通过", "Pass it on to those who sign."),
        Transition(
            "reject",
            (G.proposed, G.reviewed),
            G.rejected,
            "不予通过",
            "Reject.",
            needs=Because,
            apply=keep_reason,
            action="review",
        ),
        Transition("withdraw", (G.proposed, G.reviewed), G.withdrawn, "撤回", "Withdraw the proposal."),
        Transition(
            "approve",
            (G.reviewed,),
            G.approved,
            "批准",
            "The last signature that was needed.",
            apply=keep_hold,
            action="sign",
            internal=True,
        ),
        Transition(
            "pay",
            (G.approved, G.disbursed),
            G.disbursed,
            "拨付",
            "Pay an instalment.",
            needs=Pay,
            apply=pay_instalment,
        ),
        Transition("report", (G.disbursed,), G.reported, "报告", "Report on it.", needs=Report, apply=keep_report),
        Transition(
            "close", (G.reported,), G.closed, "结项", "Close it; what was not paid is free again.", apply=release_rest
        ),
    ),
    deadlines={G.proposed: Deadline(working_days=REVIEW_DAYS)},
)
WORKFLOWS: tuple[Workflow[Any], ...] = (DONATION, GRANT)
