"""What is computed for places, and how what was measured reaches the page."""

from pathlib import Path

import pytest

from bench import growth
from bench.growth import capacity
from bench.growth.capacity import Place, lines, rate, workers
from bench.growth.steps import Step


def test_requests_follow_from_residents() -> None:
    assert rate(Place("x", 864_000)) == pytest.approx(864_000 * 0.05 * 20 / 86_400 * 5)


def test_workers_are_as_many_as_keep_each_half_free() -> None:
    assert workers(0.1, pages=100, lists=100) == 1
    assert workers(100, pages=100, lists=100) == 2
    assert workers(100, pages=50, lists=200) == 2
    assert workers(1000, pages=50, lists=200) == 16


def test_more_residents_never_need_fewer_workers() -> None:
    needed = [workers(rate(place), 300, 1000) for place in capacity.PLACES]
    assert needed == sorted(needed)
    assert needed[-1] > needed[0]
    assert all("computed" in heading for heading in lines(300, 1000)[2].split("|")[3:5])


def test_what_was_measured_replaces_what_stood_between_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "scaling.md"
    marks = ("measured", "computed")
    page.write_text(
        "top\n" + "".join(f"<!-- {mark} -->\nold\n<!-- end of {mark} -->\nnext\n" for mark in marks), "utf-8"
    )
    before = list(growth.STEPS)
    growth.STEPS[:] = [Step("workers on 2 cores", 1, {"pages of offerings /s": 321.0, "public lists /s": 1234.0})]
    try:
        growth.write(tmp_path)
        first = page.read_text("utf-8")
        growth.write(tmp_path)
    finally:
        growth.STEPS[:] = before
    assert page.read_text("utf-8") == first
    assert "old" not in first
    assert "| 321" in first
    assert first.startswith("top\n<!-- measured -->\n")
    assert first.count("next") == 2
    assert "| a district |" in first
