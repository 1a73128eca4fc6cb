"""Webhooks over the API, and what a webhook is told by the running application."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.idempotency.tables import IdempotencyKey
from gongzhi.core.signin import issue_token
from gongzhi.testing.calling import Callers
from gongzhi.testing.serving import served, settings_for
from tests.core.webhooks.receiver import receiving

MANAGER, ADMIN, OTHER, AUDITOR = "demo-org-manager", "demo-district-admin", "demo-station-head", "demo-auditor"
CENTRE = "dongyuan-centre"
FIELDS = "webhook { id code role path kinds url active reason version organization { code } }"
OFFERING = f'{{ offerings(organization: "{CENTRE}", first: 1) {{ nodes {{ id version }} }} }}'


@asynccontextmanager
async def api(url: str, **more: Any) -> AsyncIterator[Callers]:
    settings = settings_for(
        url,
        demo=True,
        introspection="on",
        webhook_networks=("127.0.0.0/8",),
        webhook_http=True,
        webhook_keys=("k" * 32,),
        **more,
    )
    async with served(settings) as client:
        yield Callers(client, settings)


async def until(wanted: Callable[[], bool]) -> None:
    for _ in range(100):
        if wanted():
            return
        await asyncio.sleep(0.1)
    assert wanted()


def new(url: str, **more: Any) -> dict[str, Any]:
    return {"code": "site", "name": "网站", "url": url, "organization": CENTRE, **more}


async def test_a_manager_s_webhook_is_told_of_what_the_role_may_read(own_demo_url: str) -> None:
    async with receiving() as receiver, api(own_demo_url) as callers:
        made = await callers.do(MANAGER, "createWebhook", f"secret {FIELDS}", new(receiver.url))
        secret, webhook = made["secret"], made["webhook"]
        assert (webhook["role"], webhook["organization"]["code"], webhook["url"]) == (
            "org.manager",
            CENTRE,
            receiver.url,
        )
        (offering,) = (await callers.data(MANAGER, OFFERING))["offerings"]["nodes"]
        draft = {"slug": "basic-services", "label": "草案"}
        await callers.do(ADMIN, "draftEdition", "edition { id }", draft)  # a draft is not for it
        change = {"offering": offering["id"], "version": offering["version"], "schedule": "9-17"}
        await callers.do(MANAGER, "updateOffering", "offering { id }", change)
        await until(lambda: bool(receiver.got))
        await asyncio.sleep(1.2)
        (got,) = receiver.got
        assert got.signed_with(secret)
        assert (got.json["type"], got.json["data"]["id"]) == ("catalogue.offering.update", offering["id"])

        listed = (
            f'{{ webhookDeliveries(webhook: "{webhook["id"]}") {{ nodes {{ kind state status attempts event }} }} }}'
        )
        (delivery,) = (await callers.data(MANAGER, listed))["webhookDeliveries"]["nodes"]
        assert delivery == {
            "kind": "catalogue.offering.update",
            "state": "DELIVERED",
            "status": None,
            "attempts": 1,
            "event": got.id,
        }


async def test_who_may_do_what(own_demo_url: str) -> None:
    async with api(own_demo_url, background=False) as callers:
        url = "http://127.0.0.1:9/"
        for caller, code in (("", "UNAUTHENTICATED"), (OTHER, "FORBIDDEN"), (AUDITOR, "FORBIDDEN")):
            assert (await callers.refused(caller, "createWebhook", FIELDS, new(url)))["code"] == code
        made = (await callers.do(ADMIN, "createWebhook", FIELDS, new(url, role="org.staff")))["webhook"]
        step = {"webhook": made["id"], "version": 1}
        audited = await AuditEntry.count()
        for mutation, given in (
            ("updateWebhook", {**step, "name": "x"}),
            ("suspendWebhook", step),
            ("resumeWebhook", step),
            ("removeWebhook", step),
            ("rotateWebhookSecret", step),
            ("replayWebhookDelivery", {"webhook": made["id"]}),
        ):
            for caller, code in (("", "UNAUTHENTICATED"), (OTHER, "NOT_FOUND"), (AUDITOR, "FORBIDDEN")):
                assert (await callers.refused(caller, mutation, "__typename", given))["code"] == code, (
                    mutation,
                    caller,
                )
        assert await AuditEntry.count() == audited
        everything = '{ webhooks { nodes { code url waiting parked } } webhook(code: "site") { code } }'
        assert (await callers.data(ADMIN, everything))["webhooks"]["nodes"] == [
            {"code": "site", "url": url, "waiting": 0, "parked": 0}
        ]
        hidden = await callers.ask(AUDITOR, everything)
        assert hidden["data"]["webhooks"]["nodes"][0]["url"] is None
        assert hidden["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        nothing = await callers.data(OTHER, everything)
        assert nothing == {"webhooks": {"nodes": []}, "webhook": None}
        assert (await callers.refusal("demo-resident", everything))["code"] == "FORBIDDEN"


async def test_its_life(own_demo_url: str) -> None:
    async with api(own_demo_url, background=False) as callers:
        made = await callers.do(MANAGER, "createWebhook", f"secret {FIELDS}", new("http://127.0.0.1:9/"))
        key, first = made["webhook"]["id"], made["secret"]
        given = {"webhook": key, "version": 1, "kinds": ["catalogue."]}
        changed = await callers.do(MANAGER, "updateWebhook", FIELDS, given)
        assert changed["webhook"]["kinds"] == ["catalogue."]
        rotated = await callers.do(
            MANAGER, "rotateWebhookSecret", "secret webhook { formerUntil }", {"webhook": key, "version": 2}
        )
        assert rotated["secret"] != first
        assert rotated["webhook"]["formerUntil"] is not None
        suspended = await callers.do(
            MANAGER, "suspendWebhook", FIELDS, {"webhook": key, "version": 3, "reason": "搬家"}
        )
        assert (suspended["webhook"]["active"], suspended["webhook"]["reason"]) == (False, "搬家")
        assert (await callers.do(MANAGER, "resumeWebhook", FIELDS, {"webhook": key, "version": 4}))["webhook"]["active"]
        replayed = await callers.do(MANAGER, "replayWebhookDelivery", "replayed", {"webhook": key})
        assert replayed == {"replayed": 0}
        await callers.do(MANAGER, "removeWebhook", "webhook { code }", {"webhook": key, "version": 5})
        assert await callers.data(MANAGER, '{ webhook(code: "site") { code } }') == {"webhook": None}


async def test_a_secret_is_not_kept_with_an_idempotency_key(own_demo_url: str) -> None:
    document = "mutation($input: CreateWebhookInput!) { createWebhook(input: $input) { secret } }"
    async with api(own_demo_url, background=False) as callers:
        token = issue_token(callers._settings, MANAGER)
        answer = await callers.client.post(
            "/graphql",
            json={"query": document, "variables": {"input": new("http://127.0.0.1:9/")}},
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "once"},
        )
        assert answer.json()["errors"][0]["extensions"]["code"] == "CONFLICT"
        assert await IdempotencyKey.count() == 0
        assert await callers.data(MANAGER, '{ webhook(code: "site") { code } }') == {"webhook": None}
