"""Who may have events sent where, in which role; and that nothing is changed where that is refused."""

from pathlib import Path

import msgspec
import pytest

from gongzhi.core.actors import organizations
from gongzhi.core.db import Database
from gongzhi.core.errors import Conflict, Forbidden, GongzhiError, Invalid, NotFound
from gongzhi.core.events.tables import Event, EventDelivery, EventTarget
from gongzhi.core.paging import PageRequest
from gongzhi.core.permissions import SYSTEM, Principal
from gongzhi.core.settings import Settings
from gongzhi.core.webhooks import deliveries, service, tables
from gongzhi.core.webhooks.records import (
    CreateWebhook,
    RemoveWebhook,
    ReplayWebhookDelivery,
    ResumeWebhook,
    RotateWebhookSecret,
    SuspendWebhook,
    UpdateWebhook,
    Webhook,
)
from gongzhi.testing.roles import COMMUNITY, DISTRICT, NEIGHBOUR
from tests.core.places import holding, traces
from tests.core.webhooks.sent import happen, registered, target, worker

URL = "http://127.0.0.1:9/hooks"
NEW = CreateWebhook(code="site", name="网站", url=URL, organization="center")


async def manager(code: str = "center") -> Principal:
    """Who manages an organization."""
    return holding("org.manager", COMMUNITY, (await organizations.find(code)).id)


async def refused(settings: Settings, caller: Principal, command: CreateWebhook, kind: type[GongzhiError]) -> str:
    """The message, after a look at whether anything was changed."""
    before = await traces()
    with pytest.raises(kind) as refusal:
        await service.create(caller, settings, command)
    assert await traces() == before
    assert await tables.Webhook.count() == 0
    return str(refusal.value.message)


async def test_a_manager_registers_one_for_the_organization(district: Database, settings: Settings) -> None:
    made, secret = await service.create(await manager(), settings, NEW)
    assert (made.role, made.path, made.active, made.version) == ("org.manager", COMMUNITY, True, 1)
    assert secret.startswith("whsec_")
    (row,) = await tables.Webhook.select()
    assert secret.removeprefix("whsec_") not in str(row)
    (event,) = await Event.select(Event.payload).where(Event.kind == "webhooks.webhook.create")
    assert "url" not in msgspec.json.decode(event["payload"])
    assert "salt" not in event["payload"]
    page = await service.webhooks(await manager(), PageRequest())
    assert [each.code for each in page.rows] == ["site"]
    assert list((await service.webhooks(await manager("shop"), PageRequest())).rows) == []


async def test_who_may_not_is_refused(district: Database, settings: Settings) -> None:
    replaced = msgspec.structs.replace
    assert "org.staff" in await refused(settings, await manager(), replaced(NEW, role="org.staff"), Forbidden)
    for role in ("district.admin", "auditor"):
        assert "do not hold" in await refused(settings, await manager(), replaced(NEW, role=role), Forbidden)
    assert "no role" in await refused(settings, await manager(), replaced(NEW, role="system"), Invalid)
    assert "no role" in await refused(settings, SYSTEM, NEW, Invalid)
    staff = holding("org.staff", COMMUNITY, (await manager()).bindings[0].organization_id)
    await refused(settings, staff, NEW, Forbidden)
    await refused(settings, await manager("shop"), NEW, Forbidden)
    assert "serve" in await refused(settings, await manager(), replaced(NEW, path=NEIGHBOUR), Invalid)
    assert "serve" in await refused(settings, await manager(), replaced(NEW, path=DISTRICT), Invalid)


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1/", "http://localhost:9/hooks", "http://[::1]/", "http://169.254.169.254/latest", "ftp://x.org/"],
)
async def test_where_nothing_may_be_sent_none_is_registered(district: Database, settings: Settings, url: str) -> None:
    strict = msgspec.structs.replace(settings, webhook_networks=())
    told = await refused(strict, await manager(), msgspec.structs.replace(NEW, url=url), Invalid)
    assert told.startswith("url: ")


