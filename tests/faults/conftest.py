"""A ground for each engine, made once in a worker; without PostgreSQL's programs the second is missing, loudly."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults import ground as grounds
from faults.ground import Ground
from faults.stores import NO_PROGRAMS, programs


class Injected:
    """A ground with the event loop that it lives in."""

    def __init__(self, runner: asyncio.Runner, ground: Ground) -> None:
        self.runner = runner
        self.ground = ground


@pytest.fixture(scope="session")
def sqlite_ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Injected]:
    yield from _ground("sqlite", tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="session")
def postgresql_ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Injected]:
    if programs() is None:
        if "CI" in os.environ:
            pytest.fail(NO_PROGRAMS)
        pytest.skip(NO_PROGRAMS)
    yield from _ground("postgresql", tmp_path_factory.mktemp("faults"))


def _ground(engine: str, folder: Path) -> Iterator[Injected]:
    with asyncio.Runner() as runner:
        made = getattr(grounds, engine)(folder, short=True)
        ground = runner.run(made.__aenter__())
        yield Injected(runner, ground)
        runner.run(made.__aexit__(None, None, None))
