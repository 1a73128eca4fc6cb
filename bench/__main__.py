"""`python -m bench [--write] [NAME …]`: every bench of this folder, or those named, as one table.

A bench is a module with `rows()`, which answers (name, value, unit, target): the value is to stay below the target,
which is None where there is none. `--write` puts the table into docs/performance.md, with the machine's facts. The exit
status is 1 if a target is missed.
"""

import importlib
import os
import pkgutil
import platform
import sys
from collections.abc import Iterable
from pathlib import Path

import bench
from gongzhi import __version__

Row = tuple[str, float, str, float | None]

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
COLUMNS = ("what", "measured", "unit", "target", "met")
INTRODUCTION = """\
# Performance

What `make bench` measured, in one run on the machine below; what depends on the machine is a ratio where it can be.
`make bench` prints the same table for yours, and exits with 1 where a target is missed.
"""


def main() -> None:
    """Measure, print, and write the page if asked to."""
    names = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    measured = {name: measure(name) for name in names or benches()}
    lines = list(table(measured))
    print("\n".join(lines))
    if "--write" in sys.argv:
        PAGE.write_text("\n".join([INTRODUCTION, facts(), "", *lines, ""]), "utf-8")
    if any(missed(row) for rows in measured.values() for row in rows):
        sys.exit(1)


def benches() -> list[str]:
    """The modules of this folder that measure something, by name."""
    names = [info.name for info in pkgutil.iter_modules(bench.__path__) if info.name != "__main__"]
    return [name for name in names if hasattr(importlib.import_module(f"bench.{name}"), "rows")]


def measure(name: str) -> list[Row]:
    """The rows of one bench."""
    print(f"{name} …", file=sys.stderr, flush=True)
    return list(importlib.import_module(f"bench.{name}").rows())


def table(measured: dict[str, list[Row]]) -> Iterable[str]:
    """A Markdown table, aligned so that a terminal shows it well."""
    cells = [COLUMNS, *map(_cells, (row for rows in measured.values() for row in rows))]
    widths = [max(len(row[column]) for row in cells) for column in range(len(COLUMNS))]
    lines = [f"| {' | '.join(value.ljust(width) for value, width in zip(row, widths, strict=True))} |" for row in cells]
    return [lines[0], f"|{'|'.join('-' * (width + 2) for width in widths)}|", *lines[1:]]


def missed(row: Row) -> bool:
    """Whether there is a target and the value is not below it."""
    _, value, _, target = row
    return target is not None and value >= target


def _cells(row: Row) -> tuple[str, ...]:
    name, value, unit, target = row
    limit, met = ("", "") if target is None else (f"< {target:g}", "NO" if missed(row) else "yes")
    return name, f"{value:,.0f}" if value >= 1000 else f"{value:.3g}", unit, limit, met


def facts() -> str:
    """The machine, as far as it matters for the values."""
    return (
        f"gongzhi {__version__}, Python {platform.python_version()}, {platform.system()} on {platform.machine()}, "
        f"{len(os.sched_getaffinity(0))} cores."
    )


if __name__ == "__main__":
    main()
