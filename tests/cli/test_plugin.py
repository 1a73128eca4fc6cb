"""`gongzhi plugin`: a package that passes its own tests at once, and a check that says what is wrong with one."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gongzhi.cli.plugin.contract import CHECKS
from gongzhi.cli.plugin.new import LONGEST
from gongzhi.installation import builtin
from tests.cli.conftest import Command

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "plugins" / "shared-tools"
TESTS = 25
"""Of the example, with each engine counted."""


def installed_and_tested(package: Path, target: Path) -> str:
    """What pytest says of a package that was installed from its own pyproject, without the network."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target"]
    subprocess.run([*pip, str(target), str(package)], check=True, capture_output=True)
    environment = {**os.environ, "PYTHONPATH": f"{target}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=package,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def copy_of(example: Path, to: Path) -> Path:
    return Path(shutil.copytree(example, to, ignore=shutil.ignore_patterns("__pycache__", ".*", "build", "dist")))


def test_the_example_is_installed_from_its_own_pyproject_and_passes_its_tests(tmp_path: Path) -> None:
    assert f"{TESTS} passed" in installed_and_tested(copy_of(EXAMPLE, tmp_path / "example"), tmp_path / "target")


def test_a_new_package_passes_its_own_tests_at_once(gongzhi: Command, folder: Path) -> None:
    result = gongzhi("plugin", "new", "tool_library", "--into", "made", "--title", "工具馆")
    assert result.exit_code == 0
    package = folder / "made" / "gongzhi-tool-library"
    left = [path for path in package.rglob("*") if path.is_file() and "shared" in path.read_text("utf-8").lower()]
    assert [path.name for path in left if "shared_tools" in path.read_text("utf-8")] == []
    assert f"{TESTS} passed" in installed_and_tested(package, folder / "target")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("x", ""),
        ("item", "物"),
        ("b2b_x1", "It's: [a] #1 {b}"),
        ("w" * LONGEST, "宽" * 20),
        ("loan", "借"),
        ("shared", ""),
    ],
    ids=["short", "of-a-core-field", "digits", "longest", "of-a-word", "of-the-example"],
)
def test_a_new_package_is_sound_whatever_it_is_called(gongzhi: Command, folder: Path, name: str, title: str) -> None:
    assert gongzhi("plugin", "new", name, "--title", title).exit_code == 0
    package = folder / f"gongzhi-{name.replace('_', '-')}"
    assert checked(package) == {check: [] for check in CHECKS}
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "."],
            cwd=package,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("title", ['a"b', "a\\b", "a\nb", "题" * 21], ids=["quote", "backslash", "lines", "long"])
