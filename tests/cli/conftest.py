"""Commands are run in an empty working directory, without the settings of whoever runs the tests."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gongzhi.cli import main
from gongzhi.testing import databases

Command = Callable[..., Result]


async def emptied(url: str) -> None:
    async with databases.emptied(url):
        pass


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working directory of the command."""
    for name in [name for name in os.environ if name.startswith("GONGZHI_") and not name.startswith("GONGZHI_TEST_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    # What a command puts into the environment for its workers must not reach the next test.
    before = dict(os.environ)
    yield tmp_path
    for name in os.environ.keys() - before.keys():
        del os.environ[name]


@pytest.fixture
def gongzhi() -> Command:
    """Run a command in this process: `gongzhi("token", "issue", "--account", "li")`."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)

    return run


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, folder: Path) -> str:
    """The address of a migrated database without rows; once on each engine."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("migrated_postgresql")
        databases.run(emptied(url))
        return url
    template: Path = request.getfixturevalue("migrated_file")
    copy = folder / "gongzhi.sqlite"
    copy.write_bytes(template.read_bytes())
    return f"sqlite:///{copy}"
