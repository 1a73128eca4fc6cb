"""AuthZEN 1.0: evaluation, evaluations, search, metadata, and what is malformed."""

from typing import Any

import httpx
import pytest

from gongzhi.core.signin import issue_token
from gongzhi.testing.serving import served, settings_for

COMMUNITY = "/futian/nanyuan/dongyuan"
Json = dict[str, Any]


def subject(code: str) -> Json:
    return {"type": "account", "id": code}


def question(code: str, action: str, resource: str, path: str = COMMUNITY, **properties: Any) -> Json:
    return {
        "subject": subject(code),
        "action": {"name": action},
        "resource": {"type": resource, "id": path, "properties": properties},
    }


class Gateway:
    """Another system that asks, signed in as a demo account."""

    def __init__(self, client: httpx.AsyncClient, token: str | None) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def ask(self, name: str, body: Any) -> httpx.Response:
        return await self.client.post(f"/access/v1/{name}", json=body, headers=self.headers)

    async def decision(self, body: Json) -> bool:
        found: bool = (await self.ask("evaluation", body)).json()["decision"]
        return found


def gateway(client: httpx.AsyncClient, account: str | None = "demo-auditor") -> Gateway:
    return Gateway(client, issue_token(settings_for("sqlite:///unused.db"), account) if account else None)


async def test_a_decision_comes_with_its_reason(demo_url: str) -> None:
    async with served(settings_for(demo_url)) as client:
        pdp = gateway(client)
        allowed = (await pdp.ask("evaluation", question("demo-district-admin", "publish", "catalogue.edition"))).json()
        denied = (await pdp.ask("evaluation", question("demo-resident", "publish", "catalogue.edition"))).json()
    assert allowed["decision"] is True
    assert allowed["context"]["rule"].startswith("core.csv:")
    assert denied["decision"] is False
    assert "it is allowed for role district.admin" in denied["context"]["reason"]


async def test_what_belongs_to_an_organization_is_its_members_own(demo_url: str) -> None:
    async with served(settings_for(demo_url)) as client:
        pdp = gateway(client)
        mine = question("demo-org-manager", "create", "catalogue.offering", owner="dongyuan-centre")
        other = question("demo-org-manager", "create", "catalogue.offering", owner="dongyuan-station")
        assert await pdp.decision(mine) is True
        assert await pdp.decision(other) is False


async def test_a_record_is_named_by_its_global_id(demo_url: str) -> None:
    query = {"query": '{ offerings(organization: "dongyuan-centre", first: 1) { nodes { id } } }'}
    async with served(settings_for(demo_url)) as client:
        (node,) = (await client.post("/graphql", json=query)).json()["data"]["offerings"]["nodes"]
        pdp = gateway(client)
        assert await pdp.decision(question("demo-org-manager", "update", "catalogue.offering", node["id"])) is True
        assert await pdp.decision(question("demo-station-head", "update", "catalogue.offering", node["id"])) is False


@pytest.mark.parametrize(
    "unknown",
    [
        question("nobody", "read", "catalogue.offering"),
        question("demo-resident", "fly", "catalogue.offering"),
        question("demo-resident", "read", "catalogue.dragon"),
        question("demo-resident", "read", "catalogue.offering", "/Not A Path"),
        question("demo-resident", "read", "catalogue.offering", "garbled-id"),
        question("demo-resident", "read", "catalogue.offering", owner="no-such-organization"),
        {**question("x", "read", "catalogue.offering"), "subject": {"type": "robot", "id": "x"}},
    ],
)
async def test_what_is_unknown_is_denied(demo_sqlite: str, unknown: Json) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        answer = await gateway(client).ask("evaluation", unknown)
    assert answer.status_code == 200
    assert answer.json()["decision"] is False
    assert answer.json()["context"]["reason"]


async def test_several_questions_share_what_they_leave_out(demo_url: str) -> None:
    shared = {"subject": subject("demo-district-admin"), "resource": {"type": "catalogue.edition", "id": COMMUNITY}}
    names = ("publish", "fly", "draft")
    body: Json = {**shared, "evaluations": [{"action": {"name": name}} for name in names]}
    async with served(settings_for(demo_url)) as client:
        pdp = gateway(client)

        async def decisions(semantic: str) -> list[bool]:
            answer = await pdp.ask("evaluations", {**body, "options": {"evaluations_semantic": semantic}})
            return [each["decision"] for each in answer.json()["evaluations"]]

        assert await decisions("execute_all") == [True, False, True]
        assert await decisions("deny_on_first_deny") == [True, False]
        assert await decisions("permit_on_first_permit") == [True]
        alone = await pdp.ask("evaluations", question("demo-district-admin", "publish", "catalogue.edition"))
        assert alone.json()["decision"] is True


