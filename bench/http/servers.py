"""Servers that are started for a measurement, and stopped however it ends."""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

PATIENCE = 60.0
STOPPING = 10.0
ROOT = Path(__file__).parent.parent.parent
NODE = ROOT / "bench" / "peers"


class Server(msgspec.Struct, frozen=True):
    """A server at work. `dialect` says which wording it understands, `token` who asks it."""

    name: str
    url: str
    dialect: str
    pid: int
    token: str = ""


@contextmanager
def started(
    name: str, dialect: str, command: list[str], environ: Mapping[str, str], port: int, token: str = ""
) -> Iterator[Server]:
    """A process of its own group that answers on a port; the group is gone when the block ends.

    :raises RuntimeError: it ends or does not answer within a minute, with the end of what it wrote.
    """
    with tempfile.TemporaryFile() as log, tempfile.TemporaryDirectory() as folder:
        known = {**os.environ, "PYTHONPATH": str(ROOT), **environ}
        process = subprocess.Popen(command, env=known, stdout=log, stderr=log, cwd=folder, start_new_session=True)
        try:
            _wait(name, port, process, log.fileno())
            yield Server(name, f"http://127.0.0.1:{port}", dialect, process.pid, token)
        finally:
            _stop(process)


def _wait(name: str, port: int, process: subprocess.Popen[bytes], log: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/graphql", timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    written = os.pread(log, 4000, max(0, os.fstat(log).st_size - 4000)).decode("utf-8", "replace")
    raise RuntimeError(f"{name} does not answer:\n{written}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the group to end, after a while make it, and wait until nobody of it is left."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOPPING)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + STOPPING
    while members(process.pid) and time.monotonic() < deadline:
        time.sleep(0.01)


def members(group: int) -> list[int]:
    """The processes of a group that have not ended; one that nobody has asked about has."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, leader = stat.read_text("utf-8").rpartition(")")[2].split()[:3]
            if int(leader) == group and state not in "ZX":
                found.append(int(stat.parent.name))
    return found


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def resident(pid: int) -> float:
    """What a process and those that it started keep in memory, in MB, as Linux counts it."""
    return sum(_resident(each) for each in _family(pid)) / 1024


def worked(pid: int) -> float:
    """Seconds of processor time that a process and those that it started have used, in all of their threads."""
    return sum(_ticks(each) for each in _family(pid)) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    user, system = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[11:13]
    return int(user) + int(system)


def _family(pid: int) -> Iterator[int]:
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split():
        yield from _family(int(child))


def _resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")))
