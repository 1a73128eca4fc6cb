"""Workers that are killed, before, during and after a delivery: 0 events missing, duplicates carry the same id."""

import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from gongzhi.core import clock
from gongzhi.core.db import current
from gongzhi.core.events.outbox import emit
from gongzhi.core.events.tables import Event, EventDelivery
from gongzhi.core.territory.tables import Territory
from gongzhi.testing import databases
from tests.cli.conftest import Command
from tests.cli.server import Server, said, started
from tests.workers.catching import Catcher, catching

SETUP = ("setup", "--district", "futian", "--name", "福田区", "--admin", "li", "--admin-name", "李")
ENVIRON = {
    "GONGZHI_WEBHOOK_NETWORKS": "127.0.0.0/8",
    "GONGZHI_WEBHOOK_HTTP": "true",
    "GONGZHI_WEBHOOK_KEYS": "k" * 32,
}
CHANGES, RECORDS = 60, 4
RENAME = 'mutation { updateTerritory(input: {path: "/futian", version: 1, name: "福田"}) { territory { version } } }'


async def happen(url: str) -> dict[str, list[int]]:
    """Changes of some places, one after the other: the versions of each, in their order."""
    written: dict[str, list[int]] = {}
    async with databases.opened(url):
        codes = [f"p{number}" for number in range(RECORDS)]
        places = [Territory(code=code, path=f"/futian/{code}", level="community", name=code) for code in codes]
        await Territory.insert(*places)
        for number in range(CHANGES):
            record = f"Territory:{places[number % RECORDS].id}"
            written.setdefault(record, []).append(number + 1)
            async with current().transaction():
                await emit("territory.territory.update", record, "/futian", {"version": number + 1})
    return written


async def leases_run_out(url: str) -> None:
    """As if a minute had passed since a worker was killed."""
    async with databases.opened(url):
        claimed = (EventDelivery.state == "waiting") & EventDelivery.lease.is_not_null()
        await EventDelivery.update({EventDelivery.due_at: clock.now()}).where(claimed)


async def left(url: str) -> int:
    async with databases.opened(url):
        waiting = await EventDelivery.count().where(EventDelivery.state == "waiting")
        return int(waiting) + int(await Event.count().where(Event.position.is_null()))


def drained(url: str) -> bool:
    deadline = time.monotonic() + 30
    while databases.run(left(url)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return databases.run(left(url)) == 0


@pytest.fixture
def prepared(migrated_url: str, gongzhi: Command, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with a district."""
    for name, value in {**ENVIRON, "GONGZHI_DATABASE": migrated_url}.items():
        monkeypatch.setenv(name, value)
    assert gongzhi(*SETUP).exit_code == 0
    return migrated_url


def register(gongzhi: Command, catcher: Catcher) -> str:
    chosen = ("--organization", "futian-office", "--role", "district.admin", "--kind", "territory.")
    added = gongzhi("webhook", "add", "site", "--url", catcher.url, *chosen)
    assert added.exit_code == 0, added.output
    return added.stdout.strip()


def kill_at(catcher: Catcher, server: Server, count: int, *, before: bool) -> None:
    """Kill a worker when it has sent so many, before it is answered, or right after."""

    def kill(now: int) -> None:
        if now >= count:
            with contextlib.suppress(ProcessLookupError):
                os.kill(server.process.pid, signal.SIGKILL)

    catcher.before, catcher.after = (kill, lambda now: None) if before else (lambda now: None, kill)


def test_nothing_is_lost_and_nothing_gets_another_id(prepared: str, folder: Path, gongzhi: Command) -> None:
    with catching() as catcher:
        register(gongzhi, catcher)
        written = databases.run(happen(prepared))
        for count, before in ((5, True), (30, False)):
            with started(folder, "worker") as worker:
                kill_at(catcher, worker, count, before=before)
                assert worker.process.wait(timeout=40) == -signal.SIGKILL
            databases.run(leases_run_out(prepared))
        catcher.before = catcher.after = lambda count: None
        with started(folder, "worker") as first, started(folder, "worker") as second:
            for each in (first, second):
                said(each, "Working on ")
            assert drained(prepared), first.output + second.output
            assert first.stop() == second.stop() == 0
    assert catcher.firsts() == written
    bodies = {each.id: each.body for each in catcher.caught}
    assert len(bodies) == CHANGES
    assert all(bodies[each.id] == each.body for each in catcher.caught), "a duplicate is the same event"
    assert len(catcher.caught) > CHANGES, "who was killed before it was answered has sent it in vain"


def test_a_server_killed_right_after_its_answer_has_told_the_outbox(
    prepared: str, folder: Path, gongzhi: Command
) -> None:
    token = gongzhi("token", "issue", "--account", "li").stdout.strip()
    with catching() as catcher:
        register(gongzhi, catcher)
        with started(folder, "serve", "--port", "0", environ={"GONGZHI_BACKGROUND": "false"}) as server:
            server.wait()
            answer = server.ask(RENAME, token)
            assert answer["data"]["updateTerritory"]["territory"]["version"] == 2
            assert server.stop(signal.SIGKILL) == -signal.SIGKILL
        assert catcher.caught == []
        with started(folder, "worker") as worker:
            assert drained(prepared), worker.output
            worker.stop()
    assert list(catcher.firsts().values()) == [[2]]
    assert len(catcher.caught) == 1
