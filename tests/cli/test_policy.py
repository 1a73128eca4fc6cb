"""`gongzhi policy init`, `check` and `test`: from an empty directory to a policy that was tried."""

import json
import re
from importlib.resources import files
from pathlib import Path

import click
import pytest

from gongzhi.cli.policy import COMMANDS, policy
from gongzhi.installation import standard
from tests.cli.conftest import Command

EXAMPLE = ["README.md", "local.csv", "tests/local.yaml"]


@pytest.fixture
def made(gongzhi: Command, folder: Path) -> Path:
    """The directory `policies` with the example."""
    assert gongzhi("policy", "init", "policies").exit_code == 0
    return folder / "policies"


def contents(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", policy.list_commands(click.Context(policy)))
def test_the_help_says_what_the_command_says(name: str) -> None:
    command = policy.get_command(click.Context(policy), name)
    assert command is not None
    assert command.get_short_help_str(limit=200) == COMMANDS[name][1]
    assert command.name == name
    assert "--json" in [option for parameter in command.params for option in parameter.opts]


def test_the_example_is_good_and_every_rule_of_it_is_tried(gongzhi: Command, made: Path) -> None:
    assert sorted(contents(made)) == EXAMPLE
    checked = gongzhi("policy", "check", "policies")
    assert checked.exit_code == 0
    assert re.fullmatch(r"No problems: \d+ rules in \d+ files, revision \w{12}\.\n", checked.stdout)
    tested = gongzhi("policy", "test", "policies", "--min-coverage", "100")
    assert (tested.exit_code, tested.stdout) == (0, "3 records, 72 decisions, 0 failures; 2 of 2 rules covered.\n")


def test_nothing_is_overwritten(gongzhi: Command, folder: Path) -> None:
    (folder / "policies" / "tests").mkdir(parents=True)
    (folder / "policies" / "tests" / "local.yaml").write_text("mine")
    result = gongzhi("policy", "init", "policies")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "there is already policies/tests/local.yaml" in result.stderr
    assert contents(folder / "policies") == {"tests/local.yaml": b"mine"}


def test_the_shipped_cases_try_every_shipped_rule(gongzhi: Command) -> None:
    result = gongzhi("policy", "test", "--min-coverage", "100", "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert (report["failures"], report["uncovered"]) == ([], [])
    shipped = files("gongzhi") / "policies"
    texts = [(shipped / name).read_text("utf-8") for name in ("core.csv", "system.csv")]
    texts += [rules.decode() for rules in standard().policies().values()]
    lines = "\n".join(texts).splitlines()
    assert len(report["covered"]) == len([line for line in lines if line.startswith("p,")]) >= 74
