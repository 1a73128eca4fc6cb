"""Webhooks get every event that they may have: signed, in the order of each record, until it is taken."""

from datetime import UTC, datetime, timedelta

import pytest

from gongzhi.core import clock
from gongzhi.core.db import Database
from gongzhi.core.errors import Conflict, Forbidden, NotFound
from gongzhi.core.events.health import FIRST_REST
from gongzhi.core.events.tables import EventDelivery, EventTarget
from gongzhi.core.paging import PageRequest
from gongzhi.core.permissions import SYSTEM, Principal
from gongzhi.core.settings import Settings
from gongzhi.core.webhooks import deliveries, service
from gongzhi.core.webhooks.records import (
    DeliveryState,
    ReplayWebhookDelivery,
    ResumeWebhook,
    RotateWebhookSecret,
    SuspendWebhook,
    Webhook,
)
from gongzhi.core.webhooks.targets import JITTER, WAITS
from gongzhi.testing.roles import COMMUNITY, NEIGHBOUR
from tests.core.places import holding
from tests.core.webhooks.receiver import Got, receiving
from tests.core.webhooks.sent import KIND, happen, registered, target, worker

NOON = datetime(2030, 6, 1, 4, tzinfo=UTC)
LONGEST = 1 + JITTER


async def found(webhook: Webhook) -> Webhook:
    return await service.by_code(SYSTEM, webhook.code)


async def states(webhook: Webhook) -> list[str]:
    rows = await EventDelivery.select(EventDelivery.state).where(EventDelivery.target == target(webhook))
    return sorted(row["state"] for row in rows)


async def test_what_is_sent_is_signed_and_says_what_changed_and_not_how(district: Database, settings: Settings) -> None:
    async with receiving() as receiver, worker(district, settings) as postman:
        _, secret = await registered(settings, receiver.url, kinds=("territory.",))
        await happen(district, "Territory:1", "Territory:2", "Territory:1")
        await happen(district, "Edition:1", kind="catalogue.edition.publish")
        await postman.deliver_due()
        await postman.deliver_due()
    assert receiver.records().count("Territory:1") == 2
    assert len(receiver.got) == 3
    assert all(got.signed_with(secret) for got in receiver.got)
    assert len({got.id for got in receiver.got}) == 3
    first = next(got.json for got in receiver.got if got.json["data"]["record"] == "Territory:2")
    datetime.fromisoformat(first.pop("timestamp"))
    assert first == {
        "type": KIND,
        "data": {"record": "Territory:2", "id": "id of Territory:2", "path": COMMUNITY, "version": 2},
    }
    assert [got.json["data"]["version"] for got in receiver.got if got.json["data"]["record"] == "Territory:1"] == [
        1,
        3,
    ]


async def test_only_what_happens_at_its_place_and_its_role_may_read(district: Database, settings: Settings) -> None:
    async with receiving() as receiver, worker(district, settings) as postman:
        await happen(district, "Territory:0")  # before it was there
        webhook, _ = await registered(settings, receiver.url)
        center = str(webhook.organization)
        await happen(district, "Territory:1", path=NEIGHBOUR)  # elsewhere
        await happen(district, "Account:1", kind="actors.account.create")  # not for a manager
        await happen(district, "Membership:1", kind="actors.membership.create")  # of another organization
        await happen(district, "Nothing:1", kind="nothing.at_all.create")
        await happen(district, "Membership:2", kind="actors.membership.create", organization=center)
        await happen(district, "Territory:2")
        await postman.deliver_due()
        assert sorted(receiver.records()) == ["Membership:2", "Territory:2"]
        assert await EventDelivery.count() == 2, "of what it may not read it has not even a delivery"


async def test_what_it_may_not_see_any_more_when_it_is_sent_is_withheld(district: Database, settings: Settings) -> None:
    async def nothing(principal: Principal, record: str) -> str | None:
        assert principal.label == "account:webhook:site"
        return None

    async with receiving() as receiver, worker(district, settings, nothing) as postman:
        webhook, _ = await registered(settings, receiver.url)
        await happen(district, "Territory:1")
        await postman.deliver_due()
        assert (receiver.connections, await states(webhook)) == (0, ["withheld"])
        page = await deliveries.deliveries(SYSTEM, webhook.id, None, PageRequest())
        assert list(page.rows) == []


