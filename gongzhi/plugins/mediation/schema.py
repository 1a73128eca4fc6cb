"""The module's part of the API."""

from datetime import date, datetime
from typing import Annotated

import msgspec
import strawberry

from gongzhi.api import (
    Info,
    Listing,
    Needs,
    Node,
    Provenance,
    Territory,
    TerritoryRecord,
    Within,
    about,
    annotated,
    connection,
    enum_type,
    field,
    guarded,
    loaded,
    object_type,
    present,
    record_type,
    stateful,
    viewer,
)
from gongzhi.plugins.mediation import advisers, cases, records
from gongzhi.plugins.mediation.kinds import (
    DISPUTES,
    LEGAL_SERVICES,
    SEATS,
    SIDES,
    STATES,
    CaseState,
    Dispute,
    LegalService,
    Seat,
    Side,
)
from gongzhi.plugins.mediation.registers import ADVISERS, CASES, CONSULTATIONS, DUTIES
from gongzhi.plugins.mediation.resources import ADVISER, CASE, CONSULTATION, STATISTICS
from gongzhi.plugins.mediation.workflow import CASE as CASE_WORKFLOW

enum_type(Side, "MediationSide", SIDES)
enum_type(Seat, "MediationSeat", SEATS)
enum_type(Dispute, "DisputeKind", DISPUTES)
enum_type(LegalService, "LegalServiceKind", LEGAL_SERVICES)
enum_type(CaseState, "MediationCaseState", STATES)

READ_CASES, READ_ADVISERS = Needs(CASE.name, "read"), Needs(ADVISER.name, "read")
READ_CONSULTATIONS = Needs(CONSULTATION.name, "read")
On = Annotated[date | None, about("In office on this day; today if left out.")]


@object_type(records.MediationParty)
class MediationParty:
    """Somebody in a dispute. Who it is, is confidential."""

    side: Side = viewer("On which side.")
    name: str | None = guarded(CASE, "name", "The party's name.")
    phone: str | None = guarded(CASE, "phone", "The party's telephone number.")
    address: str | None = guarded(CASE, "address", "Where the party lives.")


@object_type(cases.Panelist)
class MediationPanelMember:
    """Somebody who mediates in a case."""

    seat: Seat = viewer("As what.")
    code: str = viewer("The code of the account.")
    name: str = viewer("The name.")


@record_type(CASES)
@stateful(CASE_WORKFLOW)
@annotated(CASE)
class MediationCase(Node):
    """A dispute brought to people's mediation. Seen by its parties, its panel, and those who answer for the place."""

    path: str = viewer("The territory path.")
    dispute: Dispute = viewer("What it is about.")
    title: str = viewer("What it is about, without names.")
    description: str | None = guarded(CASE, "description", "The facts of the dispute.")
    filed_at: datetime = viewer("When it was filed.")
    session_at: datetime | None = viewer("When the parties meet, or met.")
    session_place: str = viewer("Where the parties meet.")
    agreement: str | None = guarded(CASE, "agreement", "What the parties agreed upon.")
    agreed_on: date | None = viewer("The day of the agreement.")
    perform_until: datetime | None = viewer("Until when the agreement is to be performed.")
    confirmation: str = viewer("The court's ruling that confirms the agreement.")
    reason: str | None = guarded(CASE, "reason", "Why it was declined, failed or was breached.")
    provenance: Provenance = viewer("Where the record comes from.")
    version: int = viewer("Counts its changes; a mutation names the one that its caller saw.")

    @viewer("The parties, applicants first.")
    async def parties(root: strawberry.Parent[records.MediationCase], info: Info) -> list[MediationParty]:
        """Each stands where the case stands."""
        found = await info.context.batch(cases.parties_of, root.id) or []
        standing = {"path": root.path, "organization": root.organization, "relations": root.relations}
        return present([msgspec.structs.replace(party, **standing) for party in found])

    @viewer("Who mediates; empty before the case is accepted.")
    async def panel(root: strawberry.Parent[records.MediationCase], info: Info) -> list[MediationPanelMember]:
        """All of a page at once."""
        named = [(seat, key) for seat, key in zip(Seat, root.panel, strict=True) if key is not None]
        people = [(seat, await info.context.batch(cases.people, key)) for seat, key in named]
        return present([cases.Panelist(seat, person.code, person.name) for seat, person in people if person])

    territory = viewer("The place.", resolver=loaded(Territory, "loaders.territory_at", "path"))


@record_type(ADVISERS)
class LegalAdviser(Node):
    """The legal adviser of a community for a term: each community has one (一社区一法律顾问)."""

    path: str = viewer("The community's path.")
    name: str = viewer("The adviser's name.")
    name_en: str = viewer("The name in English.")
    firm: str = viewer("The law firm.")
    valid_from: date = viewer("The first day of the term.")
    valid_to: date | None = viewer("The first day without; null while it goes on.")
    provenance: Provenance = viewer("Where the record comes from.")
    version: int = viewer("Counts its changes; a mutation names the one that its caller saw.")


