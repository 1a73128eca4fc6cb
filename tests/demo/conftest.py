"""The demo, loaded once on each engine. Tests read it; one that writes rolls back."""

from collections.abc import AsyncIterator, Iterator

import pytest

from gongzhi.core.db import Database
from gongzhi.core.permissions import pinned
from gongzhi.testing import databases
from tests.core.places import shipped_policy


@pytest.fixture(autouse=True)
def policy() -> Iterator[None]:
    """The shipped policy decides."""
    with pinned(shipped_policy()):
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
async def loaded(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A database with the demo; once on each engine."""
    async with databases.opened(request.getfixturevalue(f"demo_{request.param}")) as database:
        yield database
