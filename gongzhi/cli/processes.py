"""Processes that serve, and their end: nobody who was let in is sent away, and none of them outlives its time."""

import asyncio
import signal
import socket
import struct
import sys
import threading
import time
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess, multiprocess

from gongzhi.cli.listening import SHUTDOWN_SECONDS

FAREWELL_SECONDS = 2.5
"""How much longer than requests a worker may take to end: it closes its database and its plugins."""
BEGIN_SECONDS = 60.0
"""How long a worker that replaces another one may take until it serves; the old one serves until then."""
DRAIN_SECONDS = 1.0
"""How long connections are still let in that the system has accepted for us."""
_TCP_INFO_BYTES = 104
_WAITING = struct.Struct("@24xI")
"""Where Linux tells, of a socket that listens, how many connections wait to be let in (`tcpi_unacked`)."""


class Server(uvicorn.Server):
    """uvicorn's, except that it lets in who waits at the door before it closes it: the system resets them otherwise."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening as soon as nobody waits, and then as uvicorn does."""
        deadline = time.monotonic() + DRAIN_SECONDS
        for listener in sockets or []:
            while waiting(listener) and time.monotonic() < deadline:  # noqa: ASYNC110  # each turn lets some in
                await asyncio.sleep(0)
        await super().shutdown(sockets)


class Worker(multiprocess.Process):
    """One of several processes."""

    @property
    def server(self) -> Server:
        """The server of this process, made in it."""
        if self._server is None:
            self._server = Server(config=self.config)
        return self._server  # type: ignore[return-value]  # made in the line above

    def wait_until_ready(self, timeout: float, should_exit: threading.Event | None = None) -> bool:
        """A new worker in an old one's place may take its time: where others are busy, uvicorn's is over too soon."""
        return super().wait_until_ready(max(timeout, BEGIN_SECONDS), should_exit)


multiprocess.Process = Worker  # type: ignore[misc]  # by this name uvicorn's supervisor makes them


class Workers(Multiprocess):
    """uvicorn's, except that nobody waits at the door of workers that are gone, and none of them outlives its time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._close)

    def _close(self, number: int, _: FrameType | None) -> None:
        """At once: a service manager may have told the workers as well."""
        for listener in self.sockets:
            listener.close()
        self.signal_queue.append(number)

    def join_all(self) -> None:
        """Wait for them; who is not done in time is killed."""
        deadline = time.monotonic() + SHUTDOWN_SECONDS + FAREWELL_SECONDS
        for worker in self.processes:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
        super().join_all()


def waiting(listener: socket.socket) -> int:
    """How many connections the system has accepted and we have not; 0 where it does not tell."""
    if sys.platform != "linux":
        return 0
    told = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
    return int(_WAITING.unpack_from(told)[0])