@record_type(DUTIES)
class DutyHours(Node):
    """Hours in which a community's legal adviser can be met."""

    path: str = viewer("The community's path.")
    starts_at: datetime = viewer("From when.")
    ends_at: datetime = viewer("Until when.")
    location: str = viewer("Where.")
    cancelled: bool = viewer("Whether they were cancelled.")
    version: int = viewer("Counts its changes; a mutation names the one that its caller saw.")

    adviser = viewer("Whom one meets.", resolver=loaded(LegalAdviser | None, advisers.advisers_by_ids, "adviser"))


@record_type(CONSULTATIONS)
class LegalConsultation(Node):
    """A legal service that an adviser gave. What was said is confidential."""

    path: str = viewer("The community's path.")
    service: LegalService = viewer("Which of the five services.")
    on: date = viewer("The day.")
    topic: str | None = guarded(CONSULTATION, "topic", "What it was about.")
    summary: str | None = guarded(CONSULTATION, "summary", "What was said.")
    provenance: Provenance = viewer("Where the record comes from.")

    adviser = viewer("Who gave it.", resolver=loaded(LegalAdviser | None, advisers.advisers_by_ids, "adviser"))


@object_type(records.CaseCount)
class MediationCount:
    """How many cases of a kind stand in a state."""

    dispute: Dispute = viewer("What they are about.")
    state: CaseState = viewer("Where they stand.")
    count: int = viewer("How many.")


@object_type(records.MediationStatistics)
class MediationStatistics:
    """The cases of a place in numbers, without anything about their parties."""

    filed: int = viewer("How many were filed.")
    settled: int = viewer("How many ended in an agreement.")
    failed: int = viewer("How many ended without one.")
    success_rate: float | None = viewer("Agreements among the mediations that ended, 0 to 1; null before one did.")
    counts: list[MediationCount] = viewer("By kind of dispute and state.")


@strawberry.type
class MediationQuery:
    """Cases, advisers, duty hours and consultations."""

    @connection("Mediation cases that you may see, in the order in which they were filed.", MediationCase, READ_CASES)
    def mediation_cases(
        self,
        info: Info,
        within: Within = None,
        state: Annotated[CaseState | None, about("Only in this state.")] = None,
        dispute: Annotated[Dispute | None, about("Only about this.")] = None,
        overdue: Annotated[bool | None, about("Only those whose next step is overdue, or is not.")] = None,
    ) -> Listing:
        """Within scope."""
        wanted = cases.CaseFilter(within=within, state=state, dispute=dispute, overdue=overdue)
        return lambda page: cases.cases(info.context.principal, wanted, page)

    @field("How many disputes were brought to mediation and how they ended.", Needs(STATISTICS.name, "read"))
    async def mediation_statistics(
        self,
        info: Info,
        within: Annotated[str, about("The path of a community or of what is above one.")],
        first: Annotated[date | None, about("Filed on this day or later.")] = None,
        last: Annotated[date | None, about("Filed on this day or earlier.")] = None,
    ) -> MediationStatistics | None:
        """One statement."""
        return present(await cases.statistics(info.context.principal, within, first, last))

    @connection("The legal advisers of communities, by place.", LegalAdviser, READ_ADVISERS)
    def legal_advisers(self, info: Info, within: Within = None, on: On = None) -> Listing:
        """Within scope."""
        return lambda page: advisers.advisers(info.context.principal, within, on, page)

    @connection("When legal advisers can be met, the next first.", DutyHours, READ_ADVISERS)
    def duty_roster(
        self,
        info: Info,
        within: Within = None,
        since: Annotated[datetime | None, about("That end after this moment; now if left out.")] = None,
        until: Annotated[datetime | None, about("That begin before this moment.")] = None,
    ) -> Listing:
        """Within scope."""
        return lambda page: advisers.duties(info.context.principal, within, since, until, page)

    @connection("Legal services given, in the order of their entry.", LegalConsultation, READ_CONSULTATIONS)
    def legal_consultations(
        self,
        info: Info,
        within: Within = None,
        service: Annotated[LegalService | None, about("Only of this kind.")] = None,
    ) -> Listing:
        """Within scope."""
        return lambda page: advisers.consultations(info.context.principal, within, service, page)


@object_type()
class TerritoryMediation:
    """What a place has of mediation."""

    @connection("Its mediation cases that you may see.", MediationCase, READ_CASES)
    def mediation_cases(root: strawberry.Parent[TerritoryRecord], info: Info) -> Listing:
        """Within scope."""
        return lambda page: cases.cases(info.context.principal, cases.CaseFilter(within=root.path), page)

    @field("Today's legal adviser of the community; null elsewhere.", READ_ADVISERS)
    async def legal_adviser(root: strawberry.Parent[TerritoryRecord], info: Info) -> LegalAdviser | None:
        """All of a page at once."""
        return present(await info.context.batch(advisers.adviser_of, root.path))
