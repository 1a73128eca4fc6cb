"""A client of the demo data, which anybody may read."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from gongzhi.testing.serving import served, settings_for

STARTING = 30.0
"""Seconds."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(demo_sqlite: str) -> AsyncIterator[httpx.AsyncClient]:
    """The application with its defaults, on the demo's data; one for a module that runs in one event loop.

    A task of its own starts and stops it, because a fixture's two halves run in different ones.
    """
    opened: asyncio.Future[httpx.AsyncClient] = asyncio.get_running_loop().create_future()
    finished = asyncio.Event()

    async def serve() -> None:
        async with served(settings_for(demo_sqlite)) as answering:
            opened.set_result(answering)
            await finished.wait()

    task = asyncio.create_task(serve())
    yield await opened
    finished.set()
    await task
