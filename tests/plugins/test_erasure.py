"""A person who is erased loses their name in the modules too, and the audit chain holds."""

import asyncio

from gongzhi.core.audit.sealing import Sealer
from gongzhi.core.audit.stored import verify
from gongzhi.core.db import current
from gongzhi.testing.plugin import Api
from gongzhi.testing.roles import COMMUNITY

POSTS = """{ memberships(within: "/test", first: 50) { nodes { id version account { code version } } } }"""
NAMES = """SELECT name, phone, '' AS address FROM ustation_volunteer
    UNION ALL SELECT name, phone, address FROM mediation_party WHERE account IS NOT NULL"""
TOLD = """SELECT payload FROM event WHERE record LIKE 'Volunteer:%' OR record LIKE 'MediationCase:%'
    UNION ALL SELECT record_salt FROM audit_entry WHERE record LIKE 'Volunteer:%' OR record LIKE 'MediationCase:%'"""


async def test_volunteers_and_parties_lose_their_names(gongzhi_api: Api) -> None:
    async with gongzhi_api("mediation", "ustations") as api:
        given = {"path": COMMUNITY, "phone": "0755-1"}
        await api.do("resident", "registerVolunteer", "volunteer { id }", given)
        parties = [
            {"side": "APPLICANT", "name": "甲", "phone": "0755-1", "address": "东园1号", "account": "resident"},
            {"side": "RESPONDENT", "name": "乙"},
        ]
        case = {"path": COMMUNITY, "dispute": "NEIGHBOURS", "title": "照明", "parties": parties}
        await api.do("resident", "fileMediationCase", "case { id }", case)
        nodes = (await api.data("district.admin", POSTS))["memberships"]["nodes"]
        (post,) = (each for each in nodes if each["account"]["code"] == "resident")
        await Sealer(current()).seal_all()
        ends = {"id": post["id"], "version": post["version"]}
        refused = await api.refused("district.admin", "eraseAccount", "account { code }", post["account"])
        assert (refused["code"], refused["posts"]) == ("CONFLICT", 1)
        await api.do("district.admin", "endMembership", "membership { id }", ends)
        gone = await api.do("district.admin", "eraseAccount", "account { code name status }", post["account"])
        assert (gone["account"]["name"], gone["account"]["status"]) == ("已删除 (erased)", "ERASED")
        async with asyncio.timeout(20):
            await _emptied()
        assert [set(row.values()) for row in await current().execute(NAMES)] == [{"已删除 (erased)", ""}] * 2
        assert {row["payload"] for row in await current().execute(TOLD)} == {"{}", ""}
        assert (await api.refusal("resident", "{ viewer { account { code } } }"))["code"] == "UNAUTHENTICATED"
        await Sealer(current()).seal_all()
        report = await verify()
        assert (report.sound, report.warnings) == (True, [])


async def _emptied() -> None:
    while any(row["phone"] for row in await current().execute(NAMES)):  # noqa: ASYNC110  # by a worker, when it is ready
        await asyncio.sleep(0.1)
