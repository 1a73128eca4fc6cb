"""The clock is set forward or back by hours: nothing waits for that long, is told twice, or is never told."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from gongzhi.core import clock
from gongzhi.core.db import Database, count_statements
from gongzhi.core.events import claims
from gongzhi.core.events.claims import LEASE
from gongzhi.core.events.delivery import Delivery, stopped
from gongzhi.core.events.outbox import emit
from gongzhi.core.events.tables import Event, EventTarget
from gongzhi.core.events.tail import Listener as Ear
from gongzhi.core.events.tail import Tail
from gongzhi.core.events.targets import handler_targets, wait_after
from gongzhi.core.hooks import EventHandler, HappenedEvent
from gongzhi.core.ids import uuid7_at
from tests.core.events.listeners import KIND, Listener, delivery, happen

NOON = datetime(2030, 6, 1, 4, tzinfo=UTC)
AHEAD = NOON + timedelta(hours=3)


class Hanging:
    """A worker that is killed, as far as others see, while it delivers."""

    def __init__(self, database: Database) -> None:
        self.begun = asyncio.Event()
        self.worker = Delivery(database, handler_targets({"ears": [EventHandler("", self._hang)]}))

    async def _hang(self, event: HappenedEvent) -> None:
        self.begun.set()
        await asyncio.Event().wait()


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_claim_of_before_ends_soon_after_the_clock_is_set_back(database: Database, restarted: bool) -> None:
    listener, hanging = Listener(), Hanging(database)
    other = delivery(database, ears=listener)
    with clock.frozen(AHEAD):
        await happen(database, ("A:1", 1))
        killed = asyncio.create_task(hanging.worker.deliver_due())
        await asyncio.wait_for(hanging.begun.wait(), 5)
        assert await other.deliver_due() == 0
        await happen(database, ("A:1", 2))
        await other.deliver_due()  # placed by the wrong time, and not claimed
    if restarted:
        other = delivery(database, ears=listener)
    with clock.frozen(NOON):
        assert (await other.deliver_due(), listener.got) == (0, [])
    with clock.frozen(NOON + LEASE):
        assert await other.deliver_due() == 2
    assert listener.got == [("A:1", 1), ("A:1", 2)]
    killed.cancel()
    await asyncio.wait([killed])


async def test_what_failed_waits_no_longer_than_by_a_clock_that_was_right(database: Database) -> None:
    broken = [True]
    listener = Listener(fails=lambda event: broken[0])
    worker = delivery(database, ears=listener)
    with clock.frozen(AHEAD):
        await happen(database, *((f"A:{number}", number) for number in range(4)))
        await worker.deliver_due()
    broken[0] = False
    with clock.frozen(NOON):
        await worker.deliver_due()
        (row,) = await EventTarget.select(EventTarget.rest_until).where(EventTarget.name == "plugin:ears:")
        assert NOON < row["rest_until"] <= NOON + timedelta(minutes=5)
    with clock.frozen(row["rest_until"] + wait_after(1)):
        assert [await worker.deliver_due() for _ in range(2)] == [1, 3], "one, to see whether it is back, and the rest"
    assert len(listener.got) == 4


async def test_a_claim_is_renewed_and_lost_to_who_has_taken_it_over(database: Database) -> None:
    await delivery(database, ears=Listener()).deliver_due()
    with clock.frozen(NOON):
        await happen(database, ("A:1", 1), ("A:2", 2))
        await Delivery(database, failed=["ears"]).deliver_due()
        lease = await claims.claim(database, "plugin:ears:")
        lease.ends = time.monotonic() - 1
        assert (len(lease.rows), lease.holds) == (2, False)
    with clock.frozen(NOON + LEASE / 2):
        await claims.renew(lease)
    with clock.frozen(NOON + LEASE):
        assert lease.holds
        assert (await claims.claim(database, "plugin:ears:")).rows == ()
    with clock.frozen(NOON + LEASE * 1.5):
        taken = await claims.claim(database, "plugin:ears:")
        assert [row.attempts for row in taken.rows] == [2, 2]
        lease.ends = time.monotonic() - 1
        await claims.renew(lease)
    assert (lease.holds, taken.holds) == (False, True)


async def test_who_finds_everything_claimed_rests(database: Database) -> None:
    hanging, listener = Hanging(database), Listener()
    await happen(database, ("A:1", 1))
    killed = asyncio.create_task(hanging.worker.deliver_due())
    await asyncio.wait_for(hanging.begun.wait(), 5)
    await happen(database, ("A:1", 2))
    other = delivery(database, ears=listener)
    await other.deliver_due()
    with count_statements() as counter:
        running = asyncio.create_task(other.run())
        await asyncio.sleep(0.5)
    assert 0 < counter.count < 30, "it looks once in a second"
    await stopped(other, running, 5)
    killed.cancel()
    await asyncio.wait([killed])


async def told(tail: Tail, ear: Ear) -> list[str]:
    """What a listener hears when it is read now."""
    tail.wake()
    found: list[str] = []
    while True:
        try:
            async with asyncio.timeout(0.3):
                event = await ear.next()
        except TimeoutError:
            return found
        if event is not None:
            found.append(event.record)


async def test_subscriptions_hear_of_each_event_once_whatever_the_clock_does(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    shift = [timedelta(0)]
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + shift[0])
    old = uuid7_at(datetime.now(UTC) - timedelta(minutes=10))
    await _enter(old, "A:0")
    tail = Tail()
    running = asyncio.create_task(tail.run())
    async with tail.listening() as ear:
        assert await told(tail, ear) == []
        shift[0] = timedelta(hours=3)
        await happen(database, ("A:1", 1))
        assert await told(tail, ear) == ["A:1"], "its id is of the old time"
        shift[0] = timedelta(hours=-3)
        assert await told(tail, ear) == [], "what is ten minutes old was told then"
        await _enter(uuid7_at(clock.now()), "A:2")  # as another process has it, whose ids are of the new time
        await happen(database, ("A:3", 3))
        assert await told(tail, ear) == ["A:2", "A:3"]
    running.cancel()
    await asyncio.wait([running])


async def _enter(key: UUID, record: str) -> None:
    await emit(KIND, record, "/futian", {"number": 0})
    await Event.update({Event.id: key}, force=True).where(Event.record == record)
