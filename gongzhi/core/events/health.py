"""Targets that fail as a whole are left alone for a while, instead of being tried with everything that waits for them.

A round that fails for several records at once, and succeeds for none, says so: a single event that a target cannot take
does not make the others wait. A target that fails is tried with one event at a time, less and less often.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from gongzhi.core import clock
from gongzhi.core.events.tables import EventTarget
from gongzhi.core.events.targets import Outcome, Target

MANY = 3
"""Records that fail in one round, none succeeding, before a target counts as failing."""
FIRST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=5)


def rest_after(rounds: int) -> timedelta:
    """How long a target is left alone after so many failing rounds: 5, 10, 20 … seconds, at most five minutes."""
    return min(FIRST_REST * 2.0 ** min(rounds - 1, 20), LONGEST_REST)


async def note(target: Target, outcomes: Iterable[Outcome], failed: int) -> None:
    """Write down how a round went, of whose records `failed` failed. Runs in the transaction that settles it."""
    ended = list(outcomes)
    if not ended:
        return
    well = any(not each.failure and not each.withheld for each in ended)
    over = next((each.over for each in ended if each.over), "")
    if not over and not failed and not well:
        return
    rows = await EventTarget.select(EventTarget.failing, EventTarget.failing_since).where(_is(target))
    if not rows:
        return
    (row,) = rows
    if well and not over:
        if row["failing"] or row["failing_since"] is not None:
            await _write(target, failing=0, failing_since=None, rest_until=None)
        return
    now = clock.now()
    since = row["failing_since"] or now
    rounds = row["failing"] + 1 if failed >= MANY or row["failing"] else 0
    pauses = [each.pause for each in ended if each.pause is not None]
    pause = max([rest_after(rounds), *pauses]) if rounds else max(pauses, default=None)
    await _write(target, failing=rounds, failing_since=since, rest_until=now + pause if pause is not None else None)
    if over or (target.patience is not None and now - since > target.patience):
        await target.give_up(over or f"nothing could be delivered since {since.isoformat(timespec='minutes')}")


async def _write(target: Target, **values: Any) -> None:
    changes: dict[Any, Any] = values
    await EventTarget.update(changes).where(_is(target))


def _is(target: Target) -> Any:
    return EventTarget.name == target.name
