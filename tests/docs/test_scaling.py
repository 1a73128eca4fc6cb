"""The page on growth: what it shows was measured or is said to be computed, and what it names is there."""

import re

import msgspec

from bench.growth import offerings, rules, subscriptions, workers
from bench.growth.capacity import PLACES
from gongzhi.core.settings import Settings
from tests.style.source import ROOT

PAGE = (ROOT / "docs" / "scaling.md").read_text("utf-8")


def part(mark: str) -> str:
    return PAGE.split(f"<!-- {mark} -->\n")[1].split(f"<!-- end of {mark} -->\n")[0]


def test_every_step_is_shown() -> None:
    measured = part("measured")
    for bench in (offerings, rules, subscriptions, workers):
        for size in bench.SIZES:
            assert re.search(rf"^\| {size:,} +\|", measured, re.MULTILINE), (bench.__name__, size)
    for name in ("offerings", "rules", "subscriptions", "workers on"):
        assert f"| {name}" in measured


def test_what_is_computed_says_so() -> None:
    computed = part("computed")
    assert computed.startswith("Assumed, not measured:")
    assert [line.split("|")[1].strip() for line in computed.splitlines() if line.startswith("| ")][2:] == [
        place.name for place in PLACES
    ]
    assert "computed" in computed.split("|")[3]
    assert "**This was not tried.**" in PAGE


def test_settings_and_files_that_are_named_exist() -> None:
    fields = {field.name for field in msgspec.structs.fields(Settings)}
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", PAGE))
    assert named - {"max_connections"} <= fields
    assert {"pool_size", "shared_cache_seconds", "prepared_statements"} <= named
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).resolve().exists(), target
