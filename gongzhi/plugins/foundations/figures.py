"""The published figure that the module's records give: F067."""

from collections.abc import Mapping

from gongzhi.api import FigureSource, Scenario
from gongzhi.plugins.foundations.kinds import DonationState
from gongzhi.plugins.foundations.tables import Donation, Fund

FOUNDATION = "huaqiangbei-foundation"
"""The code of the foundation whose first fundraising the source states."""
_FEN = 100


async def compute(scenario: Scenario) -> Mapping[str, int | None]:
    """What that foundation had received up to the day, in yuan."""
    funds = await Fund.select(Fund.id).where(Fund.code == FOUNDATION).output(as_list=True)
    if not funds:
        return {"huaqiangbei_fund": None}
    arrived = [DonationState.received.value, DonationState.receipted.value]
    rows = await (
        Donation.select(Donation.amount)
        .where(Donation.fund.is_in(funds))
        .where(Donation.state.is_in(arrived))
        .where(Donation.received_on <= scenario.day)
    )
    return {"huaqiangbei_fund": sum(row["amount"] for row in rows) // _FEN}


FIGURES = (FigureSource(frozenset({"huaqiangbei_fund"}), compute),)
