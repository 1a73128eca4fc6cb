"""The module's mutations. Where many claim the same places or points at once, they wait for each other."""

from gongzhi.api import Mutation, mutations_of, of_caller, waiting
from gongzhi.plugins.ustations import commands, rewards, shifts, stations
from gongzhi.plugins.ustations.resources import RATE, REDEMPTION, REWARD, SHIFT, SIGN_UP, STATION, VOLUNTEER
from gongzhi.plugins.ustations.schema import (
    LoveBankRate,
    LoveBankRedemption,
    LoveBankReward,
    ShiftSignUp,
    UStation,
    Volunteer,
    VolunteerShift,
    VolunteerTransfer,
)
from gongzhi.plugins.ustations.workflow import REDEMPTION as REDEMPTION_WORKFLOW
from gongzhi.plugins.ustations.workflow import SHIFT as SHIFT_WORKFLOW
from gongzhi.plugins.ustations.workflow import SIGN_UP as SIGN_UP_WORKFLOW

_STATION, _VOLUNTEER, _REWARD = {"station": UStation}, {"volunteer": Volunteer}, {"reward": LoveBankReward}
MUTATIONS = waiting(
    Mutation(
        "openUStation",
        commands.OpenStation,
        STATION.name,
        "open",
        of_caller(stations.open_station),
        _STATION,
        "Open a station.",
    ),
    Mutation(
        "startLoveBank",
        commands.StartLoveBank,
        STATION.name,
        "update",
        of_caller(stations.start_love_bank),
        _STATION,
        "Let a station have a Love Bank.",
    ),
    Mutation(
        "closeUStation",
        commands.CloseStation,
        STATION.name,
        "close",
        of_caller(stations.close_station),
        _STATION,
        "Close a station that has no shifts to come.",
    ),
    Mutation(
        "registerVolunteer",
        commands.RegisterVolunteer,
        VOLUNTEER.name,
        "register",
        of_caller(stations.register),
        _VOLUNTEER,
        "Become a volunteer of a community.",
    ),
    Mutation(
        "suspendVolunteer",
        commands.SuspendVolunteer,
        VOLUNTEER.name,
        "suspend",
        of_caller(stations.suspend),
        _VOLUNTEER,
        "Let a volunteer sign up for nothing more, or again.",
    ),
    Mutation(
        "transferVolunteer",
        commands.TransferVolunteer,
        VOLUNTEER.name,
        "transfer",
        of_caller(stations.transfer),
        {"volunteer": Volunteer, "transfer": VolunteerTransfer},
        "Move a volunteer to another community, with their points.",
    ),
    Mutation(
        "planVolunteerShift",
        commands.PlanShift,
        SHIFT.name,
        "plan",
        of_caller(shifts.plan),
        {"shift": VolunteerShift},
        "Plan hours in which volunteers are wanted.",
    ),
    *mutations_of(SHIFT_WORKFLOW, VolunteerShift),
    Mutation(
        "signUpForShift",
        commands.SignUpForShift,
        SIGN_UP.name,
        "sign_up",
        of_caller(shifts.sign_up),
        {"sign_up": ShiftSignUp},
        "Take a place on a shift, as the volunteer that you are.",
    ),
    *mutations_of(SIGN_UP_WORKFLOW, ShiftSignUp),
    Mutation(
        "setLoveBankRate",
        commands.SetRate,
        RATE.name,
        "set",
        of_caller(rewards.set_rate),
        {"rate": LoveBankRate},
        "Let an hour be worth so many points from a day on; what was earned before stays.",
    ),
    Mutation(
        "offerLoveBankReward",
        commands.OfferReward,
        REWARD.name,
        "offer",
        of_caller(rewards.offer),
        _REWARD,
        "Offer something for points at a station with a Love Bank.",
    ),
    Mutation(
        "restockLoveBankReward",
        commands.RestockReward,
        REWARD.name,
        "update",
        of_caller(rewards.restock),
        _REWARD,
        "Say how many of a reward there are.",
    ),
    Mutation(
        "requestLoveBankRedemption",
        commands.RequestRedemption,
        REDEMPTION.name,
        "request",
        of_caller(rewards.request_redemption),
        {"redemption": LoveBankRedemption},
        "Ask for a reward; its points are set apart until it is decided.",
    ),
    *mutations_of(REDEMPTION_WORKFLOW, LoveBankRedemption),
)
