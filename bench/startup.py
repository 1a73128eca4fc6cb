"""How long `gongzhi demo` takes until it answers, the first time and the next, and how much memory it then holds."""

import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Row = tuple[str, float, str, float]
COLD_SECONDS = 15.0
WARM_SECONDS = 2.0
MEMORY_MB = 150.0
PATIENCE = 120.0
QUERIES = (
    "{ __typename }",
    '{ serviceList(slug: "basic-services") { currentEdition { items(first: 100) { edges { node { code name } } } } } }',
)


def rows() -> list[Row]:
    """Cold start, warm start (the shortest of three) and resident memory of the one worker."""
    with tempfile.TemporaryDirectory() as folder:
        with demo(Path(folder)) as (cold, _):
            pass
        warm, memory = [], []
        for _ in range(3):
            with demo(Path(folder)) as (seconds, server):
                warm.append(seconds)
                memory.append(resident(server.pid))
    return [
        ("cold start: migrate, load the demo, answer", cold, "s", COLD_SECONDS),
        ("warm start until the first answer", min(warm), "s", WARM_SECONDS),
        ("resident memory of a worker", max(memory), "MB", MEMORY_MB),
    ]


@contextmanager
def demo(folder: Path) -> Iterator[tuple[float, subprocess.Popen[bytes]]]:
    """A running demo whose database is in `folder`, and the seconds until it answered."""
    port = free_port()
    command = [sys.executable, "-m", "gongzhi.cli", "demo", "--port", str(port)]
    command += ["--database", f"sqlite:///{folder}/demo.sqlite"]
    start = time.perf_counter()
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        wait(port, server, folder / "log")
        seconds = time.perf_counter() - start
        for query in QUERIES:
            ask(port, query)
        yield seconds, server
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until it answers; RuntimeError with its log if it ends before, or takes two minutes."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            ask(port, QUERIES[0])
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"the demo does not answer:\n{log.read_text('utf-8')}")


def ask(port: int, query: str) -> object:
    """The data of an answer."""
    body = json.dumps({"query": query}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/graphql", body, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["data"]


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def resident(pid: int) -> float:
    """The resident set of a process, in MB, as Linux counts it."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))) / 1024
