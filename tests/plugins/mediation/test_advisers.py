"""Legal advisers over the API: one for each community, their hours, and what they are consulted about."""

from datetime import timedelta
from typing import Any

import pytest

from gongzhi.core import clock
from gongzhi.core.db import count_statements
from gongzhi.testing.calling import Callers, calling
from tests.plugins.mediation.test_cases import DIRECTOR, HOME, RESIDENT, ahead

ADMIN, LAWYER, HEAD = "demo-district-admin", "demo-lawyer", "demo-station-head"
ADVISER = "adviser { id name path validFrom validTo version }"
DUTY = "duty { id version cancelled }"
HERE = """{ legalAdvisers(within: "/futian/nanyuan/dongyuan") { totalCount nodes { id name version } } }"""


async def adviser(api: Callers) -> dict[str, Any]:
    (found,) = (await api.data("", HERE))["legalAdvisers"]["nodes"]
    return dict(found)


async def test_a_new_adviser_ends_the_term_of_the_one_before(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        before = await adviser(api)
        given = {"path": HOME, "name": "新顾问", "provenance": "SYNTHETIC"}
        made = (await api.do(ADMIN, "appointLegalAdviser", ADVISER, given))["adviser"]
        assert (made["validFrom"], made["validTo"]) == (clock.today().isoformat(), None)
        assert (await adviser(api))["id"] == made["id"]
        again = await api.refused(ADMIN, "appointLegalAdviser", ADVISER, given)
        assert again["code"] == "CONFLICT"
        query = "query($id: ID!) { node(id: $id) { ... on LegalAdviser { validTo } } }"
        assert (await api.data("", query, id=before["id"]))["node"]["validTo"] == clock.today().isoformat()


@pytest.mark.parametrize(
    ("caller", "path", "code"),
    [
        (ADMIN, "/futian/nanyuan", "INVALID"),
        (ADMIN, "/futian/nanyuan/nowhere", "NOT_FOUND"),
        (DIRECTOR, HOME, "FORBIDDEN"),
        ("", HOME, "UNAUTHENTICATED"),
    ],
    ids=["no community", "no place", "not theirs to appoint", "nobody"],
)
async def test_a_refused_appointment_leaves_the_adviser(own_demo_url: str, caller: str, path: str, code: str) -> None:
    async with calling(own_demo_url) as api:
        before = await adviser(api)
        refusal = await api.refused(caller, "appointLegalAdviser", ADVISER, {"path": path, "name": "新顾问"})
        assert refusal["code"] == code
        assert await adviser(api) == before


async def test_an_advisers_term_can_be_ended_once(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        before = await adviser(api)
        given = {"adviser": before["id"], "version": before["version"]}
        assert (await api.refused(HEAD, "endLegalAdviser", ADVISER, given))["code"] == "FORBIDDEN"
        ended = (await api.do(ADMIN, "endLegalAdviser", ADVISER, given))["adviser"]
        assert (await api.data("", HERE))["legalAdvisers"]["totalCount"] == 0
        stale = await api.refused(ADMIN, "endLegalAdviser", ADVISER, given)
        again = await api.refused(ADMIN, "endLegalAdviser", ADVISER, {**given, "version": ended["version"]})
        assert (stale["code"], again["code"]) == ("CONFLICT", "CONFLICT")


async def test_duty_hours_do_not_overlap_and_can_be_cancelled(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:  # the demo has duty hours on the next four Thursdays
        chosen = (await adviser(api))["id"]
        hours = {"adviser": chosen, "startsAt": ahead(days=40), "endsAt": ahead(days=40, hours=2)}
        duty = (await api.do(LAWYER, "planDutyHours", DUTY, hours))["duty"]
        overlapping = {**hours, "startsAt": ahead(days=40, hours=1), "endsAt": ahead(days=40, hours=3)}
        assert (await api.refused(HEAD, "planDutyHours", DUTY, overlapping))["code"] == "CONFLICT"
        backwards = {**hours, "startsAt": ahead(days=42), "endsAt": ahead(days=41)}
        assert (await api.refused(HEAD, "planDutyHours", DUTY, backwards))["code"] == "INVALID"
        assert (await api.refused(RESIDENT, "planDutyHours", DUTY, hours))["code"] == "FORBIDDEN"
        listed = (
            """{ dutyRoster(within: "/futian/nanyuan/dongyuan") { totalCount nodes { cancelled adviser { id } } } }"""
        )
        assert (await api.data("", listed))["dutyRoster"]["totalCount"] == 5
        cancelled = (await api.do(HEAD, "cancelDutyHours", DUTY, {"duty": duty["id"], "version": 1}))["duty"]
        assert cancelled["cancelled"] is True
        roster = (await api.data("", listed))["dutyRoster"]
        assert (roster["totalCount"], {each["adviser"]["id"] for each in roster["nodes"]}) == (4, {chosen})
        again = await api.refused(HEAD, "cancelDutyHours", DUTY, {"duty": duty["id"], "version": 2})
        assert again["code"] == "CONFLICT"
        assert (await api.do(HEAD, "planDutyHours", DUTY, overlapping))["duty"]["version"] == 1


async def test_what_was_said_is_for_the_client_and_the_adviser(own_demo_url: str) -> None:
    listed = "{ legalConsultations(last: 1) { totalCount nodes { service topic summary } } }"
    async with calling(own_demo_url) as api:
        given = {
            "adviser": (await adviser(api))["id"],
            "service": "LEGAL_AID",
            "topic": "租约",
            "summary": "可以解除",
            "client": RESIDENT,
        }
        assert (await api.refused(HEAD, "recordLegalConsultation", "consultation { id }", given))["code"] == "FORBIDDEN"
        await api.do(LAWYER, "recordLegalConsultation", "consultation { id }", given)
        for caller in (LAWYER, RESIDENT):
            seen = (await api.data(caller, listed))["legalConsultations"]["nodes"]
            assert seen == [{"service": "LEGAL_AID", "topic": "租约", "summary": "可以解除"}], caller
        overseen = await api.ask(HEAD, listed)
        assert overseen["data"]["legalConsultations"]["nodes"] == [
            {"service": "LEGAL_AID", "topic": None, "summary": None}
        ]
        assert (await api.data("", listed))["legalConsultations"]["totalCount"] == 0
        tomorrow = (clock.today() + timedelta(days=1)).isoformat()
        early = await api.refused(LAWYER, "recordLegalConsultation", "consultation { id }", {**given, "on": tomorrow})
        assert (early["code"], early["fields"][0]["field"]) == ("INVALID", "on")


async def test_figures_are_those_that_were_published(demo_url: str) -> None:
    async with calling(demo_url) as api:
        found = (await api.data("", "{ figures { key computed published computedBy } }"))["figures"]
    mine = {each["key"]: (each["computed"], each["published"]) for each in found if each["computedBy"] == "mediation"}
    assert mine == {"legal_adviser_communities": (95, 95), "legal_five": (5, 5)}


async def test_every_community_of_a_page_gets_its_adviser_at_once(demo_url: str) -> None:
    query = """{ territories(level: COMMUNITY, first: 50) { nodes { legalAdviser { name } } } }"""
    async with calling(demo_url) as api:
        await api.data("", query)
        with count_statements() as counter:
            found = await api.data("", query)
    assert all(each["legalAdviser"] for each in found["territories"]["nodes"])
    assert counter.count <= 3, counter
