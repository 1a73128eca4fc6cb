"""The access matrix: what the live API answers every demo account is what the policy says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import httpx

from gongzhi.core.actors import accounts, organizations
from gongzhi.core.actors.callers import principal_for
from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.permissions import ANONYMOUS, Principal, decide
from gongzhi.core.settings import Settings
from gongzhi.core.signin import issue_token
from gongzhi.demo import DEMO_ACCOUNTS
from gongzhi.graphql.access import Requires
from gongzhi.graphql.schema import build
from gongzhi.testing.serving import served, settings_for
from tests.access.operations import CENTRE, COMMUNITY, FIXED, STATION, WEBHOOKS, Operation, with_ids

NOBODY = "nobody"
REFUSED = {"UNAUTHENTICATED", "FORBIDDEN"}
HIDDEN = {"actors.account", "actors.membership"}
"""What a caller may not read is as if it were not there, also when they try to change it."""
ELSEWHERE = {"account", "decisions", *WEBHOOKS}
"""Root fields that tell no refusal of a place: `account` answers null, and the log shows what the caller may read.
Those of webhooks are tried where there is one."""

IDS = f"""{{
  serviceList(slug: "basic-services") {{ currentEdition {{ id }} }}
  offerings(organization: "{CENTRE}", first: 1) {{ nodes {{ id }} }}
  assignments(organization: "{STATION}", first: 1) {{ nodes {{ id }} }}
  organization(code: "{STATION}") {{ memberships(first: 1) {{ nodes {{ id }} }} }}
}}"""


class Api:
    """The running application with a token for every demo account."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self.client = client
        self.tokens = {account.code: issue_token(settings, account.code) for account in DEMO_ACCOUNTS}

    async def ask(self, caller: str, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {} if caller == NOBODY else {"Authorization": f"Bearer {self.tokens[caller]}"}
        body = {"query": document, "variables": variables}
        answer = await self.client.post("/graphql", json=body, headers=headers)
        found: dict[str, Any] = answer.json()
        return found


@asynccontextmanager
async def live(demo_url: str) -> AsyncIterator[Api]:
    settings = settings_for(demo_url, demo=True, introspection="on")
    async with served(settings) as client:
        yield Api(client, settings)


@cache
def guarded() -> dict[str, Requires]:
    """The root fields that need a permission, with it."""
    schema = build()
    found = {}
    for root in (schema.query, schema.mutation):
        assert root is not None
        for field in root.__strawberry_definition__.fields:
            for directive in field.directives:
                if isinstance(directive, Requires):
                    found[schema.config.name_converter.get_graphql_name(field)] = directive
    return found


async def operations(api: Api) -> list[Operation]:
    found = (await api.ask("demo-district-admin", IDS))["data"]
    identified = with_ids(
        found["serviceList"]["currentEdition"]["id"],
        found["offerings"]["nodes"][0]["id"],
        found["assignments"]["nodes"][0]["id"],
        found["organization"]["memberships"]["nodes"][0]["id"],
    )
    return [*FIXED, *identified]


async def allowed(principal: Principal, operation: Operation) -> bool:
    owner = (await organizations.by_codes([operation.owner]))[operation.owner].id if operation.owner else None
    own = ()
    if operation.own_account and operation.input is not None:
        own = accounts.relations_to(principal, (await accounts.find(operation.input["code"])).id)
    needs = guarded()[operation.field]
    return decide(principal, needs.action, needs.resource, operation.place, own, owner=owner).allowed


def codes(answer: dict[str, Any]) -> set[str]:
    return {error["extensions"]["code"] for error in answer.get("errors", ())}


async def test_every_guarded_operation_is_in_the_matrix(demo_url: str) -> None:
    async with live(demo_url) as api:
        assert guarded().keys() - ELSEWHERE == {operation.field for operation in await operations(api)}


async def test_the_api_answers_every_account_as_the_policy_says(demo_url: str) -> None:
    async with live(demo_url) as api:
        before = await AuditEntry.count()
        results = [
            (caller, operation, await answered(api, caller, operation))
            for operation in await operations(api)
            for caller in (NOBODY, *api.tokens)
        ]
        wrong = [
            f"{caller} {operation.field} {operation.owner}: {text}" for caller, operation, (text, _) in results if text
        ]
        assert not wrong, "\n".join(wrong)
        assert sum(granted for _, _, (_, granted) in results) > 100
        assert await AuditEntry.count() == before


async def answered(api: Api, caller: str, operation: Operation) -> tuple[str, bool]:
    """What is wrong with the API's answer (nothing: empty), and whether the policy allows it."""
    principal = ANONYMOUS if caller == NOBODY else await principal_for(caller)
    expected = await allowed(principal, operation)
    answer = await api.ask(caller, operation.document(), {"input": operation.input} if operation.input else None)
    hidden = {"NOT_FOUND"} if guarded()[operation.field].resource in HIDDEN else set()
    refused = bool(codes(answer) & (REFUSED | hidden))
    good = refused != expected and "INTERNAL" not in codes(answer)
    return "" if good else f"allowed {expected}, answered {answer}", expected


async def test_anonymous_and_known_callers_are_refused_with_different_codes(demo_url: str) -> None:
    document = f'{{ accounts(within: "{COMMUNITY}") {{ totalCount }} }}'
    async with live(demo_url) as api:
        assert codes(await api.ask(NOBODY, document)) == {"UNAUTHENTICATED"}
        assert codes(await api.ask("demo-org-manager", document)) == {"FORBIDDEN"}


async def test_an_account_that_may_not_be_seen_is_not_there(demo_url: str) -> None:
    document = '{ account(code: "demo-auditor") { name } }'
    async with live(demo_url) as api:
        assert (await api.ask("demo-district-admin", document))["data"]["account"] is not None
        assert (await api.ask("demo-org-manager", document))["data"]["account"] is None


async def test_denials_stand_in_the_decision_log(demo_url: str) -> None:
    ask = f'{{ accounts(within: "{COMMUNITY}") {{ totalCount }} }}'
    log = """{ decisions(account: "demo-station-head", resource: "actors.account", last: 1) {
        nodes { accountLabel action resource path allowed rule reason } } }"""
    async with live(demo_url) as api:
        assert codes(await api.ask("demo-station-head", ask)) == {"FORBIDDEN"}
        assert codes(await api.ask("demo-resident", log)) == {"FORBIDDEN"}
        (line,) = (await api.ask("demo-auditor", log))["data"]["decisions"]["nodes"]
    reason = line.pop("reason")
    assert line == {
        "accountLabel": "account:demo-station-head",
        "action": "read",
        "resource": "actors.account",
        "path": COMMUNITY,
        "allowed": False,
        "rule": "",
    }
    assert reason.startswith("You may not read actors.account at /futian/nanyuan/dongyuan; it is allowed")
