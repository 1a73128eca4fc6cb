"""The calendar by which this process counts working days: one, replaced as a whole."""

from gongzhi.core.workflow.calendar import Calendar

_active: list[Calendar] = [Calendar()]


def use(calendar: Calendar) -> None:
    """Count by this calendar from now on."""
    _active[:] = [calendar]


def calendar() -> Calendar:
    """The calendar in use; ordinary weeks before one was given."""
    return _active[0]
