"""A Redis for the tests of rates, and a loud word where there is none."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.redis import PROGRAM, Redis

MISSING = f"no {PROGRAM} is on the PATH; on Debian: apt-get install redis-server"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    """A Redis that a test may stop. Without the program tests are skipped, and fail where CI is set."""
    if not Redis.installed():
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    found = Redis(tmp_path)
    found.start()
    yield found
    found.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it loudly where rates were not tried with Redis."""
    skipped = [each for each in terminalreporter.stats.get("skipped", []) if MISSING in str(each.longrepr)]
    if skipped:
        terminalreporter.section("rates were not tried with Redis")
        terminalreporter.line(f"{len(skipped)} tests did not run: {MISSING}")
