"""Telling whatever stays open that its server is about to stop.

The servers' protocols (`connections`, `sockets`) keep one event for a process in the state that they share, and every
request's scope carries it. It is set when the server is asked to stop: streams then end in their own words.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from gongzhi.core.errors import Unavailable

STATE = "gongzhi_stopping"
LINGER_SECONDS = 0.5
"""How long a connection without a request stays open then, for one that is on its way."""


def shared(app_state: dict[str, Any]) -> asyncio.Event:
    """The event of a server, from what its connections share."""
    event: asyncio.Event = app_state.setdefault(STATE, asyncio.Event())
    return event


def stopping(scope: Mapping[str, Any]) -> asyncio.Event:
    """The event of the server that a request came through; one that is never set where the server is another one."""
    event: asyncio.Event = scope.get("state", {}).get(STATE) or asyncio.Event()
    return event


def interrupted() -> Unavailable:
    """A request did not end before the server had to."""
    return Unavailable(
        "The server stops, and this request did not end in time; look whether it took effect before you repeat it.",
        details={"outcome": "unknown"},
    )


def refused() -> Unavailable:
    """An operation was begun on a connection that is about to be closed."""
    return Unavailable("The server stops; connect again and repeat it, nothing of it took effect.")
