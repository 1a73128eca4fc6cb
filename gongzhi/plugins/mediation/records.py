"""The module's records, as the rest of the program sees them."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from gongzhi.api import PlacedRecord, Provenance, StatefulRecord
from gongzhi.plugins.mediation.kinds import CaseState, Dispute, LegalService, Side


class MediationCase(StatefulRecord, frozen=True, kw_only=True):
    """A dispute brought to mediation. Its panel are accounts: mediator, lawyer, legal volunteer."""

    state: CaseState
    dispute: Dispute
    title: str
    description: str
    filed_at: datetime
    filed_by: UUID | None
    mediator: UUID | None
    lawyer: UUID | None
    volunteer: UUID | None
    session_at: datetime | None
    session_place: str
    agreement: str
    agreed_on: date | None
    perform_until: datetime | None
    confirmation: str
    reason: str
    provenance: Provenance

    @property
    def panel(self) -> tuple[UUID | None, ...]:
        """Who mediates: mediator, lawyer, legal volunteer."""
        return (self.mediator, self.lawyer, self.volunteer)


class MediationParty(PlacedRecord, frozen=True, kw_only=True):
    """A party of a case; it stands where the case stands, and its reader stands to it as to the case."""

    version: int = 1
    case: UUID
    side: Side
    account: UUID | None
    name: str
    phone: str
    address: str


class LegalAdviser(PlacedRecord, frozen=True, kw_only=True):
    """A community's legal adviser for a term; `valid_to` is the first day without."""

    account: UUID | None
    name: str
    name_en: str
    firm: str
    valid_from: date
    valid_to: date | None
    provenance: Provenance


class DutyHours(PlacedRecord, frozen=True, kw_only=True):
    """Hours in which an adviser can be met."""

    adviser: UUID
    starts_at: datetime
    ends_at: datetime
    location: str
    cancelled: bool


class LegalConsultation(PlacedRecord, frozen=True, kw_only=True):
    """A legal service given on a day; `client` is the account of whom it was given to, if they have one."""

    adviser: UUID
    service: LegalService
    on: date
    client: UUID | None
    topic: str
    summary: str
    provenance: Provenance


class CaseCount(msgspec.Struct, frozen=True):
    """How many cases of a kind of dispute ended, or stand, in a state."""

    dispute: Dispute
    state: CaseState
    count: int


class MediationStatistics(msgspec.Struct, frozen=True):
    """The cases filed in a place during a term of days, without anything about their parties.

    `success_rate` is agreements among the mediations that came to an end, None before one did.
    """

    filed: int
    settled: int
    failed: int
    success_rate: float | None
    counts: tuple[CaseCount, ...]
