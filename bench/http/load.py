"""Load by wrk, or by a small generator of our own where there is none."""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from bench.http.servers import Server

CONNECTIONS = 32
SCRIPT = Path(__file__).parent / "wrk.lua"
FALLBACK = (
    "\n!!! wrk is not installed (on Debian: apt-get install wrk). A generator in Python stands in for it; it takes\n"
    "!!! more of the machine than a fast server does: fast servers look slower, ratios between them smaller.\n"
)


class Load(msgspec.Struct, frozen=True):
    """What came of a load: answers, seconds, bytes with headers, milliseconds, and how many answers were no success.

    `worked` is the processor time of the server, in seconds; None where nobody looked.
    """

    requests: int
    seconds: float
    bytes: int
    p50: float
    p99: float
    errors: int
    worked: float | None = None

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.requests / self.seconds


def tool() -> str:
    """The name of what makes the load; said loudly, once, where it is not wrk."""
    return "wrk" if shutil.which("wrk") else "a generator in Python"


def warn() -> None:
    """Say it where wrk is missing."""
    if not shutil.which("wrk"):
        print(FALLBACK, file=sys.stderr, flush=True)


def put(
    server: Server, bodies: list[str], seconds: float, *, path: str = "/graphql", connections: int = CONNECTIONS
) -> Load:
    """POST the bodies in turns, or GET where there are none.

    Each connection waits for its answer before it asks again.
    """
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".jsonl") as file:
        file.write("".join(f"{body}\n" for body in bodies))
        file.flush()
        if shutil.which("wrk"):
            command = ["wrk", "--threads", "1", "--connections", f"{connections}", "--duration", _span(seconds)]
            command += ["--latency", "--timeout", "20s", "--script", f"{SCRIPT}", server.url + path]
            command += ["--", file.name, server.token]
        else:
            command = [sys.executable, "-m", "bench.http.generator", server.url + path, file.name]
            command += [f"{seconds}", f"{connections}", server.token]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
    line = next((line for line in done.stdout.splitlines() if line.startswith("RESULT ")), None)
    if line is None:
        raise RuntimeError(f"no load on {server.name}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return _load(json.loads(line.removeprefix("RESULT ")))


def _span(seconds: float) -> str:
    """As wrk takes it: whole seconds."""
    return f"{max(1, round(seconds))}s"


def _load(found: dict[str, int]) -> Load:
    return Load(
        requests=found["requests"],
        seconds=found["microseconds"] / 1e6,
        bytes=found["bytes"],
        p50=found["p50"] / 1e3,
        p99=found["p99"] / 1e3,
        errors=found["errors"],
    )