async def test_one_that_fails_is_tried_again_in_order_and_the_others_get_nothing_twice(
    district: Database, settings: Settings
) -> None:
    async with receiving() as receiver, receiving() as other, worker(district, settings) as postman:
        await registered(settings, receiver.url)
        await registered(settings, other.url, code="other")
        receiver.answer = lambda got: (500 if got.json["data"]["record"] == "Territory:1" else 204, {})
        now = NOON
        with clock.frozen(now):
            await happen(district, "Territory:1", "Territory:1", "Territory:2")
            await postman.deliver_due()
        assert sorted(receiver.records()) == ["Territory:1", "Territory:2"]
        now += WAITS[0] * LONGEST
        with clock.frozen(now):
            await postman.deliver_due()
        receiver.answer = lambda got: (204, {})
        now += WAITS[1] * LONGEST
        with clock.frozen(now):
            await postman.deliver_due()
    ours = [got for got in receiver.got if got.json["data"]["record"] == "Territory:1"]
    assert [got.json["data"]["version"] for got in ours] == [1, 1, 1, 2]
    assert len({got.id for got in ours[:3]}) == 1
    assert len({got.headers["webhook-timestamp"] for got in ours[:3]}) == 3
    assert len(other.got) == 3


async def test_after_the_last_attempt_it_is_a_dead_letter_until_it_is_replayed(
    district: Database, settings: Settings
) -> None:
    async with receiving() as receiver, worker(district, settings) as postman:
        webhook, _ = await registered(settings, receiver.url)
        receiver.answer = lambda got: (400 if got.json["data"]["version"] == 1 else 204, {})
        now = NOON
        with clock.frozen(now):
            await happen(district, "Territory:1", "Territory:1")
            await postman.deliver_due()
        for wait in WAITS:
            assert len({got.json["data"]["version"] for got in receiver.got}) == 1
            now += wait * LONGEST
            with clock.frozen(now):
                await postman.deliver_due()
        assert now - NOON < timedelta(hours=36)
        with clock.frozen(now):
            await postman.deliver_due()
        assert [got.json["data"]["version"] for got in receiver.got] == [1] * (len(WAITS) + 1) + [2]

        page = await deliveries.deliveries(SYSTEM, webhook.id, DeliveryState.parked, PageRequest())
        (letter,) = page.rows
        assert (letter.status, letter.failure, letter.attempts) == (400, "answered 400", len(WAITS) + 1)
        assert str(letter.event) == receiver.got[0].id
        assert (await deliveries.counts([webhook.id]))[webhook.id] == {"waiting": 0, "parked": 1}

        receiver.answer = lambda got: (204, {})
        with clock.frozen(now):
            _, count = await deliveries.replay(SYSTEM, ReplayWebhookDelivery(webhook.id))
            await postman.deliver_due()
            assert (count, receiver.got[-1].id) == (1, str(letter.event))
            assert await states(webhook) == ["delivered", "delivered"]
            _, again = await deliveries.replay(SYSTEM, ReplayWebhookDelivery(webhook.id, letter.id))
            await postman.deliver_due()
        assert (again, receiver.got[-1].id) == (1, str(letter.event))
        with pytest.raises(NotFound):
            await deliveries.replay(SYSTEM, ReplayWebhookDelivery(webhook.id, webhook.id))


async def test_retry_after_is_honoured(district: Database, settings: Settings) -> None:
    async with receiving() as receiver, worker(district, settings) as postman:
        await registered(settings, receiver.url)
        receiver.answer = lambda got: (429, {"retry-after": "600"})
        with clock.frozen(NOON):
            await happen(district, "Territory:1")
            await postman.deliver_due()
            await happen(district, "Territory:2")
        with clock.frozen(NOON + timedelta(seconds=599)):
            await postman.deliver_due()
            assert len(receiver.got) == 1
        with clock.frozen(NOON + timedelta(seconds=600)):
            await postman.deliver_due()
        first, *later = receiver.records()
        assert (first, sorted(later)) == ("Territory:1", ["Territory:1", "Territory:2"]), "records have no order"


async def test_gone_suspends_it_and_it_can_be_resumed(district: Database, settings: Settings) -> None:
    async with receiving() as receiver, worker(district, settings) as postman:
        webhook, _ = await registered(settings, receiver.url)
        receiver.answer = lambda got: (410, {})
        with clock.frozen(NOON):
            await happen(district, "Territory:1")
            await postman.deliver_due()
            suspended = await found(webhook)
            assert (suspended.active, suspended.reason) == (False, "the receiver answered 410 Gone")
            await happen(district, "Territory:2")
            await postman.deliver_due()
            await service.resume(SYSTEM, ResumeWebhook(webhook.id, suspended.version))
            receiver.answer = lambda got: (204, {})
        with clock.frozen(NOON + WAITS[0] * LONGEST):
            await postman.deliver_due()
        assert receiver.records() == ["Territory:1", "Territory:1"], "what happened meanwhile is not sent later"


