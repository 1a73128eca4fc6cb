"""Invented funds, gifts and grants; the first fundraising of one foundation is what the source states."""

from collections.abc import Mapping

from gongzhi.api import SYSTEM, Provenance, advance, principal_for
from gongzhi.plugins.foundations import service
from gongzhi.plugins.foundations.commands import OpenFund, PledgeDonation, ProposeGrant
from gongzhi.plugins.foundations.figures import FOUNDATION
from gongzhi.plugins.foundations.kinds import FundKind
from gongzhi.plugins.foundations.records import CommunityFund
from gongzhi.plugins.foundations.workflow import DONATION

HOME, HUAQIANGBEI = "/futian/nanyuan/dongyuan", "/futian/huaqiangbei"
SIGNERS = ("demo-party-secretary", "demo-committee-director", "demo-station-head")
YUAN = 100
RAISED = (500_000, 400_000, 200_000, 150_000)
"""Yuan; together the 1.25 million that the source states. How it was made up is invented."""
ELDERS = "长者食堂"
_SYNTHETIC = Provenance.synthetic


async def enter() -> Mapping[str, int]:
    """A foundation with the published sum, and Dongyuan's fund for the demo accounts to work with."""
    foundation = await _foundation()
    for number, yuan in enumerate(RAISED, 1):
        await _given(foundation, f"演示捐赠企业{number}", yuan, None, "receive", "receipt")
    fund = await service.open_fund(
        SYSTEM,
        OpenFund(
            code="dongyuan-fund",
            kind=FundKind.named_fund,
            name="东园社区关爱基金（演示）",
            name_en="Dongyuan Care Fund (demo)",
            path=HOME,
            organization="dongyuan-centre",
            parent=foundation.id,
            purpose="支持本社区居民互助项目",
            signers=SIGNERS,
            signatures=2,
            provenance=_SYNTHETIC,
        ),
    )
    await _given(fund, "演示居民甲", 8_000, None, "receive", "receipt")
    await _given(fund, "演示居民乙", 5_000, ELDERS, "receive")
    await _given(fund, "演示居民丙", 1_000, None)
    proposer = await principal_for("demo-org-manager")
    proposal = ProposeGrant(
        fund=fund.id, title="楼栋长者陪伴", grantee="东园社区党群服务中心", amount=3_000 * YUAN, provenance=_SYNTHETIC
    )
    await service.propose(proposer, proposal)
    return {"community funds": 2, "donations": len(RAISED) + 3, "grants": 1}


async def _foundation() -> CommunityFund:
    return await service.open_fund(
        SYSTEM,
        OpenFund(
            code=FOUNDATION,
            kind=FundKind.foundation,
            name="华强北社区基金会（演示）",
            name_en="Huaqiangbei Community Foundation (demo)",
            path=HUAQIANGBEI,
            signers=SIGNERS,
            signatures=2,
            provenance=_SYNTHETIC,
        ),
    )


async def _given(fund: CommunityFund, donor: str, yuan: int, purpose: str | None, *steps: str) -> None:
    command = PledgeDonation(
        fund=fund.id, donor=donor, amount=yuan * YUAN, purpose=purpose, anonymous=yuan < 2_000, provenance=_SYNTHETIC
    )
    gift = await service.pledge(SYSTEM, command)
    for name in steps:
        gift = await advance(DONATION, name, SYSTEM, gift)
