"""Events arrive at least once and in the order of each record, whatever a handler or a worker does."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

from gongzhi.core import clock
from gongzhi.core.db import Database, count_statements
from gongzhi.core.events.claims import LEASE
from gongzhi.core.events.delivery import Delivery, parked, stopped
from gongzhi.core.events.health import FIRST_REST, rest_after
from gongzhi.core.events.outbox import emit
from gongzhi.core.events.retention import forget
from gongzhi.core.events.tables import Event, EventDelivery, EventTarget
from gongzhi.core.events.targets import MOST_ATTEMPTS, handler_targets, wait_after
from gongzhi.core.hooks import EventHandler, HappenedEvent
from tests.core.events.listeners import KIND, Listener, delivery, happen, named

NOON = datetime(2030, 6, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)


async def states() -> list[tuple[str, str]]:
    rows = await EventDelivery.select(EventDelivery.target, EventDelivery.state).order_by(EventDelivery.position)
    return [(row["target"], row["state"]) for row in rows]


async def test_a_change_writes_one_row(database: Database) -> None:
    with count_statements() as counter:
        async with database.transaction():
            await emit(KIND, "A:1", "/futian", {"number": 1})
    assert [sql.split()[:3] for sql in counter.statements] == [["INSERT", "INTO", '"event"']]
    assert await EventDelivery.count() == 0


async def test_handlers_get_what_they_asked_for_in_order_and_once(database: Database) -> None:
    editions, cases = Listener("catalogue.edition."), Listener("mediation.")
    worker = delivery(database, editions=editions, cases=cases)
    await happen(database, ("A:1", 1), ("A:2", 2), ("A:1", 3))
    assert await worker.deliver_due() == 3
    assert await worker.deliver_due() == 0
    assert editions.got == [("A:1", 1), ("A:2", 2), ("A:1", 3)]
    assert cases.got == []
    assert await states() == [("plugin:editions:catalogue.edition.", "delivered")] * 3
    places = await Event.select(Event.position).order_by(Event.id)
    assert [row["position"] for row in places] == [1, 2, 3]


async def test_what_was_rolled_back_is_never_delivered(database: Database) -> None:
    listener = Listener()
    try:
        async with database.transaction():
            await emit(KIND, "A:1", "/futian", {"number": 1})
            raise OSError("rolled back")
    except OSError:
        pass
    assert await delivery(database, ears=listener).deliver_due() == 0
    assert listener.got == []


async def test_one_that_fails_keeps_its_record_and_nothing_else(database: Database) -> None:
    failing = [True]
    shaky = Listener(fails=lambda event: event.payload["number"] == 1 and failing[0])
    steady = Listener()
    worker = delivery(database, shaky=shaky, steady=steady)
    with clock.frozen(NOON):
        await happen(database, ("A:1", 1), ("A:1", 2), ("A:2", 3))
        await worker.deliver_due()
        await happen(database, ("A:1", 4), ("A:2", 5))
        await worker.deliver_due()
        assert shaky.got == [("A:2", 3), ("A:2", 5)]
        assert [number for _, number in steady.got] == [1, 2, 3, 4, 5]
        assert await worker.deliver_due() == 0
    failing[0] = False
    with clock.frozen(NOON + wait_after(1)):
        await worker.deliver_due()
    assert shaky.of("A:1") == [1, 2, 4]
    assert len(steady.got) == 5, "a target that fails has no other one get anything twice"
    attempts = await EventDelivery.select(EventDelivery.attempts).where(EventDelivery.target == "plugin:shaky:")
    assert sorted(row["attempts"] for row in attempts) == [1, 1, 1, 1, 2]


async def test_an_event_that_always_fails_is_parked_with_the_reason_and_lets_the_next_pass(database: Database) -> None:
    never = Listener(fails=lambda event: event.payload["number"] == 1)
    worker = delivery(database, never=never)
    await happen(database, ("A:1", 1), ("A:1", 2))
    now = clock.now()
    for attempt in range(MOST_ATTEMPTS + 2):
        assert never.got == [] or attempt >= MOST_ATTEMPTS
        with clock.frozen(now):
            await worker.deliver_due()
        now += timedelta(hours=2)
    assert await parked() == 1
    assert never.got == [("A:1", 2)]
    (row,) = await EventDelivery.select().where(EventDelivery.state == "parked")
    assert (row["attempts"], row["failure"], row["position"]) == (MOST_ATTEMPTS, "OSError: no line", 1)


async def test_a_killed_worker_s_events_are_delivered_by_another_when_its_lease_runs_out(database: Database) -> None:
    listener, begun = Listener(), asyncio.Event()

    async def hang(event: HappenedEvent) -> None:
        begun.set()
        await asyncio.Event().wait()

    with clock.frozen(NOON):
        await happen(database, ("A:1", 1), ("A:1", 2))
        hanging = Delivery(database, handler_targets({"ears": [EventHandler("", hang)]}))
        killed = asyncio.create_task(hanging.deliver_due())
        await asyncio.wait_for(begun.wait(), 5)
        await happen(database, ("A:1", 3), ("A:2", 4))
        other = delivery(database, ears=listener)
        await other.deliver_due()
        assert listener.got == [("A:2", 4)]
    with clock.frozen(NOON + LEASE):
        assert await other.deliver_due() == 3
        assert listener.of("A:1") == [1, 2, 3]
        killed.cancel()  # it writes what it knows, and changes nothing of what the other one did
        await asyncio.wait([killed])
        assert await other.deliver_due() == 0
    assert {state for _, state in await states()} == {"delivered"}


async def test_a_worker_that_is_stopped_gives_back_what_it_had_not_begun(database: Database) -> None:
    begun, done = asyncio.Event(), []

    async def slow(event: HappenedEvent) -> None:
        begun.set()
        await asyncio.sleep(0.3)
        done.append(event.payload["number"])

    worker = Delivery(database, handler_targets({"ears": [EventHandler("", slow)]}))
    await happen(database, *((f"A:{number}", number) for number in range(20)))
    running = asyncio.create_task(worker.run())
    await asyncio.wait_for(begun.wait(), 5)
    await stopped(worker, running, 5)
    assert done == [0]
    rows = await EventDelivery.select(EventDelivery.state, EventDelivery.attempts).order_by(EventDelivery.position)
    assert [(row["state"], row["attempts"]) for row in rows] == [("delivered", 1), *[("waiting", 0)] * 19]
    listener = Listener()
    assert await delivery(database, ears=listener).deliver_due() == 19


async def test_what_does_not_end_in_time_is_given_back_when_a_worker_stops(database: Database) -> None:
    begun = asyncio.Event()

    async def hang(event: HappenedEvent) -> None:
        begun.set()
        await asyncio.Event().wait()

    worker = Delivery(database, handler_targets({"ears": [EventHandler("", hang)]}))
    await happen(database, ("A:1", 1), ("A:2", 2))
    running = asyncio.create_task(worker.run())
    await asyncio.wait_for(begun.wait(), 5)
    await stopped(worker, running, 0.1)
    assert running.done()
    rows = await EventDelivery.select(EventDelivery.lease, EventDelivery.attempts).order_by(EventDelivery.position)
    assert rows == [{"lease": None, "attempts": 1}, {"lease": None, "attempts": 0}]
    listener = Listener()
    assert await delivery(database, ears=listener).deliver_due() == 2
    assert listener.got == [("A:1", 1), ("A:2", 2)]


async def test_workers_share_the_events_and_keep_the_order_whatever_fails(database: Database) -> None:
    """Three workers, random failures, leases that run out: every record's events come first in exactly their order."""
    dice, moment = random.Random(7), [NOON]
    listeners = [Listener(fails=lambda event: dice.random() < 0.3) for _ in range(3)]
    workers = [delivery(database, ears=listener) for listener in listeners]
    together: list[tuple[str, int]] = []
    for listener in listeners:
        listener.got = together
    expected: dict[str, list[int]] = {}
    with clock.frozen(NOON):
        for number in range(60):
            record = f"A:{dice.randrange(6)}"
            expected.setdefault(record, []).append(number)
            await happen(database, (record, number))
    for _ in range(400):
        moment[0] += timedelta(seconds=dice.choice([0, 1, 5, 700]))
        with clock.frozen(moment[0]):
            rounds = [asyncio.create_task(worker.deliver_due()) for worker in workers]
            if dice.random() < 0.2:
                await asyncio.sleep(0.01)
                rounds[0].cancel()
            await asyncio.wait(rounds)
        if not await EventDelivery.exists().where(EventDelivery.state == "waiting"):
            break
    for record, numbers in expected.items():
        came = [number for name, number in together if name == record]
        assert list(dict.fromkeys(came)) == numbers
    assert len(together) == 60, "nobody was killed between a delivery and writing it down"


