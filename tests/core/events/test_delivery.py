"""Events arrive at least once, whatever a handler or a worker does."""

import asyncio
from datetime import UTC, datetime, timedelta

from gongzhi.core import clock
from gongzhi.core.db import Database
from gongzhi.core.events.delivery import LEASE, MOST_ATTEMPTS, Delivery, wait_after
from gongzhi.core.events.outbox import emit
from gongzhi.core.events.tables import Event
from gongzhi.core.hooks import EventHandler, HappenedEvent

NOON = datetime(2015, 6, 1, 4, tzinfo=UTC)


class Listener:
    """A handler that keeps what it got, and fails as often as it is told to."""

    def __init__(self, prefix: str = "", failures: int = 0) -> None:
        self.got: list[str] = []
        self.failures = failures
        self.handler = EventHandler(prefix, self.deliver)

    async def deliver(self, event: HappenedEvent) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("no line")
        self.got.append(event.record)


async def happen(database: Database, *records: str) -> None:
    async with database.transaction():
        for record in records:
            await emit("catalogue.edition.publish", record, "/futian", {"record": record})


async def test_handlers_get_what_they_asked_for_in_order_and_once(database: Database) -> None:
    editions, cases = Listener("catalogue.edition."), Listener("mediation.")
    delivery = Delivery(database, [editions.handler, cases.handler])
    await happen(database, "A:1", "A:2", "A:3")
    assert await delivery.deliver_due() == 3
    assert await delivery.deliver_due() == 0
    assert editions.got == ["A:1", "A:2", "A:3"]
    assert cases.got == []
    assert await Event.count().where(Event.delivered_at.is_null()) == 0


async def test_what_was_rolled_back_is_never_delivered(database: Database) -> None:
    listener = Listener()
    try:
        async with database.transaction():
            await emit("catalogue.edition.publish", "A:1", "/futian", {})
            raise OSError("rolled back")
    except OSError:
        pass
    assert await Delivery(database, [listener.handler]).deliver_due() == 0
    assert listener.got == []


async def test_a_handler_that_fails_is_tried_again_later_and_stops_nobody(database: Database) -> None:
    shaky, steady = Listener(failures=1), Listener()
    delivery = Delivery(database, [shaky.handler, steady.handler])
    with clock.frozen(NOON):
        await happen(database, "A:1", "A:2")
        await delivery.deliver_due()
        assert (shaky.got, steady.got) == (["A:2"], ["A:1", "A:2"])
        assert await delivery.deliver_due() == 0
    with clock.frozen(NOON + wait_after(1)):
        assert await delivery.deliver_due() == 1
    assert shaky.got == ["A:2", "A:1"]
    assert steady.got == ["A:1", "A:2", "A:1"]
    (row,) = await Event.select(Event.attempts, Event.failure).where(Event.record == "A:1")
    assert row == {"attempts": 2, "failure": ""}


async def test_an_event_that_always_fails_is_parked_with_the_reason(database: Database) -> None:
    never = Listener(failures=10**6)
    delivery = Delivery(database, [never.handler])
    await happen(database, "A:1")
    now = clock.now()
    for _ in range(MOST_ATTEMPTS + 2):
        with clock.frozen(now):
            await delivery.deliver_due()
        now += timedelta(hours=2)
    assert await delivery.parked() == 1
    (row,) = await Event.select(Event.attempts, Event.failure, Event.delivered_at)
    assert row == {"attempts": MOST_ATTEMPTS, "failure": "OSError: no line", "delivered_at": None}


async def test_a_killed_worker_s_events_are_delivered_by_another_when_its_lease_runs_out(database: Database) -> None:
    listener = Listener()
    with clock.frozen(NOON):
        await happen(database, "A:1")

        async def hang(event: HappenedEvent) -> None:
            await asyncio.Event().wait()

        killed = asyncio.create_task(Delivery(database, [EventHandler("", hang)]).deliver_due())
        await asyncio.sleep(0.2)
        killed.cancel()
        await asyncio.wait([killed])
        other = Delivery(database, [listener.handler])
        assert await other.deliver_due() == 0
    with clock.frozen(NOON + LEASE):
        assert await other.deliver_due() == 1
    assert listener.got == ["A:1"]


async def test_two_workers_share_the_events(database: Database) -> None:
    listener = Listener()
    workers = [Delivery(database, [listener.handler]) for _ in range(4)]
    records = [f"A:{number}" for number in range(120)]
    await happen(database, *records)
    while sum(await asyncio.gather(*(worker.deliver_due() for worker in workers))):
        pass
    assert sorted(listener.got) == sorted(records)
