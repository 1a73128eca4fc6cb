"""The module's mutations. Where many claim the same places or points at once, they wait for each other."""

from typing import Any

from gongzhi.api import Isolation, Mutation, Resource, mutations_of
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

WAITING: Isolation = "read committed"


def _mutation(
    name: str, command: type, resource: Resource, action: str, use_case: Any, results: dict[str, Any], text: str
) -> Mutation:
    return Mutation(
        name=name,
        command=command,
        resource=resource.name,
        action=action,
        perform=lambda context, given: use_case(context.principal, given),
        results=results,
        description=text,
        isolation=WAITING,
    )


_STATION, _VOLUNTEER, _REWARD = {"station": UStation}, {"volunteer": Volunteer}, {"reward": LoveBankReward}
MUTATIONS = (
    _mutation(
        "openUStation", commands.OpenStation, STATION, "open", stations.open_station, _STATION, "Open a station."
    ),
    _mutation(
        "startLoveBank",
        commands.StartLoveBank,
        STATION,
        "update",
        stations.start_love_bank,
        _STATION,
        "Let a station have a Love Bank.",
    ),
    _mutation(
        "closeUStation",
        commands.CloseStation,
        STATION,
        "close",
        stations.close_station,
        _STATION,
        "Close a station that has no shifts to come.",
    ),
    _mutation(
        "registerVolunteer",
        commands.RegisterVolunteer,
        VOLUNTEER,
        "register",
        stations.register,
        _VOLUNTEER,
        "Become a volunteer of a community.",
    ),
    _mutation(
        "suspendVolunteer",
        commands.SuspendVolunteer,
        VOLUNTEER,
        "suspend",
        stations.suspend,
        _VOLUNTEER,
        "Let a volunteer sign up for nothing more, or again.",
    ),
    _mutation(
        "transferVolunteer",
        commands.TransferVolunteer,
        VOLUNTEER,
        "transfer",
        stations.transfer,
        {"volunteer": Volunteer, "transfer": VolunteerTransfer},
        "Move a volunteer to another community, with their points.",
    ),
    _mutation(
        "planVolunteerShift",
        commands.PlanShift,
        SHIFT,
        "plan",
        shifts.plan,
        {"shift": VolunteerShift},
        "Plan hours in which volunteers are wanted.",
    ),
    *mutations_of(SHIFT_WORKFLOW, VolunteerShift, WAITING),
    _mutation(
        "signUpForShift",
        commands.SignUpForShift,
        SIGN_UP,
        "sign_up",
        shifts.sign_up,
        {"sign_up": ShiftSignUp},
        "Take a place on a shift, as the volunteer that you are.",
    ),
    *mutations_of(SIGN_UP_WORKFLOW, ShiftSignUp, WAITING),
    _mutation(
        "setLoveBankRate",
        commands.SetRate,
        RATE,
        "set",
        rewards.set_rate,
        {"rate": LoveBankRate},
        "Let an hour be worth so many points from a day on; what was earned before stays.",
    ),
    _mutation(
        "offerLoveBankReward",
        commands.OfferReward,
        REWARD,
        "offer",
        rewards.offer,
        _REWARD,
        "Offer something for points at a station with a Love Bank.",
    ),
    _mutation(
        "restockLoveBankReward",
        commands.RestockReward,
        REWARD,
        "update",
        rewards.restock,
        _REWARD,
        "Say how many of a reward there are.",
    ),
    _mutation(
        "requestLoveBankRedemption",
        commands.RequestRedemption,
        REDEMPTION,
        "request",
        rewards.request_redemption,
        {"redemption": LoveBankRedemption},
        "Ask for a reward; its points are set apart until it is decided.",
    ),
    *mutations_of(REDEMPTION_WORKFLOW, LoveBankRedemption, WAITING),
)
