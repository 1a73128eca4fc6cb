"""Each mutation of webhooks, once."""

from typing import Any

from gongzhi.core import clock
from gongzhi.core.events.tables import PARKED, Event, EventDelivery
from gongzhi.core.webhooks.service import target_of
from gongzhi.graphql.relay import decode_id
from gongzhi.testing.calling import Callers

MANAGER = "org.manager"


async def webhooks(api: Callers) -> None:
    given = {"code": "site", "name": "网站", "url": "http://127.0.0.1:9/", "organization": "center"}
    key = (await api.do(MANAGER, "createWebhook", "webhook { id }", given))["webhook"]["id"]
    await parked(key)
    await api.do(MANAGER, "replayWebhookDelivery", "replayed", {"webhook": key})
    steps: tuple[tuple[str, dict[str, Any]], ...] = (
        ("updateWebhook", {"kinds": ["catalogue."]}),
        ("rotateWebhookSecret", {}),
        ("suspendWebhook", {"reason": "搬家"}),
        ("resumeWebhook", {}),
        ("removeWebhook", {}),
    )
    for version, (name, more) in enumerate(steps, start=1):
        await api.do(MANAGER, name, "webhook { id }", {"webhook": key, "version": version, **more})


async def parked(webhook: str) -> None:
    """A delivery that was given up."""
    event = (await Event.select(Event.id, Event.record).first()) or {}
    _, key = decode_id(webhook)
    delivery = EventDelivery(
        event=event["id"],
        target=target_of(key),
        record=event["record"],
        position=1,
        state=PARKED,
        due_at=clock.now(),
        done_at=clock.now(),
    )
    await EventDelivery.insert(delivery)


SCENES = (webhooks,)
