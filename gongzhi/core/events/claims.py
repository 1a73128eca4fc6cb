"""Taking deliveries for a while, and writing down what became of them.

Claims for one target follow each other, for each holds the target's row; so no two workers ever have deliveries of one
record and target at once, and an earlier one that somebody has, or that waits after a failure, keeps the later ones.
A worker renews its claims while it delivers: what a killed one had is due again soon, and a slow receiver has its time.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from piccolo.columns import Column

from gongzhi.core import clock
from gongzhi.core.db import Database
from gongzhi.core.errors import GongzhiError
from gongzhi.core.events.fanout import happened
from gongzhi.core.events.tables import DELIVERED, PARKED, WAITING, Event, EventDelivery, EventTarget
from gongzhi.core.hooks import HappenedEvent
from gongzhi.core.ids import uuid7
from gongzhi.core.records import fetch_many

LEASE = timedelta(seconds=15)
"""How long a claim holds that is not renewed, before another worker takes it over."""
RENEW_SECONDS = 4.0
"""A claim is renewed so often: two renewals may fail before it is lost."""
BATCH = 50

_CLAIM = """
UPDATE event_delivery SET due_at = {}, attempts = attempts + 1, lease = {}
WHERE state = 'waiting' AND id IN (
    SELECT mine.id FROM event_delivery AS mine
    WHERE mine.target = {} AND mine.state = 'waiting' AND mine.due_at <= {} AND NOT EXISTS (
        SELECT 1 FROM event_delivery AS earlier
        WHERE earlier.target = mine.target AND earlier.record = mine.record AND earlier.state = 'waiting'
        AND earlier.position < mine.position AND earlier.due_at > {}
    )
    ORDER BY mine.position LIMIT {}
) RETURNING id
"""
_LOCK = "SELECT failing FROM event_target WHERE name = {} AND (rest_until IS NULL OR rest_until <= {})"
_DUE = """
SELECT name FROM event_target AS target
WHERE (rest_until IS NULL OR rest_until <= {}) AND EXISTS (
    SELECT 1 FROM event_delivery AS waiting
    WHERE waiting.target = target.name AND waiting.state = 'waiting' AND waiting.due_at <= {}
)
"""


class Claimed(msgspec.Struct, frozen=True):
    """A delivery that this worker has until its lease ends; `attempts` counts the one that begins now."""

    id: UUID
    record: str
    position: int
    attempts: int
    event: HappenedEvent


class Lease(msgspec.Struct):
    """What was claimed for a target at once, by position. `ends` is told by the clock that nobody sets (monotonic)."""

    key: UUID
    target: str
    ends: float
    rows: tuple[Claimed, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nobody else may have taken it over."""
        return time.monotonic() < self.ends


async def due(names: Collection[str]) -> list[str]:
    """Those of the targets for which something is due, and that do not rest: one statement."""
    now = clock.now()
    return [row["name"] for row in await EventTarget.raw(_DUE, now, now) if row["name"] in names]


async def claim(database: Database, target: str) -> Lease:
    """Take what is due for a target, with nothing earlier of the same record left behind.

    While the target fails it is a single delivery, to see whether it is back. Empty when another worker claims now.
    """
    now = clock.now()
    lease = Lease(uuid7(), target, _end())
    async with database.transaction(isolation="read committed"):
        lock = " FOR UPDATE SKIP LOCKED" if database.dialect == "postgresql" else ""
        held = await EventTarget.raw(_LOCK + lock, target, now)
        if not held:
            return lease
        size = 1 if held[0]["failing"] else BATCH
        ids = await EventDelivery.raw(_CLAIM, now + LEASE, lease.key, target, now, now, size)
        found = await fetch_many(EventDelivery, EventDelivery.id, [UUID(str(row["id"])) for row in ids])
    rows = sorted(found, key=lambda row: int(row["position"]))
    events = {row["id"]: happened(row) for row in await fetch_many(Event, Event.id, [row["event"] for row in rows])}
    lease.rows = tuple(
        Claimed(row["id"], row["record"], row["position"], row["attempts"], events[row["event"]]) for row in rows
    )
    return lease


@asynccontextmanager
async def renewed(lease: Lease) -> AsyncIterator[None]:
    """Keep a claim within the block, as long as this process lives and reaches the database."""
    task = asyncio.create_task(_renewing(lease))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _renewing(lease: Lease) -> None:
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        with contextlib.suppress(GongzhiError):  # it is tried again, or runs out
            await renew(lease)


async def renew(lease: Lease) -> None:
    """It holds for as long again, unless another worker has taken some of it over."""
    ends = _end()
    kept = await (
        EventDelivery.update({EventDelivery.due_at: clock.now() + LEASE})
        .where(EventDelivery.lease == lease.key)
        .where(EventDelivery.state == WAITING)
        .returning(EventDelivery.id)
    )
    if len(kept) == len(lease.rows):
        lease.ends = ends


def _end() -> float:
    return time.monotonic() + LEASE.total_seconds()


async def finish(lease: Lease, rows: Iterable[Claimed], state: str = DELIVERED) -> None:
    """These are done; what another worker took over meanwhile is left to it."""
    await _write(
        lease, rows, {EventDelivery.state: state, EventDelivery.done_at: clock.now(), EventDelivery.failure: ""}
    )


async def postpone(lease: Lease, row: Claimed, failure: str, status: int | None, wait: timedelta | None) -> None:
    """One failed: it comes again after `wait`, and what follows of its record not before; without, it is parked."""
    values: dict[Any, Any] = {EventDelivery.failure: failure, EventDelivery.status: status}
    if wait is None:
        values |= {EventDelivery.state: PARKED, EventDelivery.done_at: clock.now()}
        await _write(lease, [row], values)
        return
    until = clock.now() + wait
    await _write(lease, [row], {**values, EventDelivery.due_at: until})
    await (
        EventDelivery.update({EventDelivery.due_at: until})
        .where(EventDelivery.target == lease.target)
        .where(EventDelivery.record == row.record)
        .where(EventDelivery.state == WAITING)
        .where(EventDelivery.position > row.position)
        .where(EventDelivery.due_at < until)
    )


async def release(lease: Lease, rows: Iterable[Claimed], *, begun: bool = False) -> None:
    """Give back what was claimed; an attempt that was not begun is not counted."""
    values: dict[Any, Any] = {EventDelivery.due_at: clock.now()}
    if not begun:
        values[EventDelivery.attempts] = EventDelivery.attempts - 1
    await _write(lease, rows, values)


async def _write(lease: Lease, rows: Iterable[Claimed], values: dict[Column | str, Any]) -> None:
    ids = [row.id for row in rows]
    if ids:
        await (
            EventDelivery.update({**values, EventDelivery.lease: None})
            .where(EventDelivery.id.is_in(ids))
            .where(EventDelivery.state == WAITING)
            .where(EventDelivery.lease == lease.key)
        )
