"""`python -m faults [--short] [--write] [NAME …]`: every fault, or those named, on both engines, as one table.

`--short` does less of each. `--write` puts the table into docs/reliability.md, with the machine's facts. The exit
status is 1 where a figure is out of its bounds, and where PostgreSQL could not be tried.
"""

import asyncio
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

from faults import ground as grounds
from faults.ground import Ground
from faults.outcome import Row, table
from faults.stores import NO_PROGRAMS, programs
from faults.suite import NAMES, inject
from gongzhi import __version__

PAGE = Path(__file__).parent.parent / "docs" / "reliability.md"
BEGIN, END = "<!-- what make faults printed -->\n", "<!-- until here -->\n"


def main() -> None:
    """Inject, print, and write the page if asked to."""
    names = [argument for argument in sys.argv[1:] if not argument.startswith("-")] or NAMES
    began = time.monotonic()
    rows = asyncio.run(injected(names, short="--short" in sys.argv))
    lines = table(sorted(rows, key=lambda row: names.index(row.name)))
    print("\n".join(lines))
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    if "--write" in sys.argv:
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        PAGE.write_text(
            f"{before}{BEGIN}\n{facts()}\n\n{chr(10).join(lines)}\n\n{END}{rest.partition(END)[2]}", "utf-8"
        )
    if programs() is None:
        sys.exit(f"Not tried on PostgreSQL: {NO_PROGRAMS}.")
    sys.exit(0 if all(row.outcome.met for row in rows) else 1)


async def injected(names: list[str], *, short: bool) -> list[Row]:
    """Each fault on each engine."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="gongzhi-faults-") as folder:
        async with grounds.sqlite(Path(folder) / "sqlite", short=short) as ground:
            rows += await _on(ground, names)
        if programs() is not None:
            async with grounds.postgresql(Path(folder) / "postgresql", short=short) as ground:
                rows += await _on(ground, names)
    return rows


async def _on(ground: Ground, names: list[str]) -> list[Row]:
    rows = []
    for name in names:
        began = time.monotonic()
        row = await inject(name, ground)
        if row is not None:
            rows.append(row)
            print(f"{time.monotonic() - began:5.1f} s  {' | '.join(row.cells)}", file=sys.stderr, flush=True)
    return rows


def facts() -> str:
    """The machine, as far as it matters for the figures."""
    return (
        f"gongzhi {__version__}, Python {platform.python_version()}, {platform.system()} on {platform.machine()}, "
        f"{len(os.sched_getaffinity(0))} cores."
    )


if __name__ == "__main__":
    main()
