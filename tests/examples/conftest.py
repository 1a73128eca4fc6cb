"""A database with the demo data that a test may change."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gongzhi.testing import databases
from tests import demos
from tests.test_wheel import wheel

__all__ = ["own_demo_url", "wheel"]


@pytest.fixture(params=["sqlite", "postgresql"])
def own_demo_url(request: pytest.FixtureRequest, tmp_path: Path, worker: str) -> Iterator[str]:
    """The address of the demo data for one test alone; once on each engine."""
    if request.param == "sqlite":
        yield databases.run(demos.filled(f"sqlite:///{tmp_path / 'own.db'}"))
    else:
        with databases.postgresql(f"{worker}_examples", migrate_it=False) as url:
            yield databases.run(demos.filled(url))
