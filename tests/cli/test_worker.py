"""`gongzhi worker`, and `gongzhi serve` with and without its own."""

import signal
import time
from pathlib import Path

import pytest

from gongzhi.core.events.tables import Event
from gongzhi.testing import databases
from tests.cli.conftest import Command
from tests.cli.server import said, started

SETUP = ("setup", "--district", "futian", "--name", "福田区", "--admin", "li", "--admin-name", "李")


async def unplaced(url: str) -> int:
    async with databases.opened(url):
        return int(await Event.count().where(Event.position.is_null()))


def left(url: str, seconds: float) -> int:
    """How many events nobody has taken up, as soon as it is none, or after so long."""
    deadline = time.monotonic() + seconds
    while (found := databases.run(unplaced(url))) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


@pytest.fixture
def written(migrated_url: str, gongzhi: Command, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a database in which something has just happened."""
    monkeypatch.setenv("GONGZHI_DATABASE", migrated_url)
    result = gongzhi(*SETUP)
    assert result.exit_code == 0, result.output
    assert databases.run(unplaced(migrated_url)) > 0
    return migrated_url


def test_workers_take_up_what_a_server_without_background_leaves(written: str, folder: Path) -> None:
    before = databases.run(unplaced(written))
    with started(folder, "serve", "--port", "0", environ={"GONGZHI_BACKGROUND": "false"}) as server:
        server.wait()
        time.sleep(1.5)
        assert databases.run(unplaced(written)) == before
        with started(folder, "worker") as first, started(folder, "worker", "--strict") as second:
            for each in (first, second):
                said(each, "Working on ")
            assert left(written, 10) == 0
            for each, how in ((first, signal.SIGTERM), (second, signal.SIGINT)):
                begun = time.monotonic()
                assert each.stop(how) == 0
                assert time.monotonic() - begun < 10
                assert each.output.endswith("Stopped.\n")
                assert "Traceback" not in each.output


def test_a_server_has_a_worker_inside(written: str, folder: Path) -> None:
    with started(folder, "serve", "--port", "0") as server:
        server.wait()
        assert left(written, 10) == 0
        server.stop()
        assert "Traceback" not in server.output
