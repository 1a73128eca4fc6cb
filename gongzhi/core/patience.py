"""Waiting for a database that is away, where somebody waits who cannot ask again by themselves."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from gongzhi.core.errors import Unavailable

T = TypeVar("T")
PAUSE_SECONDS = 0.5
"""Between two attempts."""


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """The result of `work()`, which must only read, asked for again as long as it is Unavailable."""
    while True:
        try:
            return await work()
        except Unavailable:
            await asyncio.sleep(PAUSE_SECONDS)
