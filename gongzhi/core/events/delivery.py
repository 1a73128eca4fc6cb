"""Delivering events to those who asked for them: at least once, by any number of workers, whatever a handler does.

A worker claims events for a while (a lease), calls the handlers outside of any transaction, and then marks the events
delivered. One that is killed in between leaves a lease that runs out, and another worker calls the handlers again.
Events come in the order in which they were written; one whose handler failed comes again later, after the others.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from gongzhi.core import clock
from gongzhi.core.db import Database
from gongzhi.core.errors import GongzhiError
from gongzhi.core.events.tables import Event
from gongzhi.core.hooks import EventHandler, HappenedEvent

logger = logging.getLogger("gongzhi.events")

LEASE = timedelta(seconds=60)
"""How long a worker has for what it claimed, before another one takes it over."""
BATCH = 50
POLL_SECONDS = 1.0
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 12
"""Failures after which an event is parked: with the doubling waits, after about three hours."""

_CLAIM = """
UPDATE event SET due_at = {}, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM event
    WHERE delivered_at IS NULL AND parked_at IS NULL AND (due_at IS NULL OR due_at <= {})
    ORDER BY id LIMIT {} """
_LOCKED = "FOR UPDATE SKIP LOCKED"
_ANSWER = ") RETURNING id, kind, record, path, payload, attempts"


class Delivery:
    """Delivers the events of one database to handlers."""

    def __init__(self, database: Database, handlers: Sequence[EventHandler]) -> None:
        self._database = database
        self._handlers = tuple(handlers)

    async def run(self) -> None:
        """Deliver until cancelled. The database may go away meanwhile; what waits is delivered when it is back."""
        well = True
        while True:
            try:
                delivered = await self.deliver_due()
                well = True
            except GongzhiError as error:
                delivered = 0
                if well:
                    logger.warning("events wait: %s", error.message)
                well = False
            if delivered < BATCH:
                await asyncio.sleep(POLL_SECONDS)

    async def deliver_due(self) -> int:
        """Deliver a batch of what is due; answers how many events were claimed."""
        claimed = await self._claim()
        done: list[Any] = []
        for row in claimed:
            failure = await self._deliver(row)
            if failure is None:
                done.append(row["id"])
            else:
                await self._postpone(row, failure)
        if done:
            await Event.update({Event.delivered_at: clock.now(), Event.failure: ""}).where(Event.id.is_in(done))
        return len(claimed)

    async def parked(self) -> int:
        """How many events wait for an operator."""
        return int(await Event.count().where(Event.parked_at.is_not_null()))

    async def _claim(self) -> list[dict[str, Any]]:
        now = clock.now()
        lock = _LOCKED if self._database.dialect == "postgresql" else ""
        async with self._database.transaction(isolation="read committed"):
            rows: list[dict[str, Any]] = await Event.raw(f"{_CLAIM}{lock}{_ANSWER}", now + LEASE, now, BATCH)
        return sorted(rows, key=lambda row: str(row["id"]))

    async def _deliver(self, row: dict[str, Any]) -> str | None:
        """Call every handler that wants the event; answers what went wrong with the first that failed."""
        event = HappenedEvent(
            id=str(row["id"]),
            kind=row["kind"],
            record=row["record"],
            path=row["path"],
            payload=msgspec.json.decode(row["payload"]),
        )
        failure = None
        for handler in self._handlers:
            if not event.kind.startswith(handler.prefix):
                continue
            try:
                await handler.deliver(event)
            except Exception as error:  # a handler may raise anything; the others and the next events go on
                logger.exception("a handler of %s failed at event %s", handler.prefix, event.id)
                failure = failure or f"{type(error).__name__}: {error}"[:500]
        return failure

    async def _postpone(self, row: dict[str, Any], failure: str) -> None:
        now = clock.now()
        values: dict[Any, Any] = {Event.due_at: now + wait_after(row["attempts"]), Event.failure: failure}
        if row["attempts"] >= MOST_ATTEMPTS:
            values[Event.parked_at] = now
            logger.error("event %s is parked after %d attempts: %s", row["id"], row["attempts"], failure)
        await Event.update(values).where(Event.id == row["id"])


def wait_after(attempts: int) -> timedelta:
    """How long an event waits after so many failures: 2, 4, 8 … seconds, at most an hour."""
    return min(timedelta(seconds=2.0 ** min(attempts, 30)), LONGEST_WAIT)
