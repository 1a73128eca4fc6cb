"""The wheel holds everything that the package needs at run time."""

import subprocess
import sys
import zipfile
from configparser import ConfigParser
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.style.source import ROOT, files

BUILD = ("-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--disable-pip-version-check")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of the working tree."""
    if find_spec("hatchling") is None:
        pytest.fail("hatchling is missing; it is a development dependency: run `make install`")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, *BUILD, "--wheel-dir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    assert built.returncode == 0, built.stderr
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_every_tracked_file_of_the_package_is_in_it(wheel: zipfile.ZipFile) -> None:
    tracked = {name for name in files() if name.startswith("gongzhi/")}
    assert {"gongzhi/policies/core.csv", "gongzhi/policies/model.conf", "gongzhi/py.typed"} <= tracked
    assert tracked - set(wheel.namelist()) == set()


def test_nothing_but_the_package_is_in_it(wheel: zipfile.ZipFile) -> None:
    assert {name.split("/")[0].partition("-")[0] for name in wheel.namelist()} == {"gongzhi"}
    assert [name for name in wheel.namelist() if "__pycache__" in name or name.endswith((".sqlite", ".pem"))] == []


def test_it_says_what_it_is(wheel: zipfile.ZipFile) -> None:
    (folder,) = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    metadata = wheel.read(f"{folder}/METADATA").decode()
    assert "Requires-Python: >=3.11" in metadata
    assert "License-Expression: Apache-2.0" in metadata
    scripts = ConfigParser()
    scripts.read_string(wheel.read(f"{folder}/entry_points.txt").decode())
    assert scripts["console_scripts"]["gongzhi"] == "gongzhi.cli:main"


def test_its_policy_and_command_work_without_the_checkout(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    code = (
        "import gongzhi, gongzhi.cli\n"
        "from gongzhi.core.permissions import core_vocabulary, load\n"
        "print(gongzhi.__file__)\n"
        "print(len(load(None, core_vocabulary()).rules))"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    place, rules = shown.stdout.split()
    assert Path(place) == tmp_path / "gongzhi" / "__init__.py"
    assert int(rules) > 50


def test_it_writes_plugins_without_the_checkout(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    command = [sys.executable, "-m", "gongzhi.cli", "plugin", "new", "bikes", "--into", "made"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    tracked = [name for name in files() if name.startswith("examples/plugins/shared-tools/")]
    assert len([path for path in (tmp_path / "made").rglob("*") if path.is_file()]) == len(tracked)
