"""The time, read in one place so that a test or a policy check can stand still."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The district's civil time: a day, a term and an effective date begin at midnight here. China keeps no summer time."""


def _system() -> datetime:
    return datetime.now(UTC)


_clock: ContextVar[Callable[[], datetime]] = ContextVar("gongzhi_clock", default=_system)


def now() -> datetime:
    """This moment, in UTC, with its zone."""
    return _clock.get()()


def today() -> date:
    """The current day in the district's civil time."""
    return now().astimezone(CHINA).date()


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
