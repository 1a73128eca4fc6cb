"""Invented advisers, consultations and cases, in the published numbers, marked synthetic."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from gongzhi.api import (
    LOCAL_ISSUER,
    SYSTEM,
    CreateAccount,
    Principal,
    Provenance,
    accounts,
    advance,
    clock,
    principal_for,
    territory,
)
from gongzhi.plugins.mediation import advisers, cases
from gongzhi.plugins.mediation.commands import (
    Agreement,
    AppointAdviser,
    Because,
    FileCase,
    Panel,
    PartyGiven,
    PlanDuty,
    RecordConsultation,
    Session,
)
from gongzhi.plugins.mediation.kinds import Dispute, LegalService, Side
from gongzhi.plugins.mediation.records import LegalAdviser, MediationCase
from gongzhi.plugins.mediation.workflow import CASE

DISTRICT, HOME = "/futian", "/futian/nanyuan/dongyuan"
MEDIATOR, LAWYER, VOLUNTEER = "demo-mediator", "demo-lawyer", "demo-legal-volunteer"
DIRECTOR, RESIDENT = "demo-committee-director", "demo-resident"
_PEOPLE = {MEDIATOR: "演示调解员", LAWYER: "演示律师", VOLUNTEER: "演示法律志愿者"}
_SINCE = timedelta(days=365)
_SYNTHETIC = Provenance.synthetic


async def enter() -> Mapping[str, int]:
    """Enter them all; the scenario's terms began a year before the day of the load."""
    for code, name in _PEOPLE.items():
        command = CreateAccount(code=code, name=name, issuer=LOCAL_ISSUER, subject=code, provenance=_SYNTHETIC)
        await accounts.create(SYSTEM, command)
    appointed = await _advisers()
    home = next(adviser for adviser in appointed if adviser.path == HOME)
    return {
        "legal advisers": len(appointed),
        "duty hours": await _duties(home),
        "legal consultations": await _consultations(home),
        "mediation cases": await _cases(),
    }


async def _advisers() -> list[LegalAdviser]:
    """One for each community; Dongyuan's can sign in."""
    communities = [place for place in await territory.all_below(DISTRICT) if place.level == "community"]
    made: list[LegalAdviser] = []
    for number, place in enumerate(communities, 1):
        command = AppointAdviser(
            path=place.path,
            name=f"演示法律顾问{number:02d}",
            name_en=f"Demo legal adviser {number:02d}",
            firm="演示律师事务所",
            account=LAWYER if place.path == HOME else None,
            valid_from=clock.today() - _SINCE,
            provenance=_SYNTHETIC,
        )
        made.append(await advisers.appoint(SYSTEM, command))
    return made


async def _duties(adviser: LegalAdviser) -> int:
    """A morning on each of the next four Thursdays."""
    morning = clock.end_of(clock.today()) + timedelta(microseconds=1, hours=9)
    ahead = (3 - morning.astimezone(clock.CHINA).weekday()) % 7
    for week in range(4):
        starts = morning + timedelta(days=ahead + 7 * week)
        command = PlanDuty(
            adviser=adviser.id, starts_at=starts, ends_at=starts + timedelta(hours=3), location="东园社区党群服务中心"
        )
        await advisers.plan(SYSTEM, command)
    return 4


async def _consultations(adviser: LegalAdviser) -> int:
    """Each of the five services, given at least once."""
    for number, service in enumerate(LegalService):
        command = RecordConsultation(
            adviser=adviser.id,
            service=service,
            topic="演示咨询",
            summary="演示记录，非真实内容。",
            client=RESIDENT if service is LegalService.legal_consultation else None,
            on=clock.today() - timedelta(days=30 * number),
            provenance=_SYNTHETIC,
        )
        await advisers.record(SYSTEM, command)
    return len(LegalService)


async def _cases() -> int:
    """A case in each of the states that people ask about."""
    director, mediator = await principal_for(DIRECTOR), await principal_for(MEDIATOR)
    panel = Panel(mediator=MEDIATOR, lawyer=LAWYER, volunteer=VOLUNTEER)
    tomorrow = Session(at=clock.now() + timedelta(days=1), place="东园社区调解室")
    meeting: Sequence[tuple[str, Principal, Any]] = (
        ("accept", director, panel),
        ("schedule", mediator, tomorrow),
        ("begin", mediator, None),
    )
    agreeing = (*meeting, ("agree", mediator, Agreement(agreement="双方同意错峰使用设备。")))
    lives: Sequence[tuple[Dispute, str, Sequence[tuple[str, Principal, Any]]]] = (
        (Dispute.neighbours, "楼上噪声扰民", ()),
        (Dispute.property_management, "停车位使用争议", meeting[:1]),
        (Dispute.housing, "租房押金退还", meeting[:2]),
        (Dispute.neighbours, "空调外机滴水", agreeing),
        (Dispute.neighbours, "共用走道堆物", (*agreeing, ("perform", director, None))),
        (Dispute.family, "赡养费分担", (*meeting, ("fail", mediator, Because(reason="双方分歧较大。")))),
        (Dispute.consumption, "预付卡退款", (("decline", director, Because(reason="不属于调解范围。")),)),
    )
    for dispute, title, steps in lives:
        made = await _filed(dispute, title)
        for name, caller, given in steps:
            made = await CASE.register.find(caller, made.id)
            await advance(CASE, name, caller, made, given)
    return len(lives)


async def _filed(dispute: Dispute, title: str) -> MediationCase:
    parties = (
        PartyGiven(side=Side.applicant, name="演示申请人", phone="0755-00000001", account=RESIDENT),
        PartyGiven(side=Side.respondent, name="演示被申请人", phone="0755-00000002"),
    )
    command = FileCase(
        path=HOME,
        dispute=dispute,
        title=title,
        parties=parties,
        description="演示案情，非真实内容。",
        provenance=_SYNTHETIC,
    )
    return await cases.file(await principal_for(RESIDENT), command)
