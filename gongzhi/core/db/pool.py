"""The connections to one PostgreSQL server: a few, kept open, each lent to one task at a time.

asyncpg's own pool wraps every loan into a proxy, a shielded task and a reset; that costs more than most of our
statements do. Here a loan is a list's last element. Nothing is reset, since we leave no state in a session.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg

IDLE_SECONDS = 300.0
"""A connection that nobody used for so long is not trusted any more: something on the way may have forgotten it."""

Connect = Callable[[], Awaitable[asyncpg.Connection]]


class Connections:
    """At most `size` connections, made by `connect` when they are needed. What was lent last is lent first."""

    def __init__(self, connect: Connect, size: int) -> None:
        self._connect = connect
        self._most = size
        self._idle: list[tuple[asyncpg.Connection, float]] = []
        self._count = 0
        self._waiting: deque[asyncio.Future[asyncpg.Connection | None]] = deque()
        self._closed: asyncio.Event | None = None

    def get_size(self) -> int:
        """How many are open or being opened."""
        return self._count

    def get_idle_size(self) -> int:
        """How many nobody uses now."""
        return len(self._idle)

    @property
    def closing(self) -> bool:
        """Whether nothing is lent any more."""
        return self._closed is not None

    def ready(self) -> asyncpg.Connection | None:
        """An open connection that nobody uses, or None if one has to be made or waited for."""
        while self._idle:
            connection, since = self._idle.pop()
            if not connection.is_closed() and time.monotonic() - since < IDLE_SECONDS:
                return connection
            connection.terminate()
            self._count -= 1
        return None

    async def acquire(self) -> asyncpg.Connection:
        """A connection for this task alone, made anew if there may be one more; otherwise the next that is given back.

        :raises asyncpg.PostgresError, OSError: one cannot be made.
        """
        while True:
            if self.closing:
                raise asyncpg.InterfaceError("the connections are being closed")
            found = self.ready()
            if found is not None:
                return found
            if self._count < self._most:
                return await self._made()
            handed = await self._next()
            if handed is not None:
                return handed

    def release(self, connection: asyncpg.Connection) -> None:
        """Give it back; one that broke makes room for another."""
        if connection.is_closed() or self.closing:
            connection.terminate()
            self._gone()
            return
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(connection)
                return
        self._idle.append((connection, time.monotonic()))

    async def close(self) -> None:
        """Close what nobody uses, then the others when they come back."""
        if self._closed is None:
            self._closed = asyncio.Event()
        while self._idle:
            connection, _ = self._idle.pop()
            self._count -= 1
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await connection.close(timeout=1)
        if self._count:
            await self._closed.wait()

    async def _made(self) -> asyncpg.Connection:
        self._count += 1
        made = False
        try:
            connection = await self._connect()
            made = True
        finally:
            if not made:
                self._gone()
        return connection

    async def _next(self) -> asyncpg.Connection | None:
        """What somebody gives back; None when there is room for a new one instead."""
        waiting: asyncio.Future[asyncpg.Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            return await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled() and (handed := waiting.result()) is not None:
                self.release(handed)
            elif waiting.done() and not waiting.cancelled():
                self._room()
            raise

    def _gone(self) -> None:
        self._count -= 1
        if self._closed is not None and not self._count:
            self._closed.set()
        self._room()

    def _room(self) -> None:
        """Let one who waits make a new connection."""
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(None)
                return
