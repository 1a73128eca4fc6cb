"""Putting a load on a server, by wrk and by the generator that stands in for it, and stopping what was started."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench.http import load, servers
from bench.http.cases import Case, Wording
from bench.http.checking import Unequal, agreed, wrong
from bench.http.servers import Server, free_port, started

TOOLS = [
    pytest.param(
        "wrk",
        marks=pytest.mark.skipif(
            shutil.which("wrk") is None and not os.environ.get("CI"), reason="wrk is not installed"
        ),
    ),
    "a generator in Python",
]
SAME = json.dumps({"data": {"a": 1}})


@contextmanager
def serving(answer: str = SAME, name: str = "small") -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.servers", str(port), answer]
    with started(name, "gongzhi", command, {}, port) as server:
        yield server


@pytest.fixture
def tool(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """What makes the load."""
    if request.param != "wrk":
        monkeypatch.setattr(load.shutil, "which", lambda name: None)
    assert load.tool() == request.param
    return str(request.param)


@pytest.mark.parametrize("tool", TOOLS, indirect=True)
def test_a_load_counts_answers_bytes_and_failures(tool: str) -> None:
    with serving() as server:
        good = load.put(server, ['{"query": "{ a }"}'], 1, connections=4)
        mixed = load.put(server, ["ask", "fail"], 1, connections=4)
    assert good.errors == 0
    assert good.requests > 10
    assert good.rate == pytest.approx(good.requests / good.seconds)
    assert 0 < good.p50 <= good.p99
    assert good.bytes / good.requests == pytest.approx(len(SAME) + 140, abs=60)
    assert mixed.errors == pytest.approx(mixed.requests / 2, rel=0.1)
    assert wrong(mixed, mixed.bytes / mixed.requests) == f"{mixed.errors} of {mixed.requests} answers were no success"


def test_a_load_without_wrk_is_said_loudly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(load.shutil, "which", lambda name: None)
    load.warn()
    assert "!!! wrk is not installed" in capsys.readouterr().err


def test_a_server_ends_with_its_children_even_when_the_measurement_fails() -> None:
    found = []

    def measure() -> None:
        with serving() as server:
            found.append(server.pid)
            assert len(servers.members(server.pid)) == 2
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure()
    assert servers.members(found[0]) == []


def test_a_server_that_does_not_start_says_why() -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('no such thing')"]
    broken = started("broken", "gongzhi", command, {}, free_port())
    with pytest.raises(RuntimeError, match="broken does not answer:\nno such thing"), broken:
        pass


def test_processor_time_is_that_of_a_process_at_work() -> None:
    with serving() as idle, subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
        before, deadline = servers.worked(idle.pid), time.monotonic() + 30
        while servers.worked(busy.pid) < 0.3 and time.monotonic() < deadline:
            time.sleep(0.05)
        found = servers.worked(busy.pid), servers.worked(idle.pid) - before
        busy.kill()
    assert found[0] >= 0.3 > 10 * found[1]


def test_memory_is_that_of_a_process_and_its_children() -> None:
    with serving() as server:
        assert servers.resident(server.pid) > 1.2 * servers._resident(server.pid) / 1024 > 5


CASE = Case("small", {"gongzhi": Wording("{ a }", lambda data: data)}, ({}, {"b": 1}))


def test_servers_that_agree_tell_the_size_of_their_answers() -> None:
    with serving(name="one") as one, serving(name="two") as two:
        sizes = agreed(CASE, [one, two])
        answered = load.put(one, CASE.bodies("gongzhi"), 1, connections=1)
    assert sizes["one"] == sizes["two"]
    assert wrong(answered, sizes["one"]) is None
    assert wrong(answered, sizes["one"] * 2) is not None


def test_servers_that_disagree_are_named_with_the_first_difference() -> None:
    disagree = pytest.raises(Unequal, match=r"one and two disagree: at \.a: 1 and 2")
    with serving(name="one") as one, serving(json.dumps({"data": {"a": 2}}), name="two") as two, disagree:
        agreed(CASE, [one, two])


def test_a_server_that_answers_with_errors_is_not_measured() -> None:
    refused = pytest.raises(Unequal, match='small answers with 200: {"errors"')
    with serving(json.dumps({"errors": [{"message": "no"}]})) as server, refused:
        agreed(CASE, [server])
