"""Forgetting events that were delivered long ago. What waits, or is parked, is never forgotten."""

from datetime import timedelta

from gongzhi.core import clock
from gongzhi.core.db import Database
from gongzhi.core.events.tables import Event, EventDelivery
from gongzhi.core.ids import uuid7_at

BATCH = 1_000

_DELIVERIES = """
DELETE FROM event_delivery WHERE id IN (
    SELECT id FROM event_delivery WHERE id < {} AND state IN ('delivered', 'withheld') ORDER BY id LIMIT {}
) RETURNING id
"""
_EVENTS = """
DELETE FROM event WHERE id IN (
    SELECT id FROM event
    WHERE id < {} AND position IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM event_delivery WHERE event_delivery.event = event.id
    )
    ORDER BY id LIMIT {}
) RETURNING id
"""


async def forget(database: Database, age: timedelta) -> int:
    """Delete what was delivered and is older than `age`, a batch at most; answers how many events are gone."""
    oldest = uuid7_at(clock.now() - age)
    async with database.transaction(isolation="read committed"):
        await EventDelivery.raw(_DELIVERIES, oldest, BATCH)
        return len(await Event.raw(_EVENTS, oldest, BATCH))
