"""A case from filing to performance over the API, by the demo's accounts: what is allowed and what is refused."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from gongzhi.core import clock
from gongzhi.core.db import count_statements
from gongzhi.core.permissions.tables import DecisionEntry
from gongzhi.testing.calling import Callers, calling

HOME = "/futian/nanyuan/dongyuan"
RESIDENT, DIRECTOR, MEDIATOR = "demo-resident", "demo-committee-director", "demo-mediator"
FILED = {
    "path": HOME,
    "dispute": "NEIGHBOURS",
    "title": "楼道照明争议",
    "description": "二楼与三楼的照明费",
    "parties": [
        {"side": "APPLICANT", "name": "甲", "phone": "0755-1", "account": RESIDENT},
        {"side": "RESPONDENT", "name": "乙", "phone": "0755-2"},
    ],
}
CASE = "case { id version state }"
PRIVATE = """query($id: ID!) { node(id: $id) { ... on MediationCase {
  title state description parties { side name phone } steps { name mutation } } } }"""


def ahead(**terms: int) -> str:
    moment: datetime = clock.now() + timedelta(**terms)
    return moment.isoformat()


async def filed(api: Callers) -> dict[str, Any]:
    found: dict[str, Any] = (await api.do(RESIDENT, "fileMediationCase", CASE, FILED))["case"]
    return found


async def step(api: Callers, caller: str, name: str, case: dict[str, Any], **given: Any) -> dict[str, Any]:
    command = {"case": case["id"], "version": case["version"], **given}
    found: dict[str, Any] = (await api.do(caller, f"{name}MediationCase", CASE, command))["case"]
    return found


async def refused(api: Callers, caller: str, name: str, case: dict[str, Any], **given: Any) -> dict[str, Any]:
    command = {"case": case["id"], "version": case["version"], **given}
    return await api.refused(caller, f"{name}MediationCase", CASE, command)


async def state(api: Callers, case: dict[str, Any]) -> str:
    found = await api.data(
        DIRECTOR, "query($id: ID!) { node(id: $id) { ... on MediationCase { state version } } }", id=case["id"]
    )
    assert found["node"]["version"] == case["version"]
    return str(found["node"]["state"])


async def in_mediation(api: Callers) -> dict[str, Any]:
    case = await filed(api)
    case = await step(api, DIRECTOR, "accept", case, mediator=MEDIATOR, lawyer="demo-lawyer")
    case = await step(api, MEDIATOR, "schedule", case, at=ahead(days=1), place="调解室")
    return await step(api, MEDIATOR, "begin", case)


async def test_from_filing_to_performance(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        case = await in_mediation(api)
        case = await step(api, MEDIATOR, "agree", case, agreement="费用均摊", performUntil=ahead(days=10))
        today = clock.today().isoformat()
        case = await step(api, DIRECTOR, "confirm", case, document="演示法院裁定1号", appliedOn=today)
        case = await step(api, DIRECTOR, "perform", case)
        assert case["state"] == "PERFORMED"
        assert (await api.data(RESIDENT, PRIVATE, id=case["id"]))["node"]["steps"] == []


async def test_the_panel_and_the_parties_see_whose_case_it_is_and_others_do_not(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        case = await filed(api)
        assert (await api.data(MEDIATOR, PRIVATE, id=case["id"]))["node"] is None
        assert (await api.data("", PRIVATE, id=case["id"]))["node"] is None
        assert (await api.data("demo-org-manager", PRIVATE, id=case["id"]))["node"] is None
        case = await step(api, DIRECTOR, "accept", case, mediator=MEDIATOR)
        for caller in (RESIDENT, DIRECTOR, MEDIATOR):
            seen = (await api.data(caller, PRIVATE, id=case["id"]))["node"]
            assert [party["phone"] for party in seen["parties"]] == ["0755-1", "0755-2"], caller
            assert seen["description"] == FILED["description"]
        for caller in ("demo-party-secretary", "demo-auditor"):
            answer = await api.ask(caller, PRIVATE, id=case["id"])
            assert answer["data"]["node"]["title"] == FILED["title"]
            assert [party["name"] for party in answer["data"]["node"]["parties"]] == [None, None], caller
            assert answer["data"]["node"]["description"] is None
            assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}


async def test_a_mediator_lists_only_the_cases_that_are_assigned(own_demo_url: str) -> None:
    listed = "{ mediationCases { totalCount nodes { state } } }"
    async with calling(own_demo_url) as api:
        before = (await api.data(MEDIATOR, listed))["mediationCases"]["totalCount"]
        every = (await api.data(DIRECTOR, listed))["mediationCases"]["totalCount"]
        case = await filed(api)
        assert (await api.data(MEDIATOR, listed))["mediationCases"]["totalCount"] == before
        await step(api, DIRECTOR, "accept", case, mediator=MEDIATOR)
        assert (await api.data(MEDIATOR, listed))["mediationCases"]["totalCount"] == before + 1
        assert (await api.data(DIRECTOR, listed))["mediationCases"]["totalCount"] == every + 1
        assert (await api.data("", listed))["mediationCases"]["totalCount"] == 0
        assert (before, every) == (5, 7)


@pytest.mark.parametrize(
    ("caller", "name", "given", "code"),
    [
        ("", "accept", {"mediator": MEDIATOR}, "UNAUTHENTICATED"),
        (RESIDENT, "accept", {"mediator": MEDIATOR}, "FORBIDDEN"),
        (MEDIATOR, "accept", {"mediator": MEDIATOR}, "FORBIDDEN"),
        ("demo-party-secretary", "accept", {"mediator": MEDIATOR}, "FORBIDDEN"),
        ("demo-auditor", "decline", {"reason": "不"}, "FORBIDDEN"),
        (DIRECTOR, "accept", {"mediator": RESIDENT}, "CONFLICT"),
        (DIRECTOR, "accept", {"mediator": MEDIATOR, "lawyer": MEDIATOR}, "INVALID"),
        (DIRECTOR, "accept", {"mediator": "nobody-of-that-code"}, "NOT_FOUND"),
        (DIRECTOR, "decline", {"reason": "  "}, "INVALID"),
        (DIRECTOR, "perform", {}, "ILLEGAL_TRANSITION"),
        (DIRECTOR, "withdraw", {}, "FORBIDDEN"),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "",
)
async def test_refused_steps_change_nothing(
    own_demo_url: str, caller: str, name: str, given: dict[str, Any], code: str
) -> None:
    async with calling(own_demo_url) as api:
        case = await filed(api)
        refusal = await refused(api, caller, name, case, **given)
        assert refusal["code"] == code
        assert await state(api, case) == "FILED"


async def test_an_illegal_step_says_what_the_caller_can_do_now(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        case = await filed(api)
        refusal = await refused(api, DIRECTOR, "schedule", case, at=ahead(days=1), place="调解室")
        assert refusal["code"] == "ILLEGAL_TRANSITION"
        assert (refusal["state"], refusal["allowed"]) == ("filed", ["accept", "decline"])
        steps = (await api.data(RESIDENT, PRIVATE, id=case["id"]))["node"]["steps"]
        assert steps == [{"name": "withdraw", "mutation": "withdrawMediationCase"}]


async def test_a_stale_version_is_a_conflict(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        case = await filed(api)
        await step(api, DIRECTOR, "accept", case, mediator=MEDIATOR)
        assert (await refused(api, RESIDENT, "withdraw", case))["code"] == "CONFLICT"


async def test_a_session_or_a_term_that_has_passed_is_refused(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        case = await in_mediation(api)
        late = await refused(api, MEDIATOR, "agree", case, agreement="均摊", performUntil=ahead(days=-1))
        assert (late["code"], late["fields"][0]["field"]) == ("INVALID", "performUntil")
        again = await refused(api, MEDIATOR, "adjourn", case, at=ahead(days=-1), place="调解室")
        assert (again["code"], again["fields"][0]["field"]) == ("INVALID", "at")
        case = await step(api, MEDIATOR, "agree", case, agreement="均摊")
        tardy = (clock.today() - timedelta(days=1)).isoformat()
        refusal = await refused(api, DIRECTOR, "confirm", case, document="演示", appliedOn=tardy)
        assert (refusal["code"], refusal["fields"][0]["field"]) == ("INVALID", "appliedOn")


async def test_a_case_needs_a_party_on_each_side_and_a_resident_of_the_place(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        one = {**FILED, "parties": [FILED["parties"][0], FILED["parties"][0]]}  # type: ignore[index]  # a list of parties
        assert (await api.refused(RESIDENT, "fileMediationCase", CASE, one))["fields"][0]["field"] == "parties"
        elsewhere = {**FILED, "path": "/futian/nanyuan/nanhua"}
        assert (await api.refused(RESIDENT, "fileMediationCase", CASE, elsewhere))["code"] == "FORBIDDEN"
        assert (await api.refused("", "fileMediationCase", CASE, FILED))["code"] == "UNAUTHENTICATED"
        counted = '{ mediationStatistics(within: "/futian") { filed } }'
        assert (await api.data("", counted))["mediationStatistics"]["filed"] == 7


async def test_statistics_are_public_and_name_nobody(demo_url: str) -> None:
    query = """query($within: String!) { mediationStatistics(within: $within) { filed settled failed successRate } }"""
    async with calling(demo_url) as api:
        found = (await api.data("", query, within=HOME))["mediationStatistics"]
        assert found == {"filed": 7, "settled": 2, "failed": 1, "successRate": pytest.approx(2 / 3)}
        assert (await api.data("", query, within="/futian/xiangmihu"))["mediationStatistics"]["successRate"] is None
        assert (await api.refusal("", query, within="/futian/nowhere"))["code"] == "NOT_FOUND"


async def test_cases_of_places_and_their_parties_take_few_statements(demo_url: str) -> None:

    query = (
        "{ mediationCases(first: 20) { nodes { id state panel { seat name } parties { phone } territory { name } } } }"
    )
    async with calling(demo_url) as api:
        await api.data(DIRECTOR, query)
        with count_statements() as counter:
            await api.data(DIRECTOR, query)
    assert counter.count <= 9, counter


async def test_who_reads_a_case_is_in_the_decision_log(own_demo_url: str) -> None:
    log = """{ decisions(resource: "mediation.case", account: "demo-mediator", allowed: true, last: 1) {
        nodes { action record path } } }"""
    async with calling(own_demo_url) as api:
        case = await filed(api)
        await step(api, DIRECTOR, "accept", case, mediator=MEDIATOR)
        await api.data(MEDIATOR, PRIVATE, id=case["id"])
        (line,) = (await api.data("demo-auditor", log))["decisions"]["nodes"]
        assert (line["action"], line["path"]) == ("read", HOME)
        assert line["record"].startswith("MediationCase:")


async def test_without_the_log_nothing_confidential_leaves(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        case = await filed(api)
        await DecisionEntry.raw("ALTER TABLE decision_entry RENAME TO decision_entry_away")
        try:
            answer = await api.ask(DIRECTOR, PRIVATE, id=case["id"])
        finally:
            await DecisionEntry.raw("ALTER TABLE decision_entry_away RENAME TO decision_entry")
        assert "data" not in answer
        assert "楼道" not in str(answer)
