"""The lives of shifts, of sign-ups for them, and of redemptions."""

from datetime import timedelta
from typing import Any

from piccolo.columns.combination import WhereRaw

from gongzhi.api import SYSTEM, Conflict, Deadline, Step, Transition, Workflow, advance, clock
from gongzhi.plugins.ustations import points
from gongzhi.plugins.ustations.commands import Because
from gongzhi.plugins.ustations.kinds import (
    REDEMPTION_STATES,
    SHIFT_STATES,
    SIGN_UP_STATES,
    RedemptionState,
    ShiftState,
    SignUpState,
)
from gongzhi.plugins.ustations.records import LoveBankRedemption, ShiftSignUp, VolunteerShift
from gongzhi.plugins.ustations.registers import REDEMPTIONS, SHIFTS, SIGN_UPS, STATIONS, VOLUNTEERS
from gongzhi.plugins.ustations.tables import Reward, Shift, SignUp

EARLY = timedelta(minutes=30)
"""How long before a shift begins volunteers can check in."""
DECISION_DAYS = 5
"""Working days in which a redemption is decided; a promise of the module."""
COLLECTION_DAYS = 30
"""Working days in which an approved reward is fetched; then the points are the volunteer's again."""

H, U, R = ShiftState, SignUpState, RedemptionState


async def close_attendance(step: Step[VolunteerShift]) -> None:
    """End a shift: whoever signed up and never came was absent.

    :raises Conflict: somebody is still checked in.
    """
    present = await SignUp.count().where(SignUp.shift == step.record.id).where(SignUp.state == U.checked_in.value)
    if present:
        raise Conflict(f"{present} volunteers are still checked in; check them out first")
    await _each_signed_up(step, "miss")


async def call_off(step: Step[VolunteerShift]) -> dict[str, Any]:
    """Cancel a shift, and with it what volunteers signed up for."""
    await _each_signed_up(step, "call_off")
    return {"reason": step.given.reason}


async def _each_signed_up(step: Step[VolunteerShift], name: str) -> None:
    waiting = [SignUp.shift == step.record.id, SignUp.state == U.signed_up.value]
    for found in await SIGN_UPS.every(SYSTEM, waiting, limit=step.record.capacity):
        await advance(SIGN_UP, name, SYSTEM, found)


async def check_hour(step: Step[ShiftSignUp]) -> dict[str, Any]:
    """Check in, from half an hour before the shift begins until it ends.

    :raises Conflict: it is earlier or later.
    """
    opens = step.record.starts_at - EARLY
    if not opens <= step.at < step.record.ends_at:
        raise Conflict(f"check-in is from {opens.isoformat()} to {step.record.ends_at.isoformat()}")
    return {"checked_in_at": step.at}