async def test_search_finds_who_where_and_what(demo_url: str) -> None:
    publish = {"action": {"name": "publish"}, "resource": {"type": "catalogue.edition", "id": COMMUNITY}}
    async with served(settings_for(demo_url)) as client:
        pdp = gateway(client)
        who = (await pdp.ask("search/subject", {"subject": {"type": "account"}, **publish})).json()
        where = await pdp.ask(
            "search/resource",
            {
                "subject": subject("demo-resident"),
                "action": {"name": "read"},
                "resource": {"type": "actors.membership"},
            },
        )
        what = await pdp.ask(
            "search/action",
            {"subject": subject("demo-auditor"), "resource": {"type": "catalogue.edition", "id": COMMUNITY}},
        )
    assert who == {"results": [subject("demo-district-admin")], "page": {"next_token": ""}}
    assert where.json()["results"] == [{"type": "actors.membership", "id": COMMUNITY}]
    assert [each["name"] for each in what.json()["results"]] == ["read", "read_draft", "export"]


async def test_search_goes_on_where_a_page_ended(demo_url: str) -> None:
    body: Json = {
        "subject": {"type": "account"},
        "action": {"name": "create"},
        "resource": {"type": "actors.membership", "id": COMMUNITY},
    }
    async with served(settings_for(demo_url)) as client:
        pdp = gateway(client)
        whole = (await pdp.ask("search/subject", body)).json()["results"]
        pages: list[Json] = []
        token = None
        while token != "":
            page: Json = {"limit": 1} if token is None else {"limit": 1, "token": token}
            found = (await pdp.ask("search/subject", {**body, "page": page})).json()
            pages += found["results"]
            token = found["page"]["next_token"]
    assert pages == whole
    assert subject("demo-party-secretary") in whole
    assert subject("demo-district-admin") in whole


async def test_everybody_may_ask_about_themselves_and_few_about_others(demo_url: str) -> None:
    async with served(settings_for(demo_url)) as client:
        resident = gateway(client, "demo-resident")
        assert await resident.decision(question("demo-resident", "read", "actors.membership")) is True
        other = await resident.ask("evaluation", question("demo-auditor", "read", "actors.membership"))
        anonymous = await gateway(client, None).ask("evaluation", question("demo-auditor", "read", "actors.account"))
    assert (other.status_code, other.json()["code"]) == (403, "FORBIDDEN")
    assert (anonymous.status_code, anonymous.json()["code"]) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"subject": "demo-resident"},
        {"subject": {"type": "account"}, "action": {"name": "x"}, "resource": {"type": "x", "id": "/x"}},
        {"subject": subject("x"), "action": {"name": ""}, "resource": {"type": "x", "id": "/x"}},
        {"subject": subject("x"), "action": {"name": 5}, "resource": {"type": "x", "id": "/x"}},
    ],
)
async def test_a_malformed_question_is_an_error(demo_sqlite: str, body: Any) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        answer = await gateway(client).ask("evaluation", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID")


async def test_a_body_that_is_no_json_is_an_error(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        pdp = gateway(client)
        for content in (b"", b"{", b"\xff", b"[" * 100_000):
            answer = await client.post("/access/v1/evaluation", content=content, headers=pdp.headers)
            assert (answer.status_code, answer.json()["code"]) == (400, "INVALID")


async def test_the_metadata_names_every_endpoint_and_the_request_id_comes_back(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        found = (await client.get("/.well-known/authzen-configuration")).json()
        headers = {**gateway(client).headers, "X-Request-ID": "abc-1"}
        for name, address in found.items():
            if name != "policy_decision_point":
                answer = await client.post(address, json={}, headers=headers)
                assert answer.status_code == 400
        body = question("demo-resident", "read", "catalogue.offering")
        answer = await client.post(found["access_evaluation_endpoint"], json=body, headers=headers)
    assert answer.headers["x-request-id"] == "abc-1"
