"""What waits, after a clock was set back: moments that were written down before are hours away by the new time.

Nothing then waits longer than it would have by a clock that was right. A worker looks for it when its own clock goes
back, and once when it starts, for that may have happened while nobody ran.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from gongzhi.core import clock
from gongzhi.core.events.claims import LEASE
from gongzhi.core.events.health import LONGEST_REST
from gongzhi.core.events.tables import WAITING, EventDelivery, EventTarget

STEP = timedelta(seconds=2)
"""A clock that goes back by less is only corrected."""
Wait = Callable[[str, int], timedelta | None]
"""From a target's name and the number of failures to how long an event waits then; None where that is not known."""

_FAR = "SELECT DISTINCT target, attempts FROM event_delivery WHERE state = 'waiting' AND lease IS NULL AND due_at > {}"


class Setback:
    """Whether the clock of this process was set back since it was last asked."""

    def __init__(self) -> None:
        self._latest: datetime | None = None

    async def look(self, wait: Wait) -> None:
        """Shorten what waits where it was, or where this is the first look.

        What waits after a failure is shortened only where the clock was seen to go back: it may wait as long as its
        receiver asked for.
        """
        now, before = clock.now(), self._latest
        back = before is not None and now < before - STEP
        if back or before is None:
            await _shorten(now, wait if back else _unknown)
        self._latest = now


async def _shorten(now: datetime, wait: Wait) -> None:
    await (
        EventDelivery.update({EventDelivery.due_at: now + LEASE})
        .where(EventDelivery.state == WAITING)
        .where(EventDelivery.lease.is_not_null())
        .where(EventDelivery.due_at > now + LEASE + STEP)
    )
    for row in await EventDelivery.raw(_FAR, now + LEASE + STEP):
        longest = wait(row["target"], row["attempts"]) if row["attempts"] else LEASE
        if longest is not None:
            await _at_most(row["target"], row["attempts"], now + longest)
    if wait is not _unknown:
        await (
            EventTarget.update({EventTarget.rest_until: now + LONGEST_REST})
            .where(EventTarget.rest_until.is_not_null())
            .where(EventTarget.rest_until > now + LONGEST_REST)
        )


async def _at_most(target: str, attempts: int, until: datetime) -> None:
    await (
        EventDelivery.update({EventDelivery.due_at: until})
        .where(EventDelivery.target == target)
        .where(EventDelivery.attempts == attempts)
        .where(EventDelivery.state == WAITING)
        .where(EventDelivery.lease.is_null())
        .where(EventDelivery.due_at > until)
    )


def _unknown(target: str, attempts: int) -> None:
    return None
