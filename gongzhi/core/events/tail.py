"""Telling everybody what was committed: each worker reads the outbox behind its end, whoever wrote it.

Delivery hands an event to one worker; here every worker sees every event, for the subscriptions that it holds. Ids are
made before their transaction ends, so an event may appear among older ones: the last `WINDOW` is read again each time,
and what was told is remembered. Nothing is read while nobody listens. When the clock was set forward, it is read from
the old window on for as long; when it was set back, what lies between the new time and the old is not told again.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from gongzhi.core import clock
from gongzhi.core.errors import GongzhiError, Limited
from gongzhi.core.events.tables import Event
from gongzhi.core.ids import uuid7_at

logger = logging.getLogger("gongzhi.events")

WINDOW_SECONDS = 30.0
WINDOW = timedelta(seconds=WINDOW_SECONDS)
"""Longer than a transaction may take, and than the clocks of two workers may differ."""
POLL_SECONDS = 0.5
"""How late an event of another worker may be. One's own are told at once."""
STEP = timedelta(seconds=2)
"""By how much the clock must run ahead of what has passed, to have been set forward."""
BACKLOG = 1_000
"""Events that may wait for one listener; one who falls further behind is sent away."""
RIGHTS = ("actors.", "permissions.")
"""What may change who somebody is, or what they may do."""


class Told(msgspec.Struct, frozen=True):
    """One event: its kind `<resource>.<action>`, the record as `<Type>:<id>`, and where it stands."""

    id: UUID
    kind: str
    record: str
    path: str


class Listener:
    """One who hears of events. `None` among them says that rights may have changed."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Told | None] = asyncio.Queue(BACKLOG)
        self._lost = False

    def tell(self, event: Told | None) -> None:
        """Let it wait for the listener."""
        try:
            self._waiting.put_nowait(event)
        except asyncio.QueueFull:
            self._lost = True

    async def next(self) -> Told | None:
        """What comes next, as soon as it does.

        :raises Limited: so much came that some of it is lost.
        """
        if self._lost:
            raise Limited(
                "Events come faster than you take them; load what you need again, and subscribe again.",
                limit="subscription_backlog",
                value=BACKLOG,
            )
        return await self._waiting.get()


class Tail:
    """The end of the outbox, as this process has seen it."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._told: dict[UUID, None] = {}
        self._looked = clock.now(), time.monotonic()
        self._since = self._kept = uuid7_at(self._looked[0] - WINDOW)
        self._kept_until = 0.0
        self._woken = asyncio.Event()
        self._reading = asyncio.Lock()
        self.rights = 0
        """Grows whenever somebody's rights may have changed."""

    def wake(self) -> None:
        """Something was committed in this process: look now."""
        if self._listeners:
            self._woken.set()

    def rights_changed(self) -> None:
        """Have every listener's rights looked at again."""
        self.rights += 1
        for listener in self._listeners:
            listener.tell(None)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Listener]:
        """A listener who hears of everything that is committed from now on."""
        listener = Listener()
        if not self._listeners:
            await self._read(telling=False)
        self._listeners.add(listener)
        self._woken.set()
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    async def run(self) -> None:
        """Tell until cancelled. While the database is away nothing is told, and nothing is lost within the window."""
        well = True
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), POLL_SECONDS if self._listeners else None)
            self._woken.clear()
            try:
                await self._read(telling=True)
                well = True
            except GongzhiError as error:
                if well:
                    logger.warning("subscriptions wait: %s", error.message)
                well = False

    async def _read(self, *, telling: bool) -> None:
        async with self._reading:
            now = clock.now()
            since, before = self._beginning(now), self._since
            rows = await (
                Event.select(Event.id, Event.kind, Event.record, Event.path).where(Event.id > since).order_by(Event.id)
            )
            fresh = [Told(**row) for row in rows if row["id"] not in self._told]
            if since < before:  # the clock was set back: other processes' ids are of about now, ours behind the last
                soon = uuid7_at(now + WINDOW)
                fresh = [event for event in fresh if event.id < soon or event.id > before]
            self._told, self._since = dict.fromkeys(row["id"] for row in rows), since
            if telling:
                self._tell(fresh)

    def _beginning(self, now: datetime) -> UUID:
        """Where to read from: a window ago, or for so long after the clock was set forward, from where it was."""
        present, (last, at) = time.monotonic(), self._looked
        if now - last > timedelta(seconds=present - at) + STEP:
            self._kept, self._kept_until = self._since, present + WINDOW_SECONDS
        self._looked = now, present
        since = uuid7_at(now - WINDOW)
        return min(since, self._kept) if present < self._kept_until else since

    def _tell(self, fresh: list[Told]) -> None:
        if any(event.kind.startswith(RIGHTS) for event in fresh):
            self.rights_changed()
        for event in fresh:
            for listener in self._listeners:
                listener.tell(event)
