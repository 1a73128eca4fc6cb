"""The tutorial on policies: each command of it, run in order in one folder, prints what is shown."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.style.source import ROOT

PAGE = (ROOT / "docs" / "policies.md").read_text("utf-8")
BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)


def steps() -> list[tuple[str, str]]:
    """(command, output) in the order of the page."""
    found: list[tuple[str, str]] = []
    for block in BLOCK.findall(PAGE):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def stable(output: str) -> str:
    """An output without what changes with every release: the revision, the size and the lines of the built-in files."""
    output = re.sub(r"\b[0-9a-f]{12}\b", "REVISION", output)
    output = re.sub(r"\d+ rules in \d+ files", "N rules in N files", output)
    output = re.sub(r"core\.csv:\d+", "core.csv:N", output)
    output = re.sub(r"of \d+ accounts", "of N accounts", output)  # modules bring demo accounts of their own
    return re.sub(r"(?<=files {6}).*(?=local\.csv)", "", output)


@pytest.fixture
def folder(tmp_path: Path, demo_sqlite: str) -> Path:
    """A folder in which `gongzhi demo` was started."""
    (tmp_path / ".gongzhi").mkdir()
    shutil.copy(demo_sqlite.removeprefix("sqlite:///"), tmp_path / ".gongzhi" / "demo.sqlite")
    return tmp_path


def test_every_command_prints_what_is_shown(folder: Path) -> None:
    program = f"{sys.executable} -m gongzhi.cli"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GONGZHI_")}
    environment["PYTHONPATH"] = str(ROOT)
    for command, shown in steps():
        # A shell function, so that the command is the text of the page and the program is this checkout's.
        script = f'gongzhi() {{ {program} "$@"; }}\n{command}\n'
        done = subprocess.run(
            ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert stable(done.stdout + done.stderr) == stable(shown), f"$ {command}\n{done.stdout}{done.stderr}"
    assert len(steps()) >= 15
    assert sorted(path.name for path in folder.glob("*.html")) == ["diff.html", "matrix.html"]


def test_every_command_of_the_program_is_named() -> None:
    named = set(re.findall(r"gongzhi policy ([a-z-]+)", PAGE))
    assert {"init", "check", "test", "diff", "matrix", "explain", "who-can", "what-can", "status", "watch"} <= named


def test_every_relative_link_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", PAGE)
    assert targets
    assert [target for target in targets if not (ROOT / "docs" / target).exists()] == []
