"""A limit of time that many blocks share: one timer for all of them, instead of one for each.

`asyncio.timeout` makes and cancels a timer for each block, which takes as long as answering a small query does.
"""

import asyncio
from types import TracebackType


class Deadlines:
    """The blocks of one event loop that may take so many seconds each; who began first is late first."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._running: dict[Deadline, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, block: "Deadline") -> None:
        """A block begins."""
        loop = asyncio.get_running_loop()
        self._running[block] = loop.time() + self.seconds
        if self._timer is None:
            self._timer = loop.call_later(self.seconds, self._look)

    def end(self, block: "Deadline") -> None:
        """It has ended."""
        self._running.pop(block, None)

    def _look(self) -> None:
        """Stop what is late, and wait for the next; nobody is waited for where nothing runs."""
        loop = asyncio.get_running_loop()
        self._timer = None
        for block, due in list(self._running.items()):
            if due > loop.time():
                self._timer = loop.call_at(due, self._look)
                return
            del self._running[block]
            block.expire()


class Deadline:
    """One block that is stopped where it takes longer: TimeoutError comes out of it, as of `asyncio.timeout`."""

    __slots__ = ("_cancelling", "_deadlines", "_late", "_task")

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines = deadlines
        self._late = False

    async def __aenter__(self) -> "Deadline":
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a deadline is for a task")
        self._task, self._cancelling = task, task.cancelling()
        self._deadlines.begin(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._deadlines.end(self)
        if self._late and self._task.uncancel() <= self._cancelling and isinstance(error, asyncio.CancelledError):
            raise TimeoutError from error

    def expire(self) -> None:
        """It takes too long."""
        self._late = True
        self._task.cancel()
