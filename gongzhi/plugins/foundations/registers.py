"""The module's registers: its tables with the relations in which callers stand to their rows."""

from gongzhi.api import Register
from gongzhi.plugins.foundations import records
from gongzhi.plugins.foundations.resources import DONATION, FUND, GRANT, PROPOSER, SELF, SIGNER
from gongzhi.plugins.foundations.tables import Donation, Fund, Grant

FUNDS = Register(FUND.name, Fund, records.CommunityFund, "fund", order=((Fund.code, str),))
DONATIONS = Register(
    DONATION.name,
    Donation,
    records.Donation,
    "donation",
    relations={SELF: lambda caller: Donation.donor_account == caller.account_id},
)
GRANTS = Register(
    GRANT.name,
    Grant,
    records.FundGrant,
    "grant",
    relations={
        SIGNER: lambda caller: Grant.fund.is_in(
            Fund.select(Fund.id).where(Fund.signers.like(f'%"{caller.account_id}"%'))
        ),
        PROPOSER: lambda caller: Grant.proposer == caller.account_id,
    },
)
