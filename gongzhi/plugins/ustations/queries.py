"""What can be asked of the module."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from gongzhi.api import Info, Listing, Needs, Within, about, connection, decode_id_of, present, private
from gongzhi.plugins.ustations import rewards, shifts, stations
from gongzhi.plugins.ustations.kinds import RedemptionState, ShiftState
from gongzhi.plugins.ustations.resources import RATE, REDEMPTION, REWARD, SHIFT, SIGN_UP, STATION, VOLUNTEER
from gongzhi.plugins.ustations.schema import (
    LoveBankRate,
    LoveBankRedemption,
    LoveBankReward,
    ShiftSignUp,
    UStation,
    Volunteer,
    VolunteerShift,
)

StationArgument = Annotated[strawberry.ID | None, about("Only of the station of this id.")]


@strawberry.type
class UStationQuery:
    """Stations, volunteers, shifts and the Love Bank."""

    @connection("U-stations, by code.", UStation, Needs(STATION.name, "read"))
    def u_stations(
        self,
        info: Info,
        within: Within = None,
        love_bank: Annotated[bool | None, about("Only those with a Love Bank today, or without.")] = None,
    ) -> Listing:
        """Within scope."""
        return lambda page: stations.stations(info.context.principal, within, love_bank, page)

    @connection("Shifts, by their beginning.", VolunteerShift, Needs(SHIFT.name, "read"))
    def volunteer_shifts(
        self,
        info: Info,
        within: Within = None,
        station: StationArgument = None,
        state: Annotated[ShiftState | None, about("Only in this state.")] = None,
        since: Annotated[datetime | None, about("That end after this moment.")] = None,
        until: Annotated[datetime | None, about("That begin before this moment.")] = None,
    ) -> Listing:
        """Within scope."""
        wanted = shifts.ShiftFilter(within, _station(station), state, since, until)
        return lambda page: shifts.shifts(info.context.principal, wanted, page)

    @private("The volunteer that you are; null if you are none.")
    async def my_volunteer(self, info: Info) -> Volunteer | None:
        """By the account."""
        return present(await stations.volunteer_of(info.context.principal))

    @connection("Volunteers that you may see, as they registered.", Volunteer, Needs(VOLUNTEER.name, "read"))
    def volunteers(self, info: Info, within: Within = None) -> Listing:
        """Within scope."""
        return lambda page: stations.volunteers(info.context.principal, within, page)

    @connection("Sign-ups that you may see.", ShiftSignUp, Needs(SIGN_UP.name, "read"))
    def shift_sign_ups(
        self, info: Info, shift: Annotated[strawberry.ID | None, about("Only for the shift of this id.")] = None
    ) -> Listing:
        """Within scope."""
        key = decode_id_of("VolunteerShift", shift, "shift") if shift is not None else None
        return lambda page: shifts.sign_ups(info.context.principal, key, None, page)

    @connection("What an hour was and is worth, in the order of setting.", LoveBankRate, Needs(RATE.name, "read"))
    async def love_bank_rates(
        self, info: Info, path: Annotated[str | None, about("Only what holds at this place.")] = None
    ) -> Listing:
        """Within scope."""
        return lambda page: rewards.rates(info.context.principal, path, page)

    @connection("What stations give for points.", LoveBankReward, Needs(REWARD.name, "read"))
    def love_bank_rewards(self, info: Info, within: Within = None, station: StationArgument = None) -> Listing:
        """Within scope."""
        return lambda page: rewards.rewards(info.context.principal, within, _station(station), page)

    @connection("Redemptions that you may see.", LoveBankRedemption, Needs(REDEMPTION.name, "read"))
    def love_bank_redemptions(
        self, info: Info, state: Annotated[RedemptionState | None, about("Only in this state.")] = None
    ) -> Listing:
        """Within scope."""
        return lambda page: rewards.redemptions(info.context.principal, state, None, page)


def _station(key: str | None) -> UUID | None:
    return decode_id_of("UStation", key, "station") if key is not None else None
