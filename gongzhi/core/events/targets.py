"""Who gets events: handlers of plugins, and whatever else has a name and can be sent to."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

import msgspec

from gongzhi.core.events.tables import EventTarget
from gongzhi.core.hooks import EventHandler, HappenedEvent
from gongzhi.core.ids import uuid7

PLUGIN = "plugin:"
HANDLER_SECONDS = 30.0
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 12
"""Failures after which a handler's event is parked: with the doubling waits, after about three hours."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How an attempt ended: well where `failure` is empty.

    `withheld` says that the target may not have it. `pause` is how long the target asked to be left alone, `over` why
    it wants nothing any more. `status` is that of HTTP.
    """

    failure: str = ""
    withheld: bool = False
    status: int | None = None
    pause: timedelta | None = None
    over: str = ""


class Target(Protocol):
    """Somebody to whom events are sent.

    `seconds` is how long an attempt may take, `parallel` how many records may be sent about at once.
    """

    name: str
    seconds: float
    parallel: int

    async def deliver(self, event: HappenedEvent) -> Outcome:
        """Send one event; whatever is raised is a failure."""

    def wait_after(self, attempts: int) -> timedelta | None:
        """How long an event waits after so many failures; None to park it."""

    async def give_up(self, reason: str) -> None:
        """The target wants nothing any more, or failed for too long. Runs in a transaction."""

    @property
    def patience(self) -> timedelta | None:
        """After how long a time without any success to give up; None for never."""


class Audience(msgspec.Struct, frozen=True):
    """A name under which events are to wait, and which ones."""

    name: str
    wants: Callable[[HappenedEvent], bool]


class HandlerTarget:
    """A plugin's handler."""

    seconds = HANDLER_SECONDS
    parallel = 1
    patience = None

    def __init__(self, name: str, handler: EventHandler) -> None:
        self.name = name
        self.handler = handler

    async def deliver(self, event: HappenedEvent) -> Outcome:
        """Call it."""
        await self.handler.deliver(event)
        return Outcome()

    def wait_after(self, attempts: int) -> timedelta | None:
        """2, 4, 8 … seconds, at most an hour, and then no more."""
        return wait_after(attempts) if attempts < MOST_ATTEMPTS else None

    async def give_up(self, reason: str) -> None:
        """A handler is never given up: its plugin is switched off by whoever runs it."""


def wait_after(attempts: int) -> timedelta:
    """How long an event waits after so many failures of a handler: 2, 4, 8 … seconds, at most an hour."""
    return min(timedelta(seconds=2.0 ** min(attempts, 30)), LONGEST_WAIT)


def handler_targets(handlers: Mapping[str, Iterable[EventHandler]]) -> list[HandlerTarget]:
    """The handlers of plugins by their ids, each under the name by which its events wait.

    It says the prefix, so that a plugin may add, remove and reorder handlers; the second of one prefix and name gets a
    number.
    """
    found: dict[str, HandlerTarget] = {}
    for plugin, declared in handlers.items():
        for handler in declared:
            stem = f"{PLUGIN}{plugin}:{handler.name or handler.prefix}"
            number = sum(name == stem or name.startswith(f"{stem}#") for name in found)
            name = f"{stem}#{number + 1}" if number else stem
            found[name] = HandlerTarget(name, handler)
    return list(found.values())


_ENTER = """
INSERT INTO event_target (id, name, prefix, active, failing) VALUES ({}, {}, {}, {}, 0)
ON CONFLICT (name) DO UPDATE SET prefix = excluded.prefix, active = excluded.active
"""


async def enter(targets: Sequence[Target]) -> None:
    """Have a row for each of these targets. Handlers are known by it to workers that lack the plugin."""
    for target in targets:
        prefix = target.handler.prefix if isinstance(target, HandlerTarget) else ""
        await EventTarget.raw(_ENTER, uuid7(), target.name, prefix, True)


async def retire(targets: Sequence[Target], failed: Collection[str]) -> None:
    """No event waits any more for handlers that are gone; those of plugins that failed just now are only away."""
    kept = {target.name for target in targets}
    rows = await EventTarget.select(EventTarget.name).where(EventTarget.active.eq(True))
    gone = [
        row["name"]
        for row in rows
        if row["name"].startswith(PLUGIN) and row["name"] not in kept and row["name"].split(":")[1] not in failed
    ]
    if gone:
        await EventTarget.update({EventTarget.active: False}).where(EventTarget.name.is_in(gone))


async def handler_audience() -> list[Audience]:
    """The handlers of every worker."""
    rows = await (
        EventTarget.select(EventTarget.name, EventTarget.prefix)
        .where(EventTarget.active.eq(True))
        .where(EventTarget.name.like(f"{PLUGIN}%"))
        .order_by(EventTarget.name)
    )
    return [Audience(row["name"], _begins(row["prefix"])) for row in rows]


def _begins(prefix: str) -> Callable[[HappenedEvent], bool]:
    return lambda event: event.kind.startswith(prefix)