async def credit_time(step: Step[ShiftSignUp]) -> dict[str, Any]:
    """Check out: the minutes within the shift count, and become points at the rate of the shift's day."""
    record = step.record
    begun = max(record.checked_in_at or step.at, record.starts_at)
    minutes = max(0, int((min(step.at, record.ends_at) - begun).total_seconds()) // 60)
    day = clock.day_of(record.starts_at)
    station = await STATIONS.find(SYSTEM, (await SHIFTS.find(SYSTEM, record.shift)).station)
    keeps = station.love_bank_from is not None and station.love_bank_from <= day
    rate = await points.rate_on(record.path, day) if keeps else 0
    earned = points.worth(minutes, rate)
    if earned:
        volunteer = await VOLUNTEERS.find(SYSTEM, record.volunteer)
        await points.credit(record, volunteer, earned, step.principal.account_id)
    return {"checked_out_at": step.at, "minutes": minutes, "rate": rate, "points": earned}


async def free_place(step: Step[ShiftSignUp]) -> None:
    """Give the place back, so that somebody else can have it.

    :raises Conflict: the shift has begun.
    """
    if step.record.starts_at <= step.at:
        raise Conflict("this shift has begun; the station's staff record who did not come")
    await Shift.update({Shift.taken: Shift.taken - 1}).where(Shift.id == step.record.shift).where(WhereRaw("taken > 0"))
    shift = await SHIFTS.find(SYSTEM, step.record.shift)
    if shift.state is H.filled:
        await advance(SHIFT, "reopen", SYSTEM, shift)


async def give_points_back(step: Step[LoveBankRedemption]) -> dict[str, Any]:
    """End a redemption: the points are the volunteer's again, and the reward is back in stock."""
    await points.release(step.record)
    await Reward.update({Reward.stock: Reward.stock + 1}).where(Reward.id == step.record.reward)
    return {"reason": step.given.reason} if isinstance(getattr(step.given, "reason", None), str) else {}


async def spend_points(step: Step[LoveBankRedemption]) -> None:
    """Hand the reward out: the points are spent."""
    volunteer = await VOLUNTEERS.find(SYSTEM, step.record.volunteer)
    await points.spend(step.record, volunteer, step.principal.account_id)


SHIFT: Workflow[VolunteerShift] = Workflow(
    SHIFTS,
    SHIFT_STATES,
    (
        Transition("fill", (H.open,), H.filled, "招满", "The last place was taken.", action="run", internal=True),
        Transition("reopen", (H.filled,), H.open, "重新招募", "A place is free.", action="run", internal=True),
        Transition("start", (H.open, H.filled), H.running, "开始", "Begin; the clock does it too.", action="run"),
        Transition(
            "complete",
            (H.running,),
            H.completed,
            "结束",
            "End it; who never came was absent.",
            apply=close_attendance,
            action="run",
        ),
        Transition("cancel", (H.open, H.filled), H.cancelled, "取消班次", "Cancel it.", needs=Because, apply=call_off),
    ),
    deadlines={
        H.open: Deadline(field="starts_at", then="start"),
        H.filled: Deadline(field="starts_at", then="start"),
        H.running: Deadline(field="ends_at"),
    },
)
SIGN_UP: Workflow[ShiftSignUp] = Workflow(
    SIGN_UPS,
    SIGN_UP_STATES,
    (
        Transition("check_in", (U.signed_up,), U.checked_in, "签到", "Check in.", apply=check_hour, action="check"),
        Transition(
            "check_out",
            (U.checked_in,),
            U.checked_out,
            "签退",
            "Check out; time becomes points.",
            apply=credit_time,
            action="check",
        ),
        Transition("withdraw", (U.signed_up,), U.withdrawn, "退出", "Withdraw before it begins.", apply=free_place),
        Transition("miss", (U.signed_up,), U.absent, "缺席", "Did not come.", action="check", internal=True),
        Transition(
            "call_off", (U.signed_up,), U.called_off, "班次取消", "It was cancelled.", action="check", internal=True
        ),
    ),
)
REDEMPTION: Workflow[LoveBankRedemption] = Workflow(
    REDEMPTIONS,
    REDEMPTION_STATES,
    (
        Transition("approve", (R.requested,), R.approved, "批准", "Approve.", action="decide"),
        Transition(
            "reject",
            (R.requested,),
            R.rejected,
            "驳回",
            "Reject; the points are the volunteer's again.",
            needs=Because,
            apply=give_points_back,
            action="decide",
        ),
        Transition("deliver", (R.approved,), R.delivered, "兑付", "Hand the reward out.", apply=spend_points),
        Transition(
            "cancel",
            (R.requested, R.approved),
            R.cancelled,
            "取消兑换",
            "Cancel; the points are yours again.",
            apply=give_points_back,
        ),
        Transition(
            "lapse",
            (R.approved,),
            R.cancelled,
            "逾期未领",
            "Nobody fetched it; the points are the volunteer's again.",
            apply=give_points_back,
            action="cancel",
            timed=True,
        ),
    ),
    deadlines={
        R.requested: Deadline(working_days=DECISION_DAYS),
        R.approved: Deadline(working_days=COLLECTION_DAYS, then="lapse"),
    },
)
WORKFLOWS: tuple[Workflow[Any], ...] = (SHIFT, SIGN_UP, REDEMPTION)
