"""What callers say when they file a case, take a step, appoint an adviser, plan duty hours or record a consultation."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from gongzhi.api import Day, NameEn, Path, Provenance, Version, node
from gongzhi.plugins.mediation.kinds import Dispute, LegalService, Side

AccountCode = Annotated[str, Meta(max_length=64, description="The code of an account.")]
Sentence = Annotated[str, Meta(min_length=1, max_length=2000, pattern=r"\S", description="In a sentence or a few.")]
Facts = Annotated[str, Meta(max_length=4000, description="The facts of the dispute. Confidential.")]
Title = Annotated[
    str, Meta(min_length=1, max_length=120, pattern=r"\S", description="What it is about, without names.")
]
PersonName = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"\S", description="The person's name.")]
Phone = Annotated[str, Meta(max_length=40, pattern=r"^[0-9+() -]*$", description="A telephone number. Confidential.")]
Address = Annotated[str, Meta(max_length=200, description="Where they live. Confidential.")]
Place = Annotated[str, Meta(max_length=200, description="Room and address.")]
Moment = Annotated[datetime, Meta(tz=True, description="With its time zone.")]
Origin = Annotated[Provenance, Meta(description="Where the record comes from.")]


class PartyGiven(msgspec.Struct, frozen=True, kw_only=True):
    """One party of a dispute."""

    side: Annotated[Side, Meta(description="On which side.")]
    name: PersonName
    phone: Phone = ""
    address: Address = ""
    account: AccountCode | None = None


class FileCase(msgspec.Struct, frozen=True, kw_only=True):
    """Bring a dispute to mediation. There is a party on each side; the caller becomes the applicant."""

    path: Path
    dispute: Annotated[Dispute, Meta(description="What it is about.")]
    title: Title
    parties: Annotated[tuple[PartyGiven, ...], Meta(min_length=2, max_length=20, description="Who is in it.")]
    description: Facts = ""
    organization: (
        Annotated[
            str, Meta(max_length=64, description="The code of the mediation committee; the community's if left out.")
        ]
        | None
    ) = None
    provenance: Origin = Provenance.official


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """Who mediates; none of them may be a party."""

    mediator: AccountCode
    lawyer: AccountCode | None = None
    volunteer: AccountCode | None = None


class Because(msgspec.Struct, frozen=True, kw_only=True):
    """Why."""

    reason: Annotated[Sentence, Meta(description="Why; the parties are told.")]


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """When and where the parties meet."""

    at: Annotated[Moment, Meta(description="When the session begins.")]
    place: Place


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """What the parties agreed upon."""

    agreement: Annotated[
        str, Meta(min_length=1, max_length=4000, pattern=r"\S", description="The agreement's terms. Confidential.")
    ]
    perform_until: (
        Annotated[Moment, Meta(description="Until when it is to be performed; at once if left out.")] | None
    ) = None


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """The court's confirmation of an agreement."""

    document: Annotated[
        str, Meta(min_length=1, max_length=200, pattern=r"\S", description="The court and the number of its ruling.")
    ]
    applied_on: Annotated[date, Meta(description="The day on which the parties applied for it.")]


class AppointAdviser(msgspec.Struct, frozen=True, kw_only=True):
    """Give a community its legal adviser from a day on (today if None); the one before ends then."""

    path: Path
    name: PersonName
    name_en: NameEn = ""
    firm: Annotated[str, Meta(max_length=200, description="The law firm.")] = ""
    account: AccountCode | None = None
    valid_from: Day | None = None
    provenance: Origin = Provenance.official


AdviserId = Annotated[UUID, node("LegalAdviser", "The adviser.")]


class EndAdviser(msgspec.Struct, frozen=True, kw_only=True):
    """Let an adviser's term end on a day (today if None)."""

    adviser: AdviserId
    version: Version
    on: Day | None = None


class PlanDuty(msgspec.Struct, frozen=True, kw_only=True):
    """Let an adviser be there for some hours; they do not overlap with other hours of the same adviser."""

    adviser: AdviserId
    starts_at: Moment
    ends_at: Moment
    location: Place = ""


class CancelDuty(msgspec.Struct, frozen=True, kw_only=True):
    """Cancel duty hours that have not begun."""

    duty: Annotated[UUID, node("DutyHours", "The duty hours.")]
    version: Version


class RecordConsultation(msgspec.Struct, frozen=True, kw_only=True):
    """Record a legal service that an adviser gave on a day (today if None)."""

    adviser: AdviserId
    service: Annotated[LegalService, Meta(description="Which of the five services.")]
    topic: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S", description="What it was about. Guarded.")]
    summary: Annotated[str, Meta(max_length=4000, description="What was said. Confidential.")] = ""
    client: AccountCode | None = None
    on: Day | None = None
    provenance: Origin = Provenance.official
