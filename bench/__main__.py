"""`python -m bench [--write] [--quick] [NAME …]`: every bench of this folder, or those named, as one table.

A bench is a module with `rows()`, which answers (name, value, unit, target): the value is to stay below the target, or
to reach it where it is `AtLeast`; it is None where there is none. Its `details()`, where there are any, stand below the
table. `--write` puts all of it into docs/performance.md, with the machine's facts, and lets each bench `write` what it
keeps beside the page; of named benches that alone. `--quick` measures for a shorter time and on less, to see whether
everything works. The exit status is 1 if a target is missed.
"""

import importlib
import os
import pkgutil
import platform
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

import bench
from bench import pace
from bench.targets import Row, missed, shown
from gongzhi import __version__

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
    if "--quick" in sys.argv:
        os.environ[pace.VARIABLE] = "1"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are stopped on the way out
    measured = {name: measure(name) for name in names or benches()}
    lines = list(table(measured))
    more = [line for name in measured for line in details(name)]
    print("\n".join([*lines, "", *more]))
    if "--write" in sys.argv:
        if not names:
            PAGE.write_text("\n".join([INTRODUCTION, facts(), "", *lines, "", *more]).rstrip() + "\n", "utf-8")
        for name in measured:
            write(name)
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


def details(name: str) -> list[str]:
    """What a bench says below the table, if it says anything."""
    say = getattr(importlib.import_module(f"bench.{name}"), "details", None)
    return list(say()) if say else []


def write(name: str) -> None:
    """Let a bench write what it keeps beside the page, if there is anything."""
    keep = getattr(importlib.import_module(f"bench.{name}"), "write", None)
    if keep:
        keep(PAGE.parent)


def table(measured: dict[str, list[Row]]) -> Iterable[str]:
    """A Markdown table, aligned so that a terminal shows it well."""
    cells = [COLUMNS, *map(_cells, (row for rows in measured.values() for row in rows))]
    widths = [max(len(row[column]) for row in cells) for column in range(len(COLUMNS))]
    lines = [f"| {' | '.join(value.ljust(width) for value, width in zip(row, widths, strict=True))} |" for row in cells]
    return [lines[0], f"|{'|'.join('-' * (width + 2) for width in widths)}|", *lines[1:]]


def _cells(row: Row) -> tuple[str, ...]:
    name, value, unit, target = row
    met = "" if target is None else "NO" if missed(row) else "yes"
    return name, f"{value:,.0f}" if value >= 1000 else f"{value:.3g}", unit, shown(target), met


def facts() -> str:
    """The machine, as far as it matters for the values."""
    return (
        f"gongzhi {__version__}, Python {platform.python_version()}, {platform.system()} on {platform.machine()}, "
        f"{len(os.sched_getaffinity(0))} cores.{' A quick run: not for quoting.' if pace.quick() else ''}"
    )


if __name__ == "__main__":
    main()
