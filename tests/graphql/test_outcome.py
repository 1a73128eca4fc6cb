"""A mutation that took effect says so, whatever goes wrong with its answer afterwards."""

from gongzhi.core import db
from gongzhi.testing.calling import calling

RESIDENT = "demo-resident"
PARTIES = [{"side": "APPLICANT", "name": "甲", "phone": "0755-1"}, {"side": "RESPONDENT", "name": "乙"}]
FILED = {"path": "/futian/nanyuan/dongyuan", "dispute": "NEIGHBOURS", "title": "楼道照明争议", "parties": PARTIES}
FILE = """mutation($input: FileMediationCaseInput!) { done: fileMediationCase(input: $input) {
    case { id comments { id } } } }"""


async def test_what_fails_after_the_commit_does_not_sound_as_if_nothing_had_happened(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        await db.current().execute("ALTER TABLE comment RENAME TO away")
        refusal = await api.refusal(RESIDENT, FILE, input=FILED)
        assert (refusal["code"], refusal["outcome"]) == ("INTERNAL", "done")
        query = "SELECT id FROM mediation_case WHERE title = 'TITLE'".replace("TITLE", FILED["title"])
        assert len(await db.current().execute(query)) == 1


async def test_what_fails_before_the_commit_says_nothing_of_the_kind(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        await db.current().execute("ALTER TABLE mediation_party RENAME TO away")
        refusal = await api.refusal(RESIDENT, FILE, input=FILED)
        assert (refusal["code"], refusal.get("outcome")) == ("INTERNAL", None)
        query = "SELECT id FROM mediation_case WHERE title = 'TITLE'".replace("TITLE", FILED["title"])
        assert await db.current().execute(query) == []
