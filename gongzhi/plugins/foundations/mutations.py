"""The module's mutations. Where many claim the same money at once, they wait for each other."""

from typing import Any

from gongzhi.api import Isolation, Mutation, Resource, mutations_of, notes_of
from gongzhi.plugins.foundations import commands, service
from gongzhi.plugins.foundations.registers import GRANTS
from gongzhi.plugins.foundations.resources import DONATION, FUND, GRANT
from gongzhi.plugins.foundations.schema import CommunityFund, Donation, FundGrant
from gongzhi.plugins.foundations.workflow import DONATION as DONATION_WORKFLOW
from gongzhi.plugins.foundations.workflow import GRANT as GRANT_WORKFLOW

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


MUTATIONS = (
    _mutation(
        "openFund",
        commands.OpenFund,
        FUND,
        "open",
        service.open_fund,
        {"fund": CommunityFund},
        "Open a foundation or a named fund, and say who must sign its grants.",
    ),
    _mutation(
        "pledgeDonation",
        commands.PledgeDonation,
        DONATION,
        "pledge",
        service.pledge,
        {"donation": Donation},
        "Enter what somebody promised to give.",
    ),
    *mutations_of(DONATION_WORKFLOW, Donation, WAITING),
    _mutation(
        "proposeFundGrant",
        commands.ProposeGrant,
        GRANT,
        "propose",
        service.propose,
        {"grant": FundGrant},
        "Propose a grant.",
    ),
    _mutation(
        "signFundGrant",
        commands.SignGrant,
        GRANT,
        "sign",
        service.sign,
        {"grant": FundGrant},
        "Sign a reviewed grant; the last signature that is needed approves it and sets its amount apart.",
    ),
    *mutations_of(GRANT_WORKFLOW, FundGrant, WAITING),
    *notes_of(GRANTS, FundGrant),
)
