"""Each mutation of the built-in modules, once."""

from datetime import datetime, timedelta
from typing import Any

from gongzhi.core import clock
from gongzhi.testing.calling import Callers
from gongzhi.testing.roles import COMMUNITY, NEIGHBOUR

ADMIN, MANAGER, SECRETARY = "district.admin", "org.manager", "party.secretary"
DIRECTOR, HEAD, RESIDENT, MEDIATOR = "committee.director", "station.head", "resident", "committee.member"
FILE = {"title": "照片", "uri": "https://files.example/1.jpg", "digest": "a" * 64, "mediaType": "image/jpeg"}


async def done(api: Callers, caller: str, mutation: str, kind: str, given: dict[str, Any]) -> dict[str, Any]:
    """The record of the payload's field `kind`, with its id and version."""
    found: dict[str, Any] = (await api.do(caller, mutation, f"{kind} {{ id version }}", given))[kind]
    return found


def of(kind: str, record: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {kind: record["id"], "version": record["version"], **more}


def ahead(**terms: int) -> str:
    moment: datetime = clock.now() + timedelta(**terms)
    return moment.isoformat()


async def gifts(api: Callers) -> None:
    fund = await opened(api)
    for ends in (("receiveDonation", "receiptDonation", "refundDonation"), ("cancelDonation",)):
        donation = await pledged(api, fund)
        for name in ends:
            why = {"reason": "误汇"} if name in ("refundDonation", "cancelDonation") else {}
            donation = await done(api, MANAGER, name, "donation", of("donation", donation, **why))


async def opened(api: Callers) -> str:
    given = {
        "code": "fund",
        "kind": "FOUNDATION",
        "name": "基金",
        "path": COMMUNITY,
        "organization": "center",
        "signers": [SECRETARY, HEAD, DIRECTOR],
        "signatures": 2,
    }
    return str((await api.do(ADMIN, "openFund", "fund { id }", given))["fund"]["id"])


async def pledged(api: Callers, fund: str) -> dict[str, Any]:
    return await done(api, MANAGER, "pledgeDonation", "donation", {"fund": fund, "donor": "某人", "amount": 100_00})


async def grants(api: Callers) -> None:
    found = await api.data("", "{ communityFunds { nodes { id } } }")
    fund = found["communityFunds"]["nodes"][0]["id"]
    await done(api, MANAGER, "receiveDonation", "donation", of("donation", await pledged(api, fund)))
    proposal = {"fund": fund, "title": "陪伴", "grantee": "互助组", "amount": 50_00}

    async def step(name: str, grant: dict[str, Any], caller: str = MANAGER, **more: Any) -> dict[str, Any]:
        return await done(api, caller, f"{name}FundGrant", "grant", of("grant", grant, **more))

    for name in ("withdraw", "reject"):
        grant = await done(api, MANAGER, "proposeFundGrant", "grant", proposal)
        await step(name, grant, **({"reason": "重复"} if name == "reject" else {}))
    grant = await done(api, MANAGER, "proposeFundGrant", "grant", proposal)
    await notes(api, MANAGER, "FundGrant", "grant", grant["id"])
    grant = await step("review", grant)
    grant = await step("sign", grant, SECRETARY)
    grant = await step("sign", grant, HEAD)
    grant = await step("pay", grant, amount=50_00)
    grant = await step("report", grant, report="完成")
    await step("close", grant)


async def notes(api: Callers, caller: str, kind: str, name: str, record: str) -> None:
    """An attachment and a comment, and both taken back."""
    file = await api.do(caller, f"attachTo{kind}", "attachment { id }", {name: record, **FILE})
    await api.do(
        caller, f"detachFrom{kind}", f"{name} {{ id }}", {name: record, "attachment": file["attachment"]["id"]}
    )
    word = await api.do(caller, f"commentOn{kind}", "comment { id }", {name: record, "text": "再议"})
    taken = {name: record, "comment": word["comment"]["id"]}
    await api.do(caller, f"withdrawCommentOn{kind}", f"{name} {{ id }}", taken)


async def cases(api: Callers) -> None:
    async def step(caller: str, name: str, case: dict[str, Any], **more: Any) -> dict[str, Any]:
        return await done(api, caller, f"{name}MediationCase", "case", of("case", case, **more))

    async def filed() -> dict[str, Any]:
        parties = [{"side": "APPLICANT", "name": "甲", "account": RESIDENT}, {"side": "RESPONDENT", "name": "乙"}]
        given = {"path": COMMUNITY, "dispute": "NEIGHBOURS", "title": "照明", "parties": parties}
        return await done(api, RESIDENT, "fileMediationCase", "case", given)

    async def begun() -> dict[str, Any]:
        case = await step(DIRECTOR, "accept", await filed(), mediator=MEDIATOR)
        case = await step(DIRECTOR, "reassign", case, mediator=MEDIATOR, volunteer="party.member")
        case = await step(MEDIATOR, "schedule", case, at=ahead(days=1), place="调解室")
        return await step(MEDIATOR, "begin", case)

    await step(DIRECTOR, "decline", await filed(), reason="不属受理范围")
    await step(RESIDENT, "withdraw", await filed())
    case = await step(MEDIATOR, "adjourn", await begun(), at=ahead(days=2), place="调解室")
    await notes(api, MEDIATOR, "MediationCase", "case", case["id"])
    await step(MEDIATOR, "fail", await begun(), reason="未能一致")
    for name, more in (("perform", {}), ("breach", {"reason": "未付"})):
        case = await step(MEDIATOR, "agree", await begun(), agreement="均摊", performUntil=ahead(days=9))
        today = clock.today().isoformat()
        case = await step(DIRECTOR, "confirm", case, document="裁定1号", appliedOn=today)
        await step(DIRECTOR, name, case, **more)


async def advisers(api: Callers) -> None:
    given = {"path": COMMUNITY, "name": "顾问", "account": "org.staff"}
    adviser = await done(api, ADMIN, "appointLegalAdviser", "adviser", given)
    hours = {"adviser": adviser["id"], "startsAt": ahead(days=4), "endsAt": ahead(days=4, hours=2)}
    duty = await done(api, "org.staff", "planDutyHours", "duty", hours)
    await done(api, "org.staff", "cancelDutyHours", "duty", of("duty", duty))
    spoken = {"adviser": adviser["id"], "service": "LEGAL_AID", "topic": "租约", "client": RESIDENT}
    await api.do("org.staff", "recordLegalConsultation", "consultation { id }", spoken)
    await done(api, ADMIN, "endLegalAdviser", "adviser", of("adviser", adviser, on=ahead(days=2)[:10]))


async def stations(api: Callers) -> dict[str, Any]:
    given = {"code": "u1", "name": "U站", "path": COMMUNITY, "organization": "center"}
    station = await done(api, ADMIN, "openUStation", "station", given)
    rate = {"path": COMMUNITY, "pointsPerHour": 60, "validFrom": clock.today().isoformat()}
    station = await done(api, ADMIN, "startLoveBank", "station", of("station", station))
    await api.do(ADMIN, "setLoveBankRate", "rate { id }", {**rate, "validFrom": ahead(days=1)[:10]})
    return station


async def volunteering(api: Callers) -> None:
    station = await stations(api)
    volunteer = await done(api, RESIDENT, "registerVolunteer", "volunteer", {"path": COMMUNITY, "phone": "1"})
    begins = clock.now() + timedelta(days=3)

    async def planned(moment: datetime) -> dict[str, Any]:
        times = {"startsAt": moment.isoformat(), "endsAt": (moment + timedelta(hours=2)).isoformat()}
        given = {"station": station["id"], "task": "值守", "capacity": 2, **times}
        return await done(api, MANAGER, "planVolunteerShift", "shift", given)

    await done(api, MANAGER, "cancelVolunteerShift", "shift", of("shift", await planned(begins), reason="暴雨"))
    shift = await planned(begins)
    part = await done(api, RESIDENT, "signUpForShift", "signUp", {"shift": shift["id"]})
    await done(api, RESIDENT, "withdrawShiftSignUp", "signUp", of("signUp", part))
    unwanted = of("shift", await shown(api, shift), reason="无人")
    await done(api, MANAGER, "cancelVolunteerShift", "shift", unwanted)
    shift = await planned(begins + timedelta(hours=4))
    part = await done(api, RESIDENT, "signUpForShift", "signUp", {"shift": shift["id"]})
    with clock.frozen(begins + timedelta(hours=4)):
        part = await done(api, MANAGER, "checkInShiftSignUp", "signUp", of("signUp", part))
        shift = await shown(api, shift)
        shift = await done(api, MANAGER, "startVolunteerShift", "shift", of("shift", shift))
    with clock.frozen(begins + timedelta(hours=6)):
        await done(api, MANAGER, "checkOutShiftSignUp", "signUp", of("signUp", part))
        shift = await shown(api, shift)
        await done(api, MANAGER, "completeVolunteerShift", "shift", of("shift", shift))
    await rewards(api, station)
    suspended = of("volunteer", volunteer, suspended=True)
    volunteer = await done(api, MANAGER, "suspendVolunteer", "volunteer", suspended)
    volunteer = await done(api, MANAGER, "suspendVolunteer", "volunteer", of("volunteer", volunteer, suspended=False))
    await done(api, RESIDENT, "transferVolunteer", "volunteer", of("volunteer", volunteer, path=NEIGHBOUR))
    station = dict((await api.data("", "{ uStations { nodes { id version } } }"))["uStations"]["nodes"][0])
    await done(api, ADMIN, "closeUStation", "station", of("station", station))


async def shown(api: Callers, shift: dict[str, Any]) -> dict[str, Any]:
    query = "query($id: ID!) { node(id: $id) { ... on VolunteerShift { id version } } }"
    return dict((await api.data("", query, id=shift["id"]))["node"])


async def rewards(api: Callers, station: dict[str, Any]) -> None:
    offered = {"station": station["id"], "name": "雨伞", "cost": 1, "stock": 9}
    reward = await done(api, MANAGER, "offerLoveBankReward", "reward", offered)
    await done(api, MANAGER, "restockLoveBankReward", "reward", of("reward", reward, stock=8))
    for names in (("reject",), ("cancel",), ("approve", "deliver")):
        asked = await done(api, RESIDENT, "requestLoveBankRedemption", "redemption", {"reward": reward["id"]})
        for name in names:
            more = {"reason": "缺货"} if name == "reject" else {}
            caller = RESIDENT if name == "cancel" else MANAGER
            given = of("redemption", asked, **more)
            asked = await done(api, caller, f"{name}LoveBankRedemption", "redemption", given)


SCENES = (gifts, grants, cases, advisers, volunteering)
