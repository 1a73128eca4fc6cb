"""Rows of a bench, and when their values meet their targets."""

Row = tuple[str, float, str, float | None]
"""Name, value, unit, target."""


class AtLeast(float):
    """A target that a value is to reach; one that is a plain number is to be stayed below."""


def missed(row: Row) -> bool:
    """Whether there is a target that the value does not meet; what could not be measured meets none."""
    _, value, _, target = row
    if target is None:
        return False
    return not (value >= target if isinstance(target, AtLeast) else value < target)


def shown(target: float | None) -> str:
    """A target as the table has it."""
    if target is None:
        return ""
    return f"{'>=' if isinstance(target, AtLeast) else '<'} {float(target):g}"
