"""What callers say about stations, volunteers, shifts and the Love Bank."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from gongzhi.api import Code, Day, Name, NameEn, Path, Provenance, Version, node

AccountCode = Annotated[str, Meta(max_length=64, description="The code of an account.")]
Moment = Annotated[datetime, Meta(tz=True, description="With its time zone.")]
Origin = Annotated[Provenance, Meta(description="Where the record comes from.")]
Phone = Annotated[str, Meta(max_length=40, pattern=r"^[0-9+() -]*$", description="A telephone number. Guarded.")]
Points = Annotated[int, Meta(ge=1, le=1_000_000, description="Points of the Love Bank.")]
Places = Annotated[int, Meta(ge=1, le=10_000, description="How many volunteers are wanted.")]
Stock = Annotated[int, Meta(ge=0, le=1_000_000, description="How many there are.")]
StationId = Annotated[UUID, node("UStation", "The station.")]
VolunteerId = Annotated[UUID, node("Volunteer", "The volunteer.")]


class OpenStation(msgspec.Struct, frozen=True, kw_only=True):
    """Open a U-station at a place, run by an organization."""

    code: Code
    name: Name
    name_en: NameEn = ""
    path: Path
    organization: Annotated[str, Meta(max_length=64, description="The code of the organization.")] | None = None
    provenance: Origin = Provenance.official


class StartLoveBank(msgspec.Struct, frozen=True, kw_only=True):
    """Let a station have a Love Bank from a day on (today if None)."""

    station: StationId
    version: Version
    valid_from: Day | None = None


class CloseStation(msgspec.Struct, frozen=True, kw_only=True):
    """Close a station today; it has no shifts to come."""

    station: StationId
    version: Version


class RegisterVolunteer(msgspec.Struct, frozen=True, kw_only=True):
    """Become a volunteer of a community. Staff may register somebody else by their account."""

    path: Path
    phone: Phone = ""
    account: AccountCode | None = None
    provenance: Origin = Provenance.official


class SuspendVolunteer(msgspec.Struct, frozen=True, kw_only=True):
    """Let a volunteer sign up for nothing more, or again."""

    volunteer: VolunteerId
    version: Version
    suspended: Annotated[bool, Meta(description="False admits them again.")] = True


class TransferVolunteer(msgspec.Struct, frozen=True, kw_only=True):
    """Move a volunteer to another community; the points go along."""

    volunteer: VolunteerId
    version: Version
    path: Path


class PlanShift(msgspec.Struct, frozen=True, kw_only=True):
    """Plan hours in which volunteers are wanted."""

    station: StationId
    task: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S", description="What is to be done.")]
    starts_at: Moment
    ends_at: Moment
    capacity: Places


class Because(msgspec.Struct, frozen=True, kw_only=True):
    """Why."""

    reason: Annotated[str, Meta(min_length=1, max_length=2000, pattern=r"\S", description="Why; who is told reads it.")]


class SignUpForShift(msgspec.Struct, frozen=True, kw_only=True):
    """Sign up for a shift, as the volunteer that the caller is."""

    shift: Annotated[UUID, node("VolunteerShift", "The shift.")]


class SetRate(msgspec.Struct, frozen=True, kw_only=True):
    """Let an hour be worth so many points at a place and below it, from a day on (today if None)."""

    path: Path
    points_per_hour: Points
    valid_from: Day | None = None


class OfferReward(msgspec.Struct, frozen=True, kw_only=True):
    """Offer something for points at a station with a Love Bank."""

    station: StationId
    name: Name
    name_en: NameEn = ""
    cost: Points
    stock: Stock
    provenance: Origin = Provenance.official


class RestockReward(msgspec.Struct, frozen=True, kw_only=True):
    """Say how many of a reward there are; zero takes it off the list."""

    reward: Annotated[UUID, node("LoveBankReward", "The reward.")]
    version: Version
    stock: Stock


class RequestRedemption(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for a reward, as the volunteer that the caller is; its points are set apart."""

    reward: Annotated[UUID, node("LoveBankReward", "The reward.")]