async def test_a_receiver_that_is_down_is_left_alone_and_suspended_after_days(
    district: Database, settings: Settings
) -> None:
    async with receiving() as receiver, worker(district, settings) as postman:
        webhook, _ = await registered(settings, receiver.url)
        receiver.answer = lambda got: (503, {})
        with clock.frozen(NOON):
            await happen(district, *(f"Territory:{number}" for number in range(30)))
            await postman.deliver_due()
            assert len(receiver.got) == 30
        with clock.frozen(NOON + FIRST_REST * 1.5):
            await postman.deliver_due()
            assert len(receiver.got) == 31
            health = EventTarget.select(EventTarget.failing).where(EventTarget.name == target(webhook))
            assert [row["failing"] for row in await health] == [2]
        for day in range(1, settings.webhook_suspend_days + 2):
            with clock.frozen(NOON + timedelta(days=day)):
                await happen(district, f"Territory:1{day}")
                await postman.deliver_due()
        suspended = await found(webhook)
        assert not suspended.active
        assert suspended.reason.startswith("nothing could be delivered since 2030-06-01T04:00")
        assert len(receiver.got) == 31 + settings.webhook_suspend_days + 1


async def test_both_secrets_sign_for_a_while_after_a_rotation(district: Database, settings: Settings) -> None:
    async with receiving() as receiver, worker(district, settings) as postman:
        webhook, first = await registered(settings, receiver.url)
        with clock.frozen(NOON):
            rotated, second = await service.rotate(SYSTEM, settings, RotateWebhookSecret(webhook.id, 1, keep_hours=2))
            await happen(district, "Territory:1")
            await postman.deliver_due()
        with clock.frozen(NOON + timedelta(hours=2)):
            await happen(district, "Territory:2")
            await postman.deliver_due()
            await service.rotate(SYSTEM, settings, RotateWebhookSecret(webhook.id, rotated.version, keep_hours=0))
            await happen(district, "Territory:3")
            await postman.deliver_due()
    signed = [(got.signed_with(first), got.signed_with(second)) for got in receiver.got]
    assert signed == [(True, True), (False, True), (False, False)]


async def test_where_it_may_not_send_any_more_it_does_not(district: Database, settings: Settings) -> None:
    """The address is looked at again each time: the setting may be another, and so may what the name leads to."""
    async with receiving() as receiver:
        webhook, _ = await registered(settings, receiver.url)
        await happen(district, "Territory:1")
        strict = Settings(database=settings.database, webhook_keys=settings.webhook_keys, webhook_http=True)
        async with worker(district, strict) as postman:
            await postman.deliver_due()
        assert receiver.connections == 0
    (row,) = await EventDelivery.select(EventDelivery.failure).where(EventDelivery.target == target(webhook))
    assert "none of a web server" in row["failure"]


async def test_without_the_key_nothing_is_signed_and_nothing_is_lost(district: Database, settings: Settings) -> None:
    def keyed(*keys: str) -> Settings:
        return Settings(
            database=settings.database,
            webhook_networks=settings.webhook_networks,
            webhook_http=True,
            webhook_keys=keys,
        )

    async with receiving() as receiver:
        _, secret = await registered(settings, receiver.url)
        with clock.frozen(NOON):
            await happen(district, "Territory:1")
            async with worker(district, keyed("x" * 32)) as postman:
                await postman.deliver_due()
            assert receiver.connections == 0
        with clock.frozen(NOON + WAITS[0] * LONGEST):
            async with worker(district, keyed("x" * 32, *settings.webhook_keys)) as postman:
                await postman.deliver_due()
    assert [got.signed_with(secret) for got in receiver.got] == [True]


async def test_who_may_not_read_a_webhook_learns_nothing_of_it(district: Database, settings: Settings) -> None:
    async with receiving() as receiver, worker(district, settings) as postman:
        webhook, _ = await registered(settings, receiver.url)
        await happen(district, "Territory:1")
        await postman.deliver_due()
        manager = holding("org.manager", COMMUNITY, webhook.organization)
        page = await deliveries.deliveries(manager, webhook.id, None, PageRequest())
        assert [each.record for each in page.rows] == ["Territory:1"]
        assert len(await deliveries.by_ids(manager, [page.rows[0].id])) == 1
        other = holding("org.manager", COMMUNITY, webhook.id)
        with pytest.raises(NotFound):
            await deliveries.deliveries(other, webhook.id, None, PageRequest())
        assert await deliveries.by_ids(other, [page.rows[0].id]) == {}
        auditor = holding("auditor", "/test")
        with pytest.raises(Forbidden):
            await deliveries.replay(auditor, ReplayWebhookDelivery(webhook.id))
        with pytest.raises(Conflict):
            await service.suspend(SYSTEM, SuspendWebhook(webhook.id, webhook.version + 1))


def test_got_recognises_a_wrong_signature() -> None:
    got = Got("/", {"webhook-id": "1", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}, b"{}")
    assert not got.signed_with("whsec_AAAA")
