"""The table of `make bench`."""

import importlib
import math

from bench.__main__ import COLUMNS, PAGE, benches, table
from bench.http import ratios
from bench.http.field import UNCACHED
from bench.http.page import CHART
from bench.startup import COLD_SECONDS, MEMORY_MB, WARM_SECONDS
from bench.targets import AtLeast, missed, shown


def test_a_value_misses_its_target_unless_it_is_below() -> None:
    assert not missed(("a", 1.9, "s", 2.0))
    assert missed(("a", 2.0, "s", 2.0))
    assert not missed(("a", 1e9, "s", None))


def test_a_value_misses_what_it_is_to_reach_unless_it_does() -> None:
    assert not missed(("a", 2.0, "ratio", AtLeast(2)))
    assert missed(("a", 1.9, "ratio", AtLeast(2)))


def test_what_could_not_be_measured_meets_no_target() -> None:
    assert missed(("a", math.nan, "ratio", AtLeast(2)))
    assert missed(("a", math.nan, "ratio", 2))


def test_the_table_shows_value_target_and_whether_it_is_met() -> None:
    head, rule, *rows = table(
        {
            "x": [("cold", 1234.5, "s", 15), ("warm", 0.12345, "s", 2)],
            "y": [("size", 7, "MB", None), ("beside", 3, "ratio", AtLeast(2))],
        }
    )
    cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows]
    assert [cell.strip() for cell in head.split("|")[1:-1]] == list(COLUMNS)
    assert cells == [
        ["cold", "1,234", "s", "< 15", "NO"],
        ["warm", "0.123", "s", "< 2", "yes"],
        ["size", "7", "MB", "", ""],
        ["beside", "3", "ratio", ">= 2", "yes"],
    ]
    assert {len(line) for line in (head, rule, *rows)} == {len(head)}


def test_every_bench_has_rows_and_says_what_it_measures() -> None:
    assert "startup" in benches()
    for name in benches():
        module = importlib.import_module(f"bench.{name}")
        assert callable(module.rows)
        assert module.__doc__


def test_the_page_shows_every_ratio_that_counts_with_its_target() -> None:
    page = PAGE.read_text("utf-8")
    shown_there = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line[:2] == "| "]
    for case, ours, words, _, least in ratios.RATIOS:
        title = f"{ratios.TITLES[case]}{ratios.OFF if ours == UNCACHED else ''}, {words}"
        targets = [row[3] for row in shown_there if row[0] == title or row[0].startswith(f"{title} (")]
        assert targets == ["" if least is None else shown(AtLeast(least))], title
    for case in {case for case, *_ in ratios.RATIOS}:
        assert any(row[0].endswith(", p99 to p50") and row[3] == "< 10" for row in shown_there), case
    assert (PAGE.parent / "images" / CHART).read_text("utf-8").startswith("<svg")
    assert "What this does not show:" in page


def test_the_targets_are_those_of_the_design() -> None:
    assert (COLD_SECONDS, WARM_SECONDS, MEMORY_MB) == (15, 2, 150)