async def test_two_workers_share_the_events(database: Database) -> None:
    listener = Listener()
    workers = [delivery(database, ears=listener) for _ in range(4)]
    await happen(database, *((f"A:{number}", number) for number in range(120)))
    while sum(await asyncio.gather(*(worker.deliver_due() for worker in workers))):
        pass
    assert sorted(number for _, number in listener.got) == list(range(120))


async def test_a_target_that_fails_as_a_whole_is_left_alone(database: Database) -> None:
    broken = [True]
    listener, steady = Listener(fails=lambda event: broken[0]), Listener()
    worker = delivery(database, ears=listener, steady=steady)
    target = EventTarget.select(EventTarget.failing, EventTarget.failing_since).where(
        EventTarget.name == "plugin:ears:"
    )
    with clock.frozen(NOON):
        await happen(database, *((f"A:{number}", number) for number in range(5)))
        await worker.deliver_due()
        assert len(steady.got) == 5
        await happen(database, ("A:9", 9))
        assert (await target)[0] == {"failing": 1, "failing_since": NOON}
    with clock.frozen(NOON + FIRST_REST - timedelta(seconds=1)):
        await worker.deliver_due()
        assert len(steady.got) == 6
    with clock.frozen(NOON + FIRST_REST):
        assert await worker.deliver_due() == 1, "one event, to see whether it is back"
        assert (await target)[0]["failing"] == 2
    broken[0] = False
    with clock.frozen(NOON + FIRST_REST + rest_after(2)):
        assert [await worker.deliver_due() for _ in range(3)] == [1, 5, 0]
        assert (await target)[0] == {"failing": 0, "failing_since": None}
    assert len(listener.got) == 6