async def test_a_key_must_be_set_where_machines_share_a_database(
    district: Database, settings: Settings, tmp_path: Path
) -> None:
    unset = msgspec.structs.replace(settings, webhook_keys=(), signing_key=None)
    if district.dialect == "postgresql":
        assert "webhook_keys" in await refused(unset, await manager(), NEW, Invalid)
        return
    _, secret = await service.create(await manager(), unset, NEW)
    key = tmp_path / ".gongzhi" / "webhook_key"
    assert (key.stat().st_mode & 0o777, len(key.read_text("ascii").strip())) == (0o600, 64)
    assert secret.startswith("whsec_")
    key.chmod(0o644)
    with pytest.raises(Invalid, match="others may read"):
        await service.create(await manager(), unset, msgspec.structs.replace(NEW, code="other"))


async def test_it_is_changed_by_who_saw_what_it_was(district: Database, settings: Settings) -> None:
    caller = await manager()
    made, _ = await service.create(caller, settings, NEW)
    changed = await service.revise(caller, settings, UpdateWebhook(made.id, 1, kinds=("catalogue.",), name="站"))
    assert (changed.kinds, changed.name, changed.url, changed.version) == (("catalogue.",), "站", URL, 2)
    before = await traces()
    for command, kind in (
        (UpdateWebhook(made.id, 1, name="x"), Conflict),
        (UpdateWebhook(made.id, 2, url="http://10.0.0.1/"), Invalid),
        (UpdateWebhook(made.id, 2, role="district.admin"), Forbidden),
        (UpdateWebhook(made.id, 2, path=NEIGHBOUR), Invalid),
    ):
        with pytest.raises(kind):
            await service.revise(caller, settings, command)
    with pytest.raises(NotFound):
        await service.revise(await manager("shop"), settings, UpdateWebhook(made.id, 2, name="x"))
    with pytest.raises(Conflict):
        await service.create(caller, settings, NEW)
    assert await traces() == before
    assert await service.by_code(caller, "site") == changed


async def test_it_is_suspended_resumed_and_removed_with_what_waits(district: Database, settings: Settings) -> None:
    made, _ = await registered(settings, URL)
    caller = await manager()
    async with worker(district, settings) as postman:
        await happen(district, "Territory:1")
        await postman.deliver_due()
        suspended = await service.suspend(caller, SuspendWebhook(made.id, 1, "搬家"))
        assert (suspended.active, suspended.reason) == (False, "搬家")
        with pytest.raises(Conflict):
            await service.suspend(caller, SuspendWebhook(made.id, 2))
        resumed = await service.resume(caller, ResumeWebhook(made.id, 2))
        with pytest.raises(Conflict):
            await service.resume(caller, ResumeWebhook(made.id, 3))
    await others_may_not(resumed, settings)
    assert await EventDelivery.count() == 1
    await service.remove(caller, RemoveWebhook(made.id, resumed.version))
    assert await tables.Webhook.count() + await EventDelivery.count() == 0
    assert await EventTarget.count().where(EventTarget.name == target(made)) == 0
    with pytest.raises(NotFound):
        await service.by_code(caller, "site")


async def others_may_not(webhook: Webhook, settings: Settings) -> None:
    """Who manages another organization finds none, and an auditor may only look."""
    before = await traces()
    for caller, kind in ((await manager("shop"), NotFound), (holding("auditor", DISTRICT), Forbidden)):
        for attempt in (
            service.suspend(caller, SuspendWebhook(webhook.id, webhook.version)),
            service.remove(caller, RemoveWebhook(webhook.id, webhook.version)),
            service.rotate(caller, settings, RotateWebhookSecret(webhook.id, webhook.version)),
            deliveries.replay(caller, ReplayWebhookDelivery(webhook.id)),
        ):
            with pytest.raises(kind):
                await attempt
    assert await traces() == before
