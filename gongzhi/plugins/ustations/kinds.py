"""The states of the module's records, each with its labels."""

from enum import StrEnum


class ShiftState(StrEnum):
    """Where a shift stands."""

    open = "open"
    filled = "filled"
    running = "running"
    completed = "completed"
    cancelled = "cancelled"


SHIFT_STATES = {
    ShiftState.open: ("招募中", "Open"),
    ShiftState.filled: ("已招满", "Filled"),
    ShiftState.running: ("进行中", "Running"),
    ShiftState.completed: ("已结束", "Completed"),
    ShiftState.cancelled: ("已取消", "Cancelled"),
}


class SignUpState(StrEnum):
    """Where a volunteer's part in a shift stands."""

    signed_up = "signed_up"
    checked_in = "checked_in"
    checked_out = "checked_out"
    withdrawn = "withdrawn"
    absent = "absent"
    called_off = "called_off"


SIGN_UP_STATES = {
    SignUpState.signed_up: ("已报名", "Signed up"),
    SignUpState.checked_in: ("已签到", "Checked in"),
    SignUpState.checked_out: ("已签退", "Checked out"),
    SignUpState.withdrawn: ("已退出", "Withdrawn"),
    SignUpState.absent: ("缺席", "Absent"),
    SignUpState.called_off: ("班次取消", "Called off"),
}


class RedemptionState(StrEnum):
    """Where a redemption stands."""

    requested = "requested"
    approved = "approved"
    delivered = "delivered"
    rejected = "rejected"
    cancelled = "cancelled"


REDEMPTION_STATES = {
    RedemptionState.requested: ("已申请", "Requested"),
    RedemptionState.approved: ("已批准", "Approved"),
    RedemptionState.delivered: ("已兑付", "Delivered"),
    RedemptionState.rejected: ("已驳回", "Rejected"),
    RedemptionState.cancelled: ("已取消", "Cancelled"),
}
