"""What sealing a line of the audit log costs, beside writing it, and how many lines a second are verified."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bench.ledger import _postgresql, _sqlite
from bench.pace import choose
from bench.targets import Row
from gongzhi.core.audit.export import exported, verify_file
from gongzhi.core.audit.log import record
from gongzhi.core.audit.sealing import Sealer
from gongzhi.core.audit.stored import verify
from gongzhi.core.db import Database
from gongzhi.core.permissions import SYSTEM, core_vocabulary, decide, load, pinned

LINES = int(choose(20_000, 1_000))
TOGETHER = 50
"""Lines that one transaction writes: far more than a mutation does, so that writing is measured at its cheapest."""
MOST_OF_A_LINE = 1.0

T = TypeVar("T")


def rows() -> list[Row]:
    """For each engine: writing, sealing, their ratio, and what is verified in a second; and of an export."""
    return asyncio.run(_rows())


async def _rows() -> list[Row]:
    found: list[Row] = []
    for engine, opened in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        async with opened() as database:
            found += await _measured(engine, database)
    return found


async def _measured(engine: str, database: Database) -> list[Row]:
    writing, _ = await _timed(lambda: _written(database))
    sealing, sealed = await _timed(Sealer(database).seal_all)
    verifying, report = await _timed(verify)
    content = [line async for line in exported()]
    start = time.perf_counter()
    file = verify_file(content)
    reading = time.perf_counter() - start
    assert (sealed, report.sound, file.sound, file.head) == (LINES, True, True, report.head)
    return [
        (f"{engine}: writing an audit line, {TOGETHER} in a transaction", writing * 1e6 / LINES, "us", None),
        (f"{engine}: sealing it, in the background", sealing * 1e6 / LINES, "us", None),
        (f"{engine}: the second to the first", sealing / writing, "ratio", MOST_OF_A_LINE),
        (f"{engine}: lines verified in a second", LINES / verifying, "lines/s", None),
        (f"{engine}: lines of its export verified in a second", LINES / reading, "lines/s", None),
    ]


async def _written(database: Database) -> None:
    with pinned(load(None, core_vocabulary())):
        decision = decide(SYSTEM, "update", "territory.territory", "/futian/nanyuan")
        before, after = {"name": "南园", "population": 1}, {"name": "南园街道", "population": 1}
        for start in range(0, LINES, TOGETHER):
            async with database.transaction():
                for number in range(start, start + TOGETHER):
                    await record(SYSTEM, decision, f"Territory:{number}", before, after)


async def _timed(work: Callable[[], Awaitable[T]]) -> tuple[float, T]:
    start = time.perf_counter()
    answer = await work()
    return time.perf_counter() - start, answer
