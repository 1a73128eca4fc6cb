"""What plugins may import is a list that is looked at before it changes."""

import re
from pathlib import Path

import pytest

from docs.api import meaning
from gongzhi import api

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "api.md"


def test_the_exported_names_are_those_of_the_page() -> None:
    documented = re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert documented == sorted(api.__all__), "Run `make docs`, and say in the CHANGELOG what came or went."


@pytest.mark.parametrize("name", api.__all__)
def test_every_exported_name_is_there_and_explained(name: str) -> None:
    assert meaning(getattr(api, name), name), f"Say what {name} is, where it is defined."


def test_nothing_is_exported_besides() -> None:
    public = {name for name in vars(api) if not name.startswith("_")}
    assert public == set(api.__all__)
