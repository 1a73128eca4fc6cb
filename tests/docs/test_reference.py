"""The reference pages say what the code says."""

import pytest

from docs.generate import FOLDER, PAGES, outdated, page
from gongzhi.core.catalogue.lists import ListRegistry
from gongzhi.core.errors import all_errors
from gongzhi.core.settings import Settings, describe
from gongzhi.installation import standard


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_up_to_date(name: str) -> None:
    assert FOLDER / f"{name}.md" not in outdated(), "Run `make docs`."


def test_nothing_else_is_there() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} == set(PAGES)


def test_every_error_code_is_documented() -> None:
    text = page("errors")
    for error in all_errors():
        assert f"| `{error.code}` | {error.status} | {error.meaning} | {error.remedy} |" in text


def test_every_setting_is_documented() -> None:
    rows = [line for line in page("settings").splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == [setting.name for setting in describe(Settings)]


def test_every_resource_role_and_list_is_documented() -> None:
    text = page("resources")
    vocabulary = standard().vocabulary()
    assert [name for name in vocabulary.resources if f"## `{name}`" not in text] == []
    assert [name for name in vocabulary.roles if f"| `role:{name}` |" not in text] == []
    assert [slug for slug in ListRegistry().specs if f"## `{slug}`" not in page("lists")] == []


def test_every_state_and_step_of_every_workflow_is_drawn() -> None:
    text = page("workflows")
    for workflow in standard().workflows():
        assert f"## `{workflow.name}`" in text
        for transition in workflow.transitions.values():
            for source in transition.sources:
                assert f"    {source} --> {transition.target}: {transition.name}" in text
