"""Working days: weekdays, without public holidays, with the weekend days that are worked in exchange.

Which days those are is announced for each year, so they are data: `gongzhi/data/calendar.yaml`. For a year that the
data do not have, weekdays count as working days and weekends do not.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from gongzhi.core.errors import Invalid

LONGEST = 2000
"""Working days, about eight years: no deadline is further away."""
_SATURDAY = 5


class Calendar(msgspec.Struct, frozen=True):
    """The days that differ from an ordinary week: weekdays on which nobody works, and weekend days on which they do."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    @classmethod
    def of(cls, holidays: Iterable[date], workdays: Iterable[date]) -> "Calendar":
        """From days in any order.

        :raises Invalid: a day is both.
        """
        off, on = frozenset(holidays), frozenset(workdays)
        if both := sorted(off & on):
            raise Invalid(f"the calendar has {both[0]} as a holiday and as a working day")
        return cls(off, on)

    def is_working(self, day: date) -> bool:
        """Whether offices work on a day."""
        if day in self.holidays:
            return False
        return day.weekday() < _SATURDAY or day in self.workdays

    def after(self, day: date, working_days: int) -> date:
        """The last day of a term of so many working days that begins on the day after `day`.

        A day of a term that is to be kept is counted from the next day on; zero is the day itself.

        :raises Invalid: the term is negative, or longer than `LONGEST`.
        """
        if not 0 <= working_days <= LONGEST:
            raise Invalid.at("working_days", f"{working_days} is no term", f"use 0 to {LONGEST}")
        while working_days:
            day += timedelta(days=1)
            working_days -= self.is_working(day)
        return day

    def between(self, first: date, last: date) -> int:
        """How many working days there are from the day after `first` to `last`."""
        return sum(self.is_working(first + timedelta(days=each)) for each in range(1, (last - first).days + 1))
