"""The words of the module: kinds of funds, states of donations and grants, each with its labels."""

from enum import StrEnum


class FundKind(StrEnum):
    """A foundation of its own, or a named fund within one."""

    foundation = "foundation"
    named_fund = "named_fund"


FUND_KINDS = {FundKind.foundation: ("社区基金会", "Foundation"), FundKind.named_fund: ("冠名基金", "Named fund")}


class DonationState(StrEnum):
    """Where a donation stands."""

    pledged = "pledged"
    received = "received"
    receipted = "receipted"
    refunded = "refunded"
    cancelled = "cancelled"


DONATION_STATES = {
    DonationState.pledged: ("已认捐", "Pledged"),
    DonationState.received: ("已到账", "Received"),
    DonationState.receipted: ("已开票据", "Receipted"),
    DonationState.refunded: ("已退回", "Refunded"),
    DonationState.cancelled: ("已取消", "Cancelled"),
}


class GrantState(StrEnum):
    """Where a grant stands."""

    proposed = "proposed"
    reviewed = "reviewed"
    approved = "approved"
    disbursed = "disbursed"
    reported = "reported"
    closed = "closed"
    rejected = "rejected"
    withdrawn = "withdrawn"


GRANT_STATES = {
    GrantState.proposed: ("已申请", "Proposed"),
    GrantState.reviewed: ("已审核", "Reviewed"),
    GrantState.approved: ("已批准", "Approved"),
    GrantState.disbursed: ("拨付中", "Disbursed"),
    GrantState.reported: ("已报告", "Reported"),
    GrantState.closed: ("已结项", "Closed"),
    GrantState.rejected: ("未通过", "Rejected"),
    GrantState.withdrawn: ("已撤回", "Withdrawn"),
}
