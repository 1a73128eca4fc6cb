"""What can be asked of the module."""

from typing import Annotated
from uuid import UUID

import strawberry

from gongzhi.api import Info, Listing, Needs, Within, about, connection, decode_id_of
from gongzhi.plugins.foundations import service
from gongzhi.plugins.foundations.kinds import DonationState, GrantState
from gongzhi.plugins.foundations.resources import DONATION, FUND, GRANT
from gongzhi.plugins.foundations.schema import CommunityFund, Donation, FundGrant

FundArgument = Annotated[strawberry.ID | None, about("Only of the fund of this id.")]


def _fund(key: str | None) -> UUID | None:
    return decode_id_of("CommunityFund", key, "fund") if key is not None else None


@strawberry.type
class FoundationsQuery:
    """Funds, donations and grants."""

    @connection("Community foundations and named funds, by code.", CommunityFund, Needs(FUND.name, "read"))
    def community_funds(self, info: Info, within: Within = None) -> Listing:
        """Within scope."""
        return lambda page: service.funds(info.context.principal, within, page)

    @connection("Donations that you may see, in the order of their entry.", Donation, Needs(DONATION.name, "read"))
    def donations(
        self,
        info: Info,
        fund: FundArgument = None,
        state: Annotated[DonationState | None, about("Only in this state.")] = None,
    ) -> Listing:
        """Within scope."""
        return lambda page: service.donations(info.context.principal, _fund(fund), state, page)

    @connection("Grants, in the order of their proposal.", FundGrant, Needs(GRANT.name, "read"))
    def fund_grants(
        self,
        info: Info,
        fund: FundArgument = None,
        state: Annotated[GrantState | None, about("Only in this state.")] = None,
    ) -> Listing:
        """Within scope."""
        return lambda page: service.grants(info.context.principal, _fund(fund), state, page)
