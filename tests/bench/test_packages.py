"""Packages of Node.js are there whole, whoever else installs them at the same time and whatever was broken off."""

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench.http.packages import STAMP, why_no_node

pytestmark = [pytest.mark.node, pytest.mark.xdist_group("node")]
LOCK = {
    "name": "tried",
    "lockfileVersion": 3,
    "requires": True,
    "packages": {
        "": {"name": "tried", "dependencies": {"own": "file:own"}},
        "node_modules/own": {"resolved": "own", "link": True},
        "own": {"version": "1.0.0"},
    },
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that wants a package which lies in it."""
    if shutil.which("npm") is None and not os.environ.get("CI"):
        pytest.skip("no npm is on the PATH")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "package.json").write_text('{"name": "own", "version": "1.0.0"}', "utf-8")
    (tmp_path / "package.json").write_text('{"name": "tried", "dependencies": {"own": "file:own"}}', "utf-8")
    (tmp_path / "package-lock.json").write_text(json.dumps(LOCK), "utf-8")
    return tmp_path


def test_who_comes_at_the_same_time_waits_and_finds_them(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def come(_: int) -> tuple[str | None, bool]:
        return why_no_node(folder), (folder / "node_modules" / "own" / "package.json").exists()

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(come, range(3))) == [(None, True)] * 3
    assert capfd.readouterr().err.count("installing") == 1


def test_what_was_broken_off_or_is_of_another_lock_is_done_again(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "node_modules" / "half").mkdir(parents=True)
    (folder / "node_modules" / ".package-lock.json").write_text("{}", "utf-8")
    assert why_no_node(folder) is None
    assert not (folder / "node_modules" / "half").exists()
    (folder / "package-lock.json").write_text(json.dumps(LOCK, indent=1), "utf-8")
    assert why_no_node(folder) is None
    assert capfd.readouterr().err.count("installing") == 2
    (folder / "package-lock.json").write_text("{", "utf-8")
    why = why_no_node(folder)
    assert why is not None
    assert why.startswith("npm ci has failed: ")
    assert not (folder / STAMP).exists()