def test_a_title_that_cannot_be_used_is_refused(gongzhi: Command, folder: Path, title: str) -> None:
    result = gongzhi("plugin", "new", "bikes", "--title", title)
    assert result.exit_code == 1
    assert "is no title" in result.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Tools", "no name for a plugin"),
        ("tool-library", "no name for a plugin"),
        ("../tools", "no name for a plugin"),
        ("a" * 25, "no name for a plugin"),
        ("lambda", "a word of Python"),
        ("mediation", "there is a plugin mediation already (built-in)"),
        ("catalogue", "there is a plugin catalogue already (core)"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(gongzhi: Command, folder: Path, name: str, why: str) -> None:
    result = gongzhi("plugin", "new", name)
    assert result.exit_code == 1
    assert why in result.stderr
    assert list(folder.iterdir()) == []


def test_an_existing_directory_is_left_as_it_is(gongzhi: Command, folder: Path) -> None:
    (folder / "gongzhi-bikes").mkdir()
    result = gongzhi("plugin", "new", "bikes")
    assert result.exit_code == 1
    assert "exists already" in result.stderr
    assert list((folder / "gongzhi-bikes").iterdir()) == []


def test_the_built_in_plugins_are_listed_and_good(gongzhi: Command) -> None:
    listed = gongzhi("plugin", "list")
    assert listed.exit_code == 0
    names = [line.split()[0] for line in listed.stdout.splitlines()]
    assert {"foundations", "mediation", "ustations"} <= set(names)
    states = {each["id"]: each["state"] for each in json.loads(gongzhi("plugin", "list", "--json").stdout)}
    assert states["mediation"] == "on"


def checked(package: Path) -> dict[str, list[str]]:
    """What the check finds in a package, by the name of the check, in a process of its own."""
    command = [sys.executable, "-m", "gongzhi.cli", "plugin", "check", str(package), "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=package.parent)
    found = {each["check"]: [problem["message"] for problem in each["problems"]] for each in json.loads(done.stdout)}
    assert done.returncode == (1 if any(found.values()) else 0), done.stderr
    return found


def changed(folder: Path, name: str, before: str, after: str) -> Path:
    """A copy of the example in which a file was changed."""
    package = copy_of(EXAMPLE, folder / "example")
    path = package / "gongzhi_shared_tools" / name
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")
    return package


def test_a_good_plugin_has_no_problems(tmp_path: Path) -> None:
    found = checked(copy_of(EXAMPLE, tmp_path / "example"))
    assert found == {name: [] for name in CHECKS}


@pytest.mark.parametrize("name", [candidate.id for candidate in builtin()])
def test_the_built_in_plugins_keep_the_contract(gongzhi: Command, name: str) -> None:
    result = gongzhi("plugin", "check", name)
    assert result.exit_code == 0, result.stdout
    assert len(result.stdout.splitlines()) == len(CHECKS)


LENT = "    lent = Boolean(default=False)\n"
IMPORT = "from gongzhi.api import ("


@pytest.mark.parametrize(
    ("name", "before", "after", "check", "message"),
    [
        ("plugin.py", "def gongzhi_module", "def gongzhi_modul", "admitted", "unknown hook 'gongzhi_modul'"),
        ("plugin.py", 'host=">=0.1,<1"', 'host=">=99"', "admitted", "it works with host >=99"),
        ("policy.csv", "ask, any, allow", "ask, any, alow", "admitted", "'alow'"),
        ("service.py", IMPORT, f"import gongzhi.core.clock\n{IMPORT}", "imports", "gongzhi.core.clock"),
        ("tables.py", LENT, f"{LENT}    size = Integer(default=1)\n", "migrations", "shared_tools_tool.size"),
        ("policy_cases.yaml", "      resident: [ask]\n", "", "policy", "resident"),
        ("schema.py", 'viewer("Whether somebody has it.")', "strawberry.field()", "schema", "no description"),
        ("service.py", IMPORT, f"from gongzhi import app\n{IMPORT}", "imports", "gongzhi.app"),
        ("plugin.py", "    return (LOAN,)", "    raise ValueError('no loans today')", "admitted", "no loans today"),
        ("plugin.py", "    return (LOAN,)", "    return (LOAN,", "admitted", "SyntaxError"),
        ("schema.py", "def shared_tools(self", "def territory(self", "schema", "gongzhi.graphql.territory"),
        ("resources.py", '"shared_tools.tool",', '"tools.tool",', "admitted", "shared_tools.tool"),
    ],
    ids=[
        "hook",
        "host",
        "policy",
        "imports",
        "migration",
        "cases",
        "field",
        "package",
        "raises",
        "syntax",
        "taken",
        "resource",
    ],
)
def test_what_is_wrong_with_a_plugin_is_said(
    tmp_path: Path, name: str, before: str, after: str, check: str, message: str
) -> None:
    found = checked(changed(tmp_path, name, before, after))
    assert any(message in problem for problem in found[check]), found


def test_a_resource_has_the_name_of_its_plugin(tmp_path: Path) -> None:
    package = changed(tmp_path, "resources.py", '"shared_tools.tool",', '"tools.tool",')
    for name in ("policy.csv", "policy_cases.yaml"):
        path = package / "gongzhi_shared_tools" / name
        path.write_text(path.read_text("utf-8").replace("shared_tools.tool", "tools.tool"), "utf-8")
    assert checked(package)["names"] == ["the resource tools.tool does not begin with shared_tools"]


def test_what_is_no_plugin_is_said(gongzhi: Command, folder: Path) -> None:
    assert "there is no plugin 'nothing'" in gongzhi("plugin", "check", "nothing").stderr
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\n", "utf-8")
    assert "names no plugin" in gongzhi("plugin", "check").stderr
    (folder / "pyproject.toml").write_text("[project\n", "utf-8")
    assert "cannot be read" in gongzhi("plugin", "check").stderr
    assert "brings no commands" in gongzhi("plugin", "run", "mediation", "x").stderr
    assert "there is no plugin 'nothing'" in gongzhi("plugin", "run", "nothing").stderr
