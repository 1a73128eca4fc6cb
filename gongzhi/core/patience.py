"""Waiting for a database that is away or busy, where somebody waits who cannot ask again by themselves."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from gongzhi.core.db import is_retryable
from gongzhi.core.errors import GongzhiError, Unavailable

T = TypeVar("T")
PAUSE_SECONDS = 0.5
"""Between two attempts."""


def passes(error: GongzhiError) -> bool:
    """Whether the same will be answered later: the database is away, or somebody holds what is to be read or logged."""
    return isinstance(error, Unavailable) or is_retryable(error)


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """The result of `work()`, which must only read (and log it), asked for again while what refuses it passes."""
    while True:
        try:
            return await work()
        except GongzhiError as error:
            if not passes(error):
                raise
            await asyncio.sleep(PAUSE_SECONDS)
