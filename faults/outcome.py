"""What was seen, and what must be."""

from collections.abc import Sequence

import msgspec


class Check(msgspec.Struct, frozen=True):
    """One figure with its bounds, both allowed; None where there is none."""

    name: str
    value: float
    least: float | None = None
    most: float | None = None
    unit: str = ""

    @property
    def met(self) -> bool:
        """Whether the figure is within its bounds."""
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)

    @property
    def shown(self) -> str:
        """`lost 0`."""
        return f"{self.name} {_number(self.value)}{self._unit}"

    @property
    def must(self) -> str:
        """`lost 0`, `acknowledged ≥ 2,500`; nothing for a figure without bounds."""
        if self.least is not None and self.least == self.most:
            return f"{self.name} {_number(self.least)}{self._unit}"
        bounds = [f"≥ {_number(self.least)}{self._unit}"] if self.least is not None else []
        bounds += [f"≤ {_number(self.most)}{self._unit}"] if self.most is not None else []
        return f"{self.name} {' and '.join(bounds)}" if bounds else ""

    @property
    def _unit(self) -> str:
        return f" {self.unit}" if self.unit else ""


def exactly(name: str, value: float, wanted: float) -> Check:
    """A figure that can be only one."""
    return Check(name, value, wanted, wanted)


class Outcome(msgspec.Struct, frozen=True):
    """What one fault showed: what was done, how often, and each figure."""

    done: str
    checks: Sequence[Check]

    @property
    def met(self) -> bool:
        """Whether every figure is within its bounds."""
        return all(check.met for check in self.checks)


class Row(msgspec.Struct, frozen=True):
    """A line of the table; `name` is the module of the fault."""

    name: str
    title: str
    engine: str
    outcome: Outcome

    @property
    def cells(self) -> tuple[str, ...]:
        """In the order of `COLUMNS`."""
        checks = self.outcome.checks
        figures = ", ".join(check.shown for check in checks)
        must = ", ".join(check.must for check in checks if check.must)
        return self.title, self.engine, self.outcome.done, figures, must, "yes" if self.outcome.met else "NO"


COLUMNS = ("fault", "engine", "done", "seen", "must", "met")


def table(rows: Sequence[Row]) -> list[str]:
    """The lines of a Markdown table, aligned so that a terminal shows it well."""
    cells = [COLUMNS, *(row.cells for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(COLUMNS))]
    lines = [f"| {' | '.join(value.ljust(width) for value, width in zip(row, widths, strict=True))} |" for row in cells]
    return [lines[0], f"|{'|'.join('-' * (width + 2) for width in widths)}|", *lines[1:]]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or value >= 100 else f"{value:.2f}"
