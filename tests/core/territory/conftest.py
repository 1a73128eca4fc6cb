"""Every test here runs in a small district, on a fixed day, by the shipped policy."""

from collections.abc import AsyncIterator

import pytest

from gongzhi.core.db import Database
from gongzhi.core.permissions import pinned
from tests.core.places import TODAY, on_day, shipped_policy, small_district


@pytest.fixture
async def district(database: Database) -> AsyncIterator[Database]:
    """A database with the small district."""
    with pinned(shipped_policy()), on_day(TODAY):
        await small_district()
        yield database
