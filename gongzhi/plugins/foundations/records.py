"""The module's records, as the rest of the program sees them. Amounts are in fen."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from gongzhi.api import PlacedRecord, Provenance, StatefulRecord
from gongzhi.plugins.foundations.kinds import DonationState, FundKind, GrantState


class CommunityFund(PlacedRecord, frozen=True, kw_only=True):
    """A foundation or a named fund. Of `signers`, accounts, `signatures` must sign a grant."""

    code: str
    kind: FundKind
    parent: UUID | None
    name: str
    name_en: str
    purpose: str
    signers: tuple[UUID, ...]
    signatures: int
    provenance: Provenance


class Donation(StatefulRecord, frozen=True, kw_only=True):
    """A gift; with a `purpose`, for that alone. An anonymous donor is named to nobody but who keeps the books."""

    state: DonationState
    fund: UUID
    donor: str
    donor_account: UUID | None
    anonymous: bool
    amount: int
    purpose: str | None
    received_on: date | None
    receipt: str
    entry: UUID | None
    reason: str
    provenance: Provenance

    @property
    def public_name(self) -> str | None:
        """The donor's name for the public."""
        return None if self.anonymous else self.donor


class FundGrant(StatefulRecord, frozen=True, kw_only=True):
    """Money for a grantee; with a `purpose`, from what was given for it."""

    state: GrantState
    fund: UUID
    proposer: UUID | None
    title: str
    grantee: str
    purpose: str | None
    amount: int
    paid: int
    hold: UUID | None
    report: str
    reason: str
    provenance: Provenance


class GrantSignature(msgspec.Struct, frozen=True):
    """Who signed a grant, and when."""

    grant: UUID
    account: UUID
    at: datetime


class GrantInstalment(msgspec.Struct, frozen=True):
    """A part of a grant that was paid."""

    grant: UUID
    number: int
    amount: int
    on: date


class PurposeBalance(msgspec.Struct, frozen=True):
    """What a fund has for a purpose, None being any; `held` is promised to grants."""

    purpose: str | None
    balance: int
    held: int

    @property
    def available(self) -> int:
        """What can still be granted."""
        return self.balance - self.held


class PurposeStatement(msgspec.Struct, frozen=True):
    """The money for a purpose over a period: opening + incoming - outgoing = closing."""

    purpose: str | None
    opening: int
    incoming: int
    outgoing: int
    closing: int


class FundStatement(msgspec.Struct, frozen=True):
    """A fund over a period, both days within: by purpose, summed, and which grants were paid."""

    first: date
    last: date
    purposes: tuple[PurposeStatement, ...]
    total: PurposeStatement
    paid: tuple[GrantInstalment, ...]
