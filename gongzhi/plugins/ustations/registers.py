"""The module's registers: its tables with the relation in which a volunteer stands to their rows."""

from datetime import datetime
from uuid import UUID

from gongzhi.api import Register
from gongzhi.plugins.ustations import records
from gongzhi.plugins.ustations.resources import (
    RATE,
    REDEMPTION,
    REWARD,
    SELF,
    SHIFT,
    SIGN_UP,
    STATION,
    VOLUNTEER,
)
from gongzhi.plugins.ustations.tables import Rate, Redemption, Reward, Shift, SignUp, Station, Transfer, Volunteer

STATIONS = Register(STATION.name, Station, records.UStation, "station", order=((Station.code, str),))
VOLUNTEERS = Register(
    VOLUNTEER.name,
    Volunteer,
    records.Volunteer,
    "volunteer",
    relations={SELF: lambda caller: Volunteer.account == caller.account_id},
)
SHIFTS = Register(
    SHIFT.name, Shift, records.VolunteerShift, "shift", order=((Shift.starts_at, datetime), (Shift.id, UUID))
)
SIGN_UPS = Register(
    SIGN_UP.name,
    SignUp,
    records.ShiftSignUp,
    "sign_up",
    relations={SELF: lambda caller: SignUp.account == caller.account_id},
)
RATES = Register(RATE.name, Rate, records.LoveBankRate, "rate")
REWARDS = Register(REWARD.name, Reward, records.LoveBankReward, "reward")
REDEMPTIONS = Register(
    REDEMPTION.name,
    Redemption,
    records.LoveBankRedemption,
    "redemption",
    relations={SELF: lambda caller: Redemption.account == caller.account_id},
)
TRANSFERS = Register(
    VOLUNTEER.name,
    Transfer,
    records.VolunteerTransfer,
    "transfer",
    relations={SELF: lambda caller: Transfer.account == caller.account_id},
)
