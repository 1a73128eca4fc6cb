"""Targets that keep what they get, and ways to let things happen to records."""

from collections.abc import Callable

from gongzhi.core.db import Database
from gongzhi.core.events.delivery import Delivery
from gongzhi.core.events.outbox import emit
from gongzhi.core.events.targets import HandlerTarget, handler_targets
from gongzhi.core.hooks import EventHandler, HappenedEvent

KIND = "catalogue.edition.publish"


class Listener:
    """A handler that keeps what it got, and fails where it is told to."""

    def __init__(self, prefix: str = "", fails: Callable[[HappenedEvent], bool] | None = None) -> None:
        self.got: list[tuple[str, int]] = []
        self.ids: list[str] = []
        self.fails = fails or (lambda event: False)
        self.handler = EventHandler(prefix, self.deliver)

    async def deliver(self, event: HappenedEvent) -> None:
        if self.fails(event):
            raise OSError("no line")
        self.got.append((event.record, event.payload["number"]))
        self.ids.append(event.id)

    def of(self, record: str) -> list[int]:
        """The numbers of one record's events, as they came."""
        return [number for name, number in self.got if name == record]


def named(**listeners: Listener) -> list[HandlerTarget]:
    """Each as the handler of a plugin of its name."""
    return handler_targets({name: [listener.handler] for name, listener in listeners.items()})


def delivery(database: Database, **listeners: Listener) -> Delivery:
    """A worker that has these handlers."""
    return Delivery(database, named(**listeners))


async def happen(database: Database, *events: tuple[str, int]) -> None:
    """These events, each of a record with a number, in one transaction."""
    async with database.transaction():
        for record, number in events:
            await emit(KIND, record, "/futian", {"number": number})
