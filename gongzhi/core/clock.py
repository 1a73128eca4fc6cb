"""The time, read in one place so that a test or a policy check can stand still."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, timezone
from typing import NamedTuple

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The district's civil time: a day, a term and an effective date begin at midnight here. China keeps no summer time."""


class _Day(NamedTuple):
    """A civil day, and the Unix seconds at which it begins and ends."""

    day: date
    begins: float
    ends: float


_clock: ContextVar[Callable[[], datetime] | None] = ContextVar("gongzhi_clock", default=None)
_last = _Day(date.min, 0.0, 0.0)


def now() -> datetime:
    """This moment, in UTC, with its zone."""
    standing = _clock.get()
    return datetime.now(UTC) if standing is None else standing()


def seconds() -> float:
    """This moment, in Unix seconds."""
    standing = _clock.get()
    return time.time() if standing is None else standing().timestamp()


def today() -> date:
    """The current day in the district's civil time."""
    global _last
    moment, last = seconds(), _last
    if not last.begins <= moment < last.ends:
        day = day_of(datetime.fromtimestamp(moment, UTC))
        begins = datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp()
        last = _last = _Day(day, begins, begins + 86_400)
    return last.day


def day_of(moment: datetime) -> date:
    """The district's civil day that a moment falls on."""
    return moment.astimezone(CHINA).date()


def end_of(day: date) -> datetime:
    """The last microsecond of a civil day, in UTC: what "as of that day" means for a moment."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=CHINA)
    return (midnight + timedelta(days=1) - timedelta(microseconds=1)).astimezone(UTC)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Let `now()` answer `moment` within the block, for this task and those that it starts."""
    if moment.tzinfo is None:
        raise ValueError("a frozen moment needs a time zone")
    token = _clock.set(lambda: moment)
    try:
        yield
    finally:
        _clock.reset(token)
