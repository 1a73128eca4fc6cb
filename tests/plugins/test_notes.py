"""Attachments and comments, on both modules that have them: who may, who sees them, and what is refused."""

from typing import Any

import pytest

from gongzhi.core.db import count_statements
from gongzhi.core.events.tables import Event
from gongzhi.core.ids import uuid7
from gongzhi.graphql.relay import global_ids
from gongzhi.testing.calling import Callers, calling

MEDIATOR, RESIDENT, MANAGER, SIGNER = "demo-mediator", "demo-resident", "demo-org-manager", "demo-party-secretary"
FILE = {"title": "现场照片", "uri": "https://files.example/1.jpg", "digest": "a" * 64, "mediaType": "image/jpeg"}
NOTES = "attachments { id title uri digest } comments { id text withdrawnAt authorName }"
CASES = f"{{ mediationCases(state: SCHEDULED, first: 20) {{ nodes {{ id {NOTES} }} }} }}"


async def case(api: Callers, caller: str = MEDIATOR) -> dict[str, Any]:
    (found,) = (await api.ask(caller, CASES))["data"]["mediationCases"]["nodes"]
    return dict(found)


async def attached(api: Callers, caller: str = MEDIATOR) -> dict[str, Any]:
    given = {"case": (await case(api))["id"], **FILE}
    return dict((await api.do(caller, "attachToMediationCase", "attachment { id title }", given))["attachment"])


async def said(api: Callers, caller: str, text: str = "周四再谈") -> dict[str, Any]:
    given = {"case": (await case(api))["id"], "text": text}
    return dict((await api.do(caller, "commentOnMediationCase", "comment { id text }", given))["comment"])


async def test_the_panel_and_the_parties_confer(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        file, word = await attached(api), await said(api, RESIDENT)
        for caller in (MEDIATOR, RESIDENT):
            seen = await case(api, caller)
            assert seen["attachments"] == [{**{key: FILE[key] for key in ("title", "uri", "digest")}, "id": file["id"]}]
            assert [(each["id"], each["text"]) for each in seen["comments"]] == [(word["id"], "周四再谈")]
        overseen = await case(api, SIGNER)
        assert (overseen["attachments"], overseen["comments"]) == (None, None)
        node = "query($id: ID!) { node(id: $id) { ... on Attachment { title } ... on Comment { text } } }"
        assert (await api.data(RESIDENT, node, id=file["id"]))["node"] == {"title": "现场照片"}
        for caller in (SIGNER, "", "demo-station-head"):
            assert (await api.data(caller, node, id=file["id"]))["node"] is None
            assert (await api.data(caller, node, id=word["id"]))["node"] is None


async def test_what_is_taken_back_is_known_to_have_been_there(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        file, word = await attached(api), await said(api, RESIDENT)
        key = (await case(api))["id"]
        given = {"case": key, "attachment": file["id"]}
        other = await api.refused(RESIDENT, "detachFromMediationCase", "case { id }", given)
        assert other["code"] == "FORBIDDEN"
        await api.do(MEDIATOR, "detachFromMediationCase", "case { id }", given)
        again = await api.refused(MEDIATOR, "detachFromMediationCase", "case { id }", given)
        assert again["code"] == "CONFLICT"
        taken = {"case": key, "comment": word["id"]}
        assert (await api.refused(MEDIATOR, "withdrawCommentOnMediationCase", "case { id }", taken))[
            "code"
        ] == "FORBIDDEN"
        await api.do(RESIDENT, "withdrawCommentOnMediationCase", "case { id }", taken)
        seen = await case(api)
        assert seen["attachments"] == []
        (left,) = seen["comments"]
        assert (left["text"], left["withdrawnAt"] is not None) == (None, True)
        events = await Event.select(Event.payload).where(Event.kind.like("mediation.case.%comment%"))
        assert events
        assert all("周四" not in event["payload"] for event in events)


@pytest.mark.parametrize(
    ("caller", "code"), [("", "NOT_FOUND"), (MANAGER, "NOT_FOUND"), ("demo-committee-director", "FORBIDDEN")]
)
async def test_strangers_attach_nothing(own_demo_url: str, caller: str, code: str) -> None:
    async with calling(own_demo_url) as api:
        given = {"case": (await case(api))["id"], **FILE}
        refusal = await api.refused(caller, "attachToMediationCase", "attachment { id }", given)
        assert refusal["code"] == code
        assert (await case(api))["attachments"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"uri": "javascript:alert(1)"},
        {"uri": "data:text/html,x"},
        {"uri": "file:///etc/passwd"},
        {"uri": "http://files.example/1"},
        {"uri": "https://me:secret@files.example/1"},
        {"uri": "https://files.example/a b"},
        {"uri": "https://:443/a"},
        {"uri": "https://files.example/\u202egpj.exe"},
        {"uri": "https://files.example/\x01"},
        {"digest": "A" * 64},
        {"digest": "abc"},
        {"mediaType": "photo"},
        {"title": " "},
        {"size": -1},
    ],
    ids=lambda change: next(iter(change)) + str(len(str(change))),
)
async def test_references_that_are_none_are_refused(own_demo_url: str, change: dict[str, Any]) -> None:
    async with calling(own_demo_url) as api:
        given = {"case": (await case(api))["id"], **FILE, **change}
        refusal = await api.refused(MEDIATOR, "attachToMediationCase", "attachment { id }", given)
        assert refusal["code"] == "INVALID"
        assert (await case(api))["attachments"] == []


async def test_what_is_not_there_and_what_is_hidden_are_refused_in_the_same_words(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        keys = [(await case(api))["id"], *global_ids("MediationCase", [uuid7()])]
        given = [{"case": key, "text": "x"} for key in keys]
        refusals = [await api.refused(MANAGER, "commentOnMediationCase", "comment { id }", each) for each in given]
    assert refusals[0] == refusals[1]
    assert refusals[0]["code"] == "NOT_FOUND"


async def test_notes_of_a_page_take_two_statements(own_demo_url: str) -> None:
    async with calling(own_demo_url) as api:
        await attached(api)
        plain = "{ mediationCases { nodes { id } } }"
        noted = "{ mediationCases { nodes { id attachments { title } comments { text } } } }"
        counts = []
        for query in (plain, noted):
            with count_statements() as counter:
                await api.data(MEDIATOR, query)
            counts.append(counter.count)
        assert counts[1] - counts[0] == 2


async def test_a_grant_s_notes_are_public_and_its_signers_comment(own_demo_url: str) -> None:
    query = f"{{ fundGrants {{ nodes {{ id {NOTES} }} }} }}"
    async with calling(own_demo_url) as api:
        (grant,) = (await api.data("", query))["fundGrants"]["nodes"]
        await api.do(MANAGER, "attachToFundGrant", "attachment { id }", {"grant": grant["id"], **FILE})
        given = {"grant": grant["id"], "text": "预算清楚"}
        await api.do(SIGNER, "commentOnFundGrant", "comment { id }", given)
        assert (await api.refused(RESIDENT, "commentOnFundGrant", "comment { id }", given))["code"] == "FORBIDDEN"
        (seen,) = (await api.data("demo-district-admin", query))["fundGrants"]["nodes"]
        assert [each["title"] for each in seen["attachments"]] == ["现场照片"]
        assert len({each["authorName"] for each in seen["comments"]} - {None}) == 1
