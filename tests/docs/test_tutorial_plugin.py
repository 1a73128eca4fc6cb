"""The tutorial shows what is in the example's files, and what the commands print."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tutorial-plugin.md").read_text("utf-8")
EXAMPLE = ROOT / "examples" / "plugins" / "shared-tools"
SHOWN = re.compile(r"^`([\w./]+)`\n```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)
CONSOLE = re.compile(r"^```console\n\$ ([^\n]+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def test_every_excerpt_is_in_its_file() -> None:
    shown = SHOWN.findall(PAGE)
    assert len(shown) >= 12
    for name, text in shown:
        assert text in (EXAMPLE / name).read_text("utf-8"), f"{name} does not hold:\n{text}"


def test_no_block_is_left_untried() -> None:
    assert PAGE.count("```") == 2 * (len(SHOWN.findall(PAGE)) + len(CONSOLE.findall(PAGE)))


def test_every_command_prints_what_is_shown(tmp_path: Path) -> None:
    steps = CONSOLE.findall(PAGE)
    assert len(steps) == 2
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for command, shown in steps:
        done = subprocess.run(
            [sys.executable, "-m", "gongzhi.cli", *command.split()[1:]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert re.sub(r"adds \d+ ms[^)]*", "adds N ms", done.stdout) == shown, done.stderr
