"""Telling others what happened: an event row in the transaction of the change, and counters that grow with it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec

from gongzhi.core import clock
from gongzhi.core.events.tables import Event, Revision
from gongzhi.core.ids import uuid7
from gongzhi.core.writing import append

CATALOGUE = "catalogue"
"""The counter of publications and withdrawals."""
_FIRST = """
INSERT INTO revision (id, name, value) VALUES ({}, {}, 1)
ON CONFLICT (name) DO UPDATE SET value = revision.value + 1 RETURNING value
"""


async def emit(kind: str, record: str, path: str, payload: Mapping[str, Any]) -> None:
    """Write the event `kind` (`catalogue.edition.published`) about `record` (`Edition:<id>`) at `path`."""
    told = msgspec.json.encode(payload).decode()
    await append(Event, {"at": clock.now(), "kind": kind, "record": record, "path": path, "payload": told})


_bumped: Counter[str] = Counter()


def bumped(name: str) -> int:
    """How often this process has added to a counter, in transactions that may not have been committed."""
    return _bumped[name]


async def bump(name: str) -> int:
    """Add one to the counter `name` and answer its new value.

    The row stays locked until the transaction ends, so that values become visible in their order: a reader who has
    seen revision 7 will never meet a 6 afterwards.
    """
    _bumped[name] += 1
    found = (
        await Revision.update({Revision.value: Revision.value + 1})
        .where(Revision.name == name)
        .returning(Revision.value)
    )
    if found:
        return int(found[0]["value"])
    # Of two transactions that both find no row yet, the second gets a retryable Conflict or adds to the first one's.
    rows = await Revision.raw(_FIRST, uuid7(), name)
    return int(rows[0]["value"])


async def revision(name: str) -> int:
    """The counter's present value, 0 before the first change."""
    found = await Revision.select(Revision.value).where(Revision.name == name)
    return int(found[0]["value"]) if found else 0
