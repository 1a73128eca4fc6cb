"""gongzhi behind HTTP beside others: Node.js servers with a compiler for queries, stock strawberry, and ready bytes.

All of them answer the same questions from the same PostgreSQL and rows, each in one process, to 32 connections.
"""

import tempfile
from pathlib import Path

from bench.chart import Bar, bars
from bench.http import database, front, load, memory, page, ratios, serving
from bench.http.contests import every
from bench.http.field import OURS, UNCACHED, Field
from bench.http.rounds import Measured
from bench.targets import Row

RESULTS: list[Measured] = []
"""What the last `rows()` measured, for the page."""
HELD: list[memory.Held] = []
"""Likewise, of memory."""
NOTES: list[str] = []
"""What it could not measure, and why."""


def rows() -> list[Row]:
    """The ratios that count, after everybody was found to answer the same."""
    load.warn()
    for kept in (RESULTS, HELD, NOTES):
        kept.clear()
    with database.filled() as (url, items), tempfile.TemporaryDirectory() as folder:
        field = Field(url, items, Path(folder))
        if field.nodeless:
            NOTES.append(f"Without servers on Node.js: {field.nodeless}")
        served = serving.measured(field)  # before anything is written: whoever starts after that delivers its events
        with field.everybody():
            RESULTS.extend(every(field))
            HELD.extend(memory.measured(field))
        cached = front.rounds(field)
        RESULTS.extend([*cached, *served])
    return [*ratios.rows(RESULTS), *memory.rows(HELD), *front.rows(cached), *serving.rows(served)]


def details() -> list[str]:
    """What stands on the page beside the table."""
    return [*page.lines(RESULTS, NOTES), *memory.lines(HELD)]


def write(docs: Path) -> None:
    """Draw what the page shows."""
    groups = []
    for case, title in page.TITLES.items():
        valid = [each for each in RESULTS if each.case == case and not each.invalid]
        if valid and case not in serving.TITLES:
            groups.append((title, [Bar(each.name, each.rate, each.name in (OURS, UNCACHED)) for each in valid]))
    if groups:
        picture = bars("Requests a second, one process, logarithmic", groups)
        (docs / "images" / page.CHART).write_text(picture, "utf-8")
