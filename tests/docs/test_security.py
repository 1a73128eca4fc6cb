"""The threat model names tests and settings that exist, and nothing that is refused goes unnamed."""

import ast
import re

import pytest

from gongzhi.core.settings import Settings
from tests.style.source import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)))
SETTINGS = sorted(set(re.findall(r"`([a-z]+_[a-z_]+|introspection|documents)(?: = [\w-]+)?`", PAGE)))


@pytest.mark.parametrize(("path", "name"), TESTS)
def test_the_tests_exist(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert not name or name in functions, f"{path} has no {name}: name the test that shows it"
    assert any(function.startswith("test_") for function in functions)


def test_the_settings_exist() -> None:
    assert {*SETTINGS} <= {*Settings.__struct_fields__}
    assert len(SETTINGS) > 8


def test_every_attack_has_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "| 8.1." in line]
    assert len(rows) > 20
    assert [row for row in rows if "`tests/" not in row] == []


def test_the_clauses_are_named_alike() -> None:
    """A clause of MLPS stands with one title everywhere."""
    titles: dict[str, set[str]] = {}
    for clause, title in re.findall(r"(8\.1\.\d\.\d+) ([\u4e00-\u9fff]+)", PAGE):
        titles.setdefault(clause, set()).add(title)
    assert {clause: names for clause, names in titles.items() if len(names) > 1} == {}
