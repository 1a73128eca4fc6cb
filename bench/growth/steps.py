"""One size of what grows, with what was measured at it."""

import os
import platform

import msgspec

from bench.http import rounds
from bench.http.load import CONNECTIONS, Load, put
from bench.http.rounds import Measured
from bench.http.servers import Server
from bench.pace import choose
from bench.targets import Row


class Step(msgspec.Struct, frozen=True):
    """`size` of `what` (`offerings`); the values by name with their unit (`p50 ms`), the first of which counts.

    `target` is what the first value may be at the largest size, in multiples of that at the smallest; None where that
    is no question.
    """

    what: str
    size: int
    values: dict[str, float]
    target: float | None = None


def ratio_rows(steps: list[Step]) -> list[Row]:
    """For everything that grows, and has a target, the ratio of the last step to the first."""
    found: list[Row] = []
    for what in dict.fromkeys(step.what for step in steps):
        first, *_, last = [step for step in steps if step.what == what]
        name = next(iter(first.values))
        if first.target is not None:
            title = f"{name.rpartition(' ')[0]} of a request: {last.size:,} {what} to {first.size:,}"
            found.append((title, last.values[name] / first.values[name], "ratio", first.target))
    return found


def facts() -> list[str]:
    """How it was measured."""
    return [
        f"Python {platform.python_version()}, {len(os.sched_getaffinity(0))} cores for PostgreSQL, the servers and the "
        "load; the response cache off; one caller after the other, and 32 at once for workers; medians of "
        f"{_turns()} rounds of {_seconds():g} s in turns. SQL is the time that PostgreSQL works for a request.",
        "",
    ]


def section(steps: list[Step]) -> list[str]:
    """A table for everything that grows, as Markdown."""
    lines: list[str] = []
    for what in dict.fromkeys(step.what for step in steps):
        mine = [step for step in steps if step.what == what]
        head = (what, *mine[0].values)
        cells = [head, *((f"{step.size:,}", *(shown(value) for value in step.values.values())) for step in mine)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
        rows = [
            f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in cells
        ]
        lines += [rows[0], f"|{'|'.join('-' * (width + 2) for width in widths)}|", *rows[1:], ""]
    return lines


def shown(value: float) -> str:
    """Three digits, or whole numbers with separators."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def medians(what: str, servers: dict[int, Server], bodies: list[str], connections: int = CONNECTIONS) -> list[Measured]:
    """The servers of all sizes, asked the same in turns; in the order of the sizes.

    :raises RuntimeError: one of them answered with an error.
    """
    contest = {
        f"{size:,} {what}": lambda span, server=server: put(server, bodies, span, connections=connections)
        for size, server in servers.items()
    }
    found = rounds.measured(f"growth of {what}", contest, _turns(), _seconds(), _refused)
    for each in found:
        if each.invalid:
            raise RuntimeError(f"{each.name}: {each.invalid}")
    return found


def _refused(_: str, load: Load) -> str | None:
    return f"{load.errors} of {load.requests} answers were no success" if load.errors else None


def _turns() -> int:
    return int(choose(5, 1))


def _seconds() -> float:
    return choose(3, 1)
