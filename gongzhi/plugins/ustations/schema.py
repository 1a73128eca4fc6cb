"""The module's part of the API."""

from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from gongzhi.api import (
    Info,
    Listing,
    Needs,
    Node,
    Organization,
    Provenance,
    SafeInt,
    TerritoryRecord,
    about,
    connection,
    field,
    guarded,
    loaded,
    object_type,
    place,
    present,
    private,
    record_type,
    stateful,
    viewer,
)
from gongzhi.plugins.ustations import records, rewards, shifts, stations
from gongzhi.plugins.ustations.registers import (
    RATES,
    REDEMPTIONS,
    REWARDS,
    SHIFTS,
    SIGN_UPS,
    STATIONS,
    TRANSFERS,
    VOLUNTEERS,
)
from gongzhi.plugins.ustations.resources import STATION, VOLUNTEER
from gongzhi.plugins.ustations.workflow import REDEMPTION as REDEMPTION_WORKFLOW
from gongzhi.plugins.ustations.workflow import SHIFT as SHIFT_WORKFLOW
from gongzhi.plugins.ustations.workflow import SIGN_UP as SIGN_UP_WORKFLOW

VERSION = "Counts its changes; a mutation names the one that its caller saw."
First = Annotated[date | None, about("From this day on; about a year before `last` if left out.")]
Last = Annotated[date | None, about("Up to this day; today if left out.")]


def _reading(resource: Any) -> Needs:
    return Needs(resource.name, "read")


@record_type(STATIONS)
class UStation(Node):
    """A community volunteer station (社区U站)."""

    code: str = viewer("Its stable code.")
    name: str = viewer("Its name in Chinese.")
    name_en: str = viewer("Its name in English.")
    path: str = viewer("The territory path.")
    love_bank_from: date | None = viewer("The first day of its Love Bank; null where it has none.")
    closed_on: date | None = viewer("The day on which it was closed; null while it is open.")
    provenance: Provenance = viewer("Where the record comes from.")
    version: int = viewer(VERSION)

    organization = viewer("Who runs it.", resolver=loaded(Organization | None, "loaders.organization", "organization"))


@object_type(records.PointsLine)
class PointsLine:
    """A line of a volunteer's account."""

    day: date = private("The day.")
    memo: str = private("What happened.")
    source: str = private("The record that it follows from, as `Type:id`.")
    points: int = private("Positive where points came in.")
    balance: SafeInt = private("What there was afterwards.")


@object_type(records.Points)
class Points:
    """A volunteer's points."""

    balance: SafeInt = private("All of them.")
    held: SafeInt = private("Those set apart for redemptions.")
    available: SafeInt = private("Those that can be redeemed.")
    lines: list[PointsLine] = private("Where they came from and went in the period.")


@record_type(TRANSFERS)
class VolunteerTransfer(Node):
    """A move from one community to another."""

    path: str = viewer("The community that they moved to.")
    from_path: str = viewer("The community that they came from.")
    points: int = viewer("The points that went along.")
    on: date = viewer("The day.")


@record_type(VOLUNTEERS)
class Volunteer(Node):
    """Somebody who volunteers; the community at `path` keeps their points."""

    name: str = viewer("The name.")
    path: str = viewer("The community's path.")
    phone: str | None = guarded(VOLUNTEER, "phone", "The telephone number.")
    suspended: bool = viewer("Whether they can sign up for nothing at present.")
    registered_on: date = viewer("The day of registration.")
    provenance: Provenance = viewer("Where the record comes from.")
    version: int = viewer(VERSION)

    @field("The points, and what they come from.", Needs(VOLUNTEER.name, "see_points", place))
    async def points(
        root: strawberry.Parent[records.Volunteer], info: Info, first: First = None, last: Last = None
    ) -> Points | None:
        """From the ledger."""
        return present(await stations.points_of(info.context.principal, root, first, last))

    @connection("Where they moved from, with their points.", VolunteerTransfer, _reading(VOLUNTEER))
    def transfers(root: strawberry.Parent[records.Volunteer], info: Info) -> Listing:
        """Within scope."""
        return lambda page: stations.transfers(info.context.principal, root.id, page)


@record_type(SHIFTS)
@stateful(SHIFT_WORKFLOW)
class VolunteerShift(Node):
    """Hours at a station in which volunteers are wanted."""

    path: str = viewer("The territory path.")
    task: str = viewer("What is to be done.")
    starts_at: datetime = viewer("When it begins.")
    ends_at: datetime = viewer("When it ends.")
    capacity: int = viewer("How many volunteers are wanted.")
    taken: int = viewer("How many have signed up.")
    free: int = viewer("How many more are wanted.")
    reason: str = viewer("Why it was cancelled.")
    version: int = viewer(VERSION)

    station = viewer("Where.", resolver=loaded(UStation | None, stations.stations_by_ids, "station"))


@record_type(SIGN_UPS)
@stateful(SIGN_UP_WORKFLOW)
class ShiftSignUp(Node):
    """A volunteer's part in a shift."""

    path: str = viewer("The territory path.")
    checked_in_at: datetime | None = viewer("When they checked in.")
    checked_out_at: datetime | None = viewer("When they checked out.")
    minutes: int = viewer("The minutes served within the shift.")
    rate: int = viewer("The points an hour of that day; 0 where the station had no Love Bank.")
    points: int = viewer("The points earned.")
    version: int = viewer(VERSION)

    shift = viewer("Which shift.", resolver=loaded(VolunteerShift | None, shifts.shifts_by_ids, "shift"))

    volunteer = viewer(
        "Who; null for those who may not see volunteers.",
        resolver=loaded(Volunteer | None, stations.volunteers_by_ids, "volunteer"),
    )


@record_type(RATES)
class LoveBankRate(Node):
    """What an hour is worth at a place and below it, from a day on."""

    path: str = viewer("The territory path.")
    points_per_hour: int = viewer("Points an hour.")
    valid_from: date = viewer("The first day.")


@record_type(REWARDS)
class LoveBankReward(Node):
    """What a station gives for points."""

    path: str = viewer("The territory path.")
    name: str = viewer("What it is, in Chinese.")
    name_en: str = viewer("What it is, in English.")
    cost: int = viewer("How many points it takes.")
    stock: int = viewer("How many there are.")
    provenance: Provenance = viewer("Where the record comes from.")
    version: int = viewer(VERSION)

    station = viewer("Which station gives it.", resolver=loaded(UStation | None, stations.stations_by_ids, "station"))


@record_type(REDEMPTIONS)
@stateful(REDEMPTION_WORKFLOW)
class LoveBankRedemption(Node):
    """A volunteer's points for a reward."""

    path: str = viewer("The territory path.")
    cost: int = viewer("How many points it takes.")
    reason: str = viewer("Why it was rejected.")
    version: int = viewer(VERSION)

    reward = viewer("What for.", resolver=loaded(LoveBankReward | None, rewards.rewards_by_ids, "reward"))

    volunteer = viewer(
        "Who; null for those who may not see volunteers.",
        resolver=loaded(Volunteer | None, stations.volunteers_by_ids, "volunteer"),
    )


@object_type()
class TerritoryUStations:
    """What a place has of volunteering."""

    @connection("U-stations there or below.", UStation, _reading(STATION))
    def u_stations(root: strawberry.Parent[TerritoryRecord], info: Info) -> Listing:
        """Within scope."""
        return lambda page: stations.stations(info.context.principal, root.path, None, page)
