"""The command as a whole: help, speed, refusals."""

import subprocess
import sys
import time

import click
import pytest

from gongzhi import __version__
from gongzhi.cli import COMMANDS, main
from tests.cli.conftest import Command

HEAVY = ("litestar", "strawberry", "graphql", "openpyxl", "uvicorn", "pypinyin", "casbin", "piccolo")


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
def test_the_root_help_says_what_the_command_says(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.get_short_help_str(limit=200) == COMMANDS[name][1]


def test_help_lists_every_command(gongzhi: Command) -> None:
    result = gongzhi("--help")
    assert result.exit_code == 0
    assert [
        line.split()[0] for line in result.stdout.partition("Commands:")[2].splitlines() if line
    ] == main.list_commands(click.Context(main))


def test_no_command_is_missing() -> None:
    assert main.list_commands(click.Context(main)) == list(COMMANDS)


def test_version(gongzhi: Command) -> None:
    assert gongzhi("--version").stdout == f"gongzhi {__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    loaded = python(
        "import sys, gongzhi.cli as cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print('loaded:', *sys.modules)"
    )
    modules = set(loaded.rpartition("loaded:")[2].split())
    assert "click" in modules
    assert not modules & set(HEAVY)


def test_a_token_needs_no_web_server() -> None:
    modules = set(python("import sys, gongzhi.cli.token\nprint(*sys.modules)").split())
    assert "piccolo" in modules
    assert not modules & {"litestar", "strawberry", "openpyxl", "uvicorn", "pypinyin"}


def test_help_answers_at_once() -> None:
    shortest = min(timed() for _ in range(3))
    assert shortest < 0.3


def timed() -> float:
    start = time.perf_counter()
    python("import gongzhi.cli as cli\ntry: cli.main(['--help'])\nexcept SystemExit: pass")
    return time.perf_counter() - start


def test_an_unknown_command_is_a_usage_error(gongzhi: Command) -> None:
    result = gongzhi("serv")
    assert result.exit_code == 2
    assert "Did you mean 'serve'?" in result.stderr


def test_wrong_settings_are_named_without_a_traceback(gongzhi: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGZHI_PRT", "9")
    monkeypatch.setenv("GONGZHI_WORKERS", "0")
    result = gongzhi("settings")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "GONGZHI_PRT: there is no such setting (did you mean GONGZHI_PORT?)" in result.stderr
    assert "GONGZHI_WORKERS: must be a whole number of at least 1" in result.stderr
    assert "Traceback" not in result.stderr
