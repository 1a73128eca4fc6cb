"""A server in a process of its own, as an operator starts it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gongzhi.testing import databases
from gongzhi.testing.serving import signing_key

PATIENCE = 60.0
URL = re.compile(r"http://[\d.]+:\d+")


class Server:
    """A running command; `output` is all that it has printed so far, to either stream."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log

    @property
    def output(self) -> str:
        return self.log.read_text("utf-8")

    @property
    def url(self) -> str:
        """What it said that it listens on."""
        found = URL.search(self.output)
        assert found is not None, self.output
        return found[0]

    def ask(self, query: str, token: str | None = None) -> dict[str, Any]:
        """The whole answer, as JSON."""
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(f"{self.url}/graphql", json.dumps({"query": query}).encode(), headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            decoded: dict[str, Any] = json.load(answer)
        return decoded

    def wait(self) -> None:
        """Until it answers."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if URL.search(self.output) and self.ask("{ __typename }") == {"data": {"__typename": "Query"}}:
                    return
            except (urllib.error.URLError, ConnectionError):
                pass
            time.sleep(0.05)
        raise AssertionError(f"it does not answer; exit status {self.process.poll()}:\n{self.output}")

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop; its exit status."""
        self.process.send_signal(by)
        return self.process.wait(timeout=20)


def said(server: Server, text: str) -> None:
    """Wait until a command has printed a text."""
    deadline = time.monotonic() + PATIENCE
    while text not in server.output and time.monotonic() < deadline and server.process.poll() is None:
        time.sleep(0.05)
    assert text in server.output, server.output


@contextmanager
def over_a_copy(request: pytest.FixtureRequest, folder: Path, name: str, **settings: str) -> Iterator[Server]:
    """A server over a copy of the demo, on the engine that the fixture's parameter names; it answers already."""
    demo = request.getfixturevalue(f"demo_{request.param}")
    with databases.duplicate(demo, f"{request.getfixturevalue('worker')}_{name}", folder) as url:
        chosen = {"database": url, "signing_key": signing_key(), **settings}
        environ = {f"GONGZHI_{key.upper()}": value for key, value in chosen.items()}
        with started(folder, "serve", "--port", "0", environ=environ) as found:
            found.wait()
            yield found


@contextmanager
def started(
    folder: Path, *arguments: str, environ: Mapping[str, str] | None = None, module: str = "gongzhi.cli"
) -> Iterator[Server]:
    """The command `gongzhi` with these arguments, running in `folder`; killed at the end if it still runs.

    `module` is what runs in its stead.
    """
    log = folder / f"log-{time.monotonic_ns()}"
    command = [sys.executable, "-m", module, *arguments]
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=folder, stdout=file, stderr=file, env={**os.environ, **(environ or {})}, start_new_session=True
        )
    try:
        yield Server(process, log)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