async def test_what_a_plugin_wants_waits_while_it_is_away(database: Database) -> None:
    listener = Listener()
    await delivery(database, ears=listener).deliver_due()
    await Delivery(database, failed=["ears"]).deliver_due()
    await happen(database, ("A:1", 1))
    assert await Delivery(database, failed=["ears"]).deliver_due() == 1  # placed by a worker without the plugin
    assert await delivery(database, ears=listener).deliver_due() == 1
    assert listener.got == [("A:1", 1)]
    await Delivery(database).deliver_due()  # it was taken out
    await happen(database, ("A:1", 2))
    await Delivery(database).deliver_due()
    assert await delivery(database, ears=listener).deliver_due() == 0


def test_handlers_are_known_by_plugin_and_prefix() -> None:
    first, second = Listener("a.").handler, Listener("b.").handler
    found = handler_targets({"one": [first, second, first], "two": [EventHandler("a.", first.deliver, "mail")]})
    assert [each.name for each in found] == ["plugin:one:a.", "plugin:one:b.", "plugin:one:a.#2", "plugin:two:mail"]


async def test_what_was_delivered_is_forgotten_after_a_while_and_nothing_else(database: Database) -> None:
    never = Listener(fails=lambda event: event.payload["number"] == 1)
    worker = Delivery(database, named(ears=never))
    await happen(database, ("A:1", 1), ("A:2", 2))
    await worker.deliver_due()
    await happen(database, ("A:3", 3))
    now = clock.now()
    with clock.frozen(now + DAY):
        assert await forget(database, 2 * DAY) == 0
    with clock.frozen(now + 3 * DAY):
        assert await forget(database, 2 * DAY) == 1
    left = await Event.select(Event.record).order_by(Event.id)
    assert [row["record"] for row in left] == ["A:1", "A:3"]
    assert await states() == [("plugin:ears:", "waiting")]
