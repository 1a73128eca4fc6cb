"""`gongzhi serve` as a process of its own, on a port that stays the same when it is started again."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

PATIENCE = 60.0
"""Seconds after which something that has not happened is a failure of the suite."""


class Server:
    """One server, running or not. `environ` are its settings, as an operator gives them."""

    def __init__(self, folder: Path, port: int, environ: Mapping[str, str], *options: str) -> None:
        self.folder = folder
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.environ = environ
        self.options = options
        self.log = folder / f"server-{port}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.limit: Callable[[], None] | None = None

    @property
    def pid(self) -> int:
        """The process that was started."""
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Start the process; it answers a little later."""
        command = [sys.executable, "-m", "gongzhi.cli", "serve", "--port", str(self.port), *self.options]
        environ = {name: value for name, value in os.environ.items() if not name.startswith("GONGZHI_")}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=self.folder,
                env={**environ, **self.environ},
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=self.limit,
            )

    async def ready(self, patience: float = PATIENCE) -> float:
        """The seconds until it says that it can do its work."""
        began = time.monotonic()
        async with httpx.AsyncClient(base_url=self.url, timeout=2.0) as client:
            while time.monotonic() - began < patience:
                try:
                    if (await client.get("/health/ready")).status_code == 200:
                        return time.monotonic() - began
                except httpx.TransportError:
                    pass
                if self.process is None or self.process.poll() is not None:
                    break
                await asyncio.sleep(0.02)
        raise AssertionError(f"the server is not ready after {patience:g} s:\n{self.output[-4000:]}")

    async def begin(self) -> float:
        """Start it, and answer the seconds until it is ready."""
        self.start()
        return await self.ready()

    def kill(self) -> None:
        """`kill -9`, also of its workers."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def signal(self, number: signal.Signals) -> None:
        """To the process that was started, as a service manager does it."""
        assert self.process is not None
        self.process.send_signal(number)

    async def ended(self, patience: float = PATIENCE) -> float:
        """The seconds until the process has ended."""
        assert self.process is not None
        began = time.monotonic()
        while self.process.poll() is None:
            if time.monotonic() - began > patience:
                raise AssertionError(f"the server still runs after {patience:g} s:\n{self.output[-4000:]}")
            await asyncio.sleep(0.01)
        return time.monotonic() - began

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self.process is not None and self.process.poll() is None

    @property
    def output(self) -> str:
        """What it has written so far."""
        return self.log.read_text("utf-8", errors="replace") if self.log.exists() else ""

    def processes(self) -> list[int]:
        """The processes that serve: its workers, or itself."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        spawned = [int(child) for child in children if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()]
        return spawned or [self.pid]

    def memory(self) -> float:
        """MB that the serving process holds itself (resident, without the pages that it shares with files)."""
        (line,) = (line for line in _status(self.processes()[0]) if line.startswith("RssAnon:"))
        return int(line.split()[1]) / 1024

    def descriptors(self) -> int:
        """How many files and connections the serving process has open."""
        return len(list(Path(f"/proc/{self.processes()[0]}/fd").iterdir()))


def _status(process: int) -> list[str]:
    return Path(f"/proc/{process}/status").read_text().splitlines()


def limit_files(most: int) -> Callable[[], None]:
    """What a process does before it starts, to have at most so many descriptors."""
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def limit_file_size(most: int) -> Callable[[], None]:
    """Likewise, to write no file beyond so many bytes: the kernel then answers EFBIG, once SIGXFSZ is ignored."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return limit
