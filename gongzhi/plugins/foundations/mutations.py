"""The module's mutations. Where many claim the same money at once, they wait for each other."""

from gongzhi.api import Mutation, mutations_of, notes_of, of_caller, waiting
from gongzhi.plugins.foundations import commands, service
from gongzhi.plugins.foundations.registers import GRANTS
from gongzhi.plugins.foundations.resources import DONATION, FUND, GRANT
from gongzhi.plugins.foundations.schema import CommunityFund, Donation, FundGrant
from gongzhi.plugins.foundations.workflow import DONATION as DONATION_WORKFLOW
from gongzhi.plugins.foundations.workflow import GRANT as GRANT_WORKFLOW

MUTATIONS = (
    *waiting(
        Mutation(
            "openFund",
            commands.OpenFund,
            FUND.name,
            "open",
            of_caller(service.open_fund),
            {"fund": CommunityFund},
            "Open a foundation or a named fund, and say who must sign its grants.",
        ),
        Mutation(
            "pledgeDonation",
            commands.PledgeDonation,
            DONATION.name,
            "pledge",
            of_caller(service.pledge),
            {"donation": Donation},
            "Enter what somebody promised to give.",
        ),
        *mutations_of(DONATION_WORKFLOW, Donation),
        Mutation(
            "proposeFundGrant",
            commands.ProposeGrant,
            GRANT.name,
            "propose",
            of_caller(service.propose),
            {"grant": FundGrant},
            "Propose a grant.",
        ),
        Mutation(
            "signFundGrant",
            commands.SignGrant,
            GRANT.name,
            "sign",
            of_caller(service.sign),
            {"grant": FundGrant},
            "Sign a reviewed grant; the last signature that is needed approves it and sets its amount apart.",
        ),
        *mutations_of(GRANT_WORKFLOW, FundGrant),
    ),
    *notes_of(GRANTS, FundGrant),
)
