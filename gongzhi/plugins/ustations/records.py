"""The module's records, as the rest of the program sees them."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from gongzhi.api import PlacedRecord, Provenance, StatefulRecord
from gongzhi.plugins.ustations.kinds import RedemptionState, ShiftState, SignUpState


class UStation(PlacedRecord, frozen=True, kw_only=True):
    """A volunteer station; with a Love Bank from a day on, if it has one."""

    code: str
    name: str
    name_en: str
    love_bank_from: date | None
    closed_on: date | None
    provenance: Provenance


class Volunteer(PlacedRecord, frozen=True, kw_only=True):
    """An account that volunteers; `path` is the community that keeps their points."""

    account: UUID
    name: str
    phone: str
    suspended: bool
    registered_on: date
    provenance: Provenance


class VolunteerShift(StatefulRecord, frozen=True, kw_only=True):
    """Hours at a station in which volunteers are wanted."""

    state: ShiftState
    station: UUID
    task: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int
    reason: str

    @property
    def free(self) -> int:
        """How many more volunteers are wanted."""
        return self.capacity - self.taken


class ShiftSignUp(StatefulRecord, frozen=True, kw_only=True):
    """A volunteer's part in a shift, and the minutes and points that it gave. `rate` is points an hour."""

    state: SignUpState
    shift: UUID
    volunteer: UUID
    account: UUID
    starts_at: datetime
    ends_at: datetime
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    minutes: int
    rate: int
    points: int


class LoveBankRate(PlacedRecord, frozen=True, kw_only=True):
    """Points an hour at a place and below it, from a day on."""

    points_per_hour: int
    valid_from: date


class LoveBankReward(PlacedRecord, frozen=True, kw_only=True):
    """What a station gives for `cost` points; `stock` is how many there still are."""

    station: UUID
    name: str
    name_en: str
    cost: int
    stock: int
    provenance: Provenance


class LoveBankRedemption(StatefulRecord, frozen=True, kw_only=True):
    """A volunteer's points for a reward."""

    state: RedemptionState
    reward: UUID
    volunteer: UUID
    account: UUID
    cost: int
    hold: UUID
    reason: str


class VolunteerTransfer(PlacedRecord, frozen=True, kw_only=True):
    """A volunteer's move from one community to another, and the points that went along."""

    volunteer: UUID
    account: UUID
    from_path: str
    points: int
    on: date


class PointsLine(msgspec.Struct, frozen=True):
    """One line of a volunteer's account: positive where points came in. `source` is the record that it follows from."""

    day: date
    memo: str
    source: str
    points: int
    balance: int


class Points(msgspec.Struct, frozen=True):
    """A volunteer's points: all, those set apart for redemptions, and the lines of a period."""

    balance: int
    held: int
    lines: tuple[PointsLine, ...]

    @property
    def available(self) -> int:
        """What can be redeemed."""
        return self.balance - self.held
