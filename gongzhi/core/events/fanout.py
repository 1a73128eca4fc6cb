"""Giving events their places, and a delivery to each target that wants them. A mutation only writes the event.

One worker at a time does it, for it holds the row of the counter `events`; the others go on delivering meanwhile. Who
changes a record holds its row until the commit, so that of two changes of one record the later is never seen before the
earlier: whatever is placed in another run comes behind, and within one run the ids tell the order.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from gongzhi.core import clock
from gongzhi.core.db import Database
from gongzhi.core.events.tables import Event, EventDelivery, Revision
from gongzhi.core.events.targets import Audience
from gongzhi.core.hooks import HappenedEvent
from gongzhi.core.ids import uuid7

COUNTER = "events"
BATCH = 200
"""Events of one run."""
_ENTER = "INSERT INTO revision (id, name, value) VALUES ({}, {}, 0) ON CONFLICT (name) DO NOTHING"
_LOCK = "SELECT value FROM revision WHERE name = {}"
_UNPLACED = "SELECT id, at, kind, record, path, payload FROM event WHERE position IS NULL ORDER LIMIT {}"
_PLACE = "UPDATE event SET position = CASE id {when} END WHERE id IN ({these})"
_WHEN = "WHEN {} THEN CAST({} AS BIGINT) "
_ORDER = {"sqlite": "rowid", "postgresql": "id"}
"""SQLite counts its rows as they are written, and knows no two writers at once."""
_CHUNK = 500
"""Rows of one insert: PostgreSQL takes 32,767 values."""


def happened(row: Mapping[str, Any]) -> HappenedEvent:
    """An event's row as handlers see it."""
    return HappenedEvent(
        id=str(row["id"]),
        kind=row["kind"],
        record=row["record"],
        path=row["path"],
        payload=msgspec.json.decode(row["payload"]),
        at=row["at"],
    )


async def place(database: Database, audience: Sequence[Audience]) -> int:
    """Place what is not placed yet, at most `BATCH` events; answers how many. One statement where there is nothing."""
    if not await Event.exists().where(Event.position.is_null()):
        return 0
    async with database.transaction(isolation="read committed"):
        last = await _last(database)
        if last is None:
            return 0
        rows = await Event.raw(_UNPLACED.replace("ORDER", f"ORDER BY {_ORDER[database.dialect]}"), BATCH)
        if rows:
            await _write(rows, last, audience)
        return len(rows)


async def _last(database: Database) -> int | None:
    """The last place that was given; None while another worker gives places."""
    sql = _LOCK + (" FOR UPDATE SKIP LOCKED" if database.dialect == "postgresql" else "")
    rows = await Revision.raw(sql, COUNTER)
    if not rows:
        await Revision.raw(_ENTER, uuid7(), COUNTER)
        rows = await Revision.raw(sql, COUNTER)
    return int(rows[0]["value"]) if rows else None


async def _write(rows: Sequence[dict[str, Any]], last: int, audience: Sequence[Audience]) -> None:
    places = {row["id"]: place for place, row in enumerate(rows, start=last + 1)}
    pairs = [value for pair in places.items() for value in pair]
    await Event.raw(_PLACE.format(when=_WHEN * len(places), these=", ".join("{}" for _ in places)), *pairs, *places)
    deliveries = [
        EventDelivery(
            event=row["id"],
            target=each.name,
            record=row["record"],
            position=places[row["id"]],
            due_at=clock.now(),
        )
        for row in rows
        for event in (happened(row),)
        for each in audience
        if each.wants(event)
    ]
    for start in range(0, len(deliveries), _CHUNK):
        await EventDelivery.insert(*deliveries[start : start + _CHUNK])
    await Revision.update({Revision.value: last + len(rows)}).where(Revision.name == COUNTER)
