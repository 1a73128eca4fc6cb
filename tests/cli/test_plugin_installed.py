"""Plugins of installed packages on the command line: listed with their state, their commands run, their names taken."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BICYCLES = """
import click
from gongzhi.api import Module, hookimpl

@click.command()
@click.argument("place")
@click.option("--count", default=1)
def pump(place, count):
    \"\"\"Pump up the tyres.\"\"\"
    click.echo(f"{count} pumped up at {place}")

@hookimpl
def gongzhi_module():
    return Module(id="bicycles", name="自行车", name_en="Bicycles", version="1.2")

@hookimpl
def gongzhi_commands():
    return (pump,)
"""
BROKEN = "raise RuntimeError('no wheels')\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with two installed packages, a good one and one that cannot be imported."""
    for name, text in (("bicycles", BICYCLES), ("broken", BROKEN)):
        (tmp_path / f"{name}_plugin.py").write_text(text, "utf-8")
        installed = tmp_path / f"gongzhi_{name}-1.2.dist-info"
        installed.mkdir()
        (installed / "METADATA").write_text(f"Metadata-Version: 2.1\nName: gongzhi-{name}\nVersion: 1.2\n", "utf-8")
        (installed / "entry_points.txt").write_text(f"[gongzhi.plugins]\n{name} = {name}_plugin\n", "utf-8")
    return tmp_path


def run(site: Path, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "gongzhi.cli", "plugin", *arguments],
        cwd=site,
        env={**os.environ, "PYTHONPATH": f"{site}:{ROOT}", **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_plugins_are_listed_with_their_state_and_the_reason(site: Path) -> None:
    listed = run(site, "list")
    lines = {line.split()[0]: line.split(None, 1)[1] for line in listed.stdout.splitlines()}
    assert listed.returncode == 1
    assert lines["bicycles"].split() == ["1.2", "on", "gongzhi-bicycles", "自行车", "Bicycles"]
    assert lines["broken"].split(None, 2) == ["failed", "gongzhi-broken", "RuntimeError: no wheels"]
    switched = run(site, "list", GONGZHI_PLUGINS_DISABLED="broken")
    assert switched.returncode == 0, switched.stderr
    assert "switched off by the setting plugins_disabled" in switched.stdout


def test_a_command_of_a_plugin_is_run_with_its_arguments(site: Path) -> None:
    done = run(site, "run", "bicycles", "pump", "station", "--count", "3")
    assert (done.returncode, done.stdout) == (0, "3 pumped up at station\n")
    assert "Pump up the tyres." in run(site, "run", "bicycles").stdout
    wrong = run(site, "run", "bicycles", "paint")
    assert (wrong.returncode, "No such command 'paint'" in wrong.stderr) == (2, True)
    broken = run(site, "run", "broken", "paint")
    assert (broken.returncode, "brings no commands, or is not at work" in broken.stderr) == (1, True)


def test_what_is_installed_is_checked_by_its_id_and_its_name_is_taken(site: Path) -> None:
    (site / "neighbour.py").write_text("import gongzhi.app\n", "utf-8")
    good = run(site, "check", "bicycles")
    assert good.returncode == 0, good.stdout
    broken = run(site, "check", "broken")
    assert (broken.returncode, "RuntimeError: no wheels" in broken.stdout) == (1, True)
    taken = run(site, "new", "bicycles")
    assert (taken.returncode, "there is a plugin bicycles already (gongzhi-bicycles)" in taken.stderr) == (1, True)
    assert not (site / "gongzhi-bicycles").exists()
