"""A client of the demo data, which anybody may read."""

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from gongzhi.testing.serving import settings_for
from tests.graphql.asking import lasting


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(demo_sqlite: str) -> AsyncIterator[httpx.AsyncClient]:
    """The application with its defaults, on the demo's data; one for a module that runs in one event loop."""
    async with lasting(settings_for(demo_sqlite)) as answering:
        yield answering
