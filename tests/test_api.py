"""What plugins may import is a list that is looked at before it changes."""

import inspect
import re
from pathlib import Path

import pytest

from docs.api import fixtures, meaning
from gongzhi import api, testing

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "api.md"


FIXTURES = [
    "gongzhi_api",
    "gongzhi_copy",
    "gongzhi_database",
    "gongzhi_host",
    "gongzhi_policy_cases",
    "gongzhi_templates",
]


def documented(text: str) -> list[str]:
    return re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)


def test_the_exported_names_are_those_of_the_page() -> None:
    names, _, tests = PAGE.read_text("utf-8").partition("## What its tests may use")
    assert documented(names) == sorted(api.__all__), "Run `make docs`, and say in the CHANGELOG what came or went."
    assert documented(tests) == [*testing.__all__, *FIXTURES]


@pytest.mark.parametrize(("name", "fixture"), fixtures(), ids=FIXTURES)
def test_every_fixture_is_explained(name: str, fixture: object) -> None:
    assert inspect.getdoc(fixture), f"Say what {name} gives."


@pytest.mark.parametrize("name", api.__all__)
def test_every_exported_name_is_there_and_explained(name: str) -> None:
    assert meaning(getattr(api, name), name), f"Say what {name} is, where it is defined."


def test_nothing_is_exported_besides() -> None:
    public = {name for name in vars(api) if not name.startswith("_")}
    assert public == set(api.__all__)
