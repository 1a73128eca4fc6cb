"""Run as a program, to migrate in processes that can be killed: `interrupted_migrations kill|race URL`.

`kill` lets a process die at its first call of the driver, then another at its second, and so on until one gets to its
end; after each, a run that is not disturbed must complete the work. `race` starts four at the same time.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import aiosqlite
import asyncpg

from gongzhi.core.db import connect
from gongzhi.core.migrations import migrate, require_current
from gongzhi.testing import databases
from tests.core.sample_apps import APPS
from tests.core.sample_apps.places.tables import Place

KILLED = 9


def in_process(work: Callable[[], Coroutine[Any, Any, object]]) -> int:
    """The id of a new process that does this work."""
    pid = os.fork()
    if not pid:
        asyncio.run(work())
        os._exit(0)
    return pid


def code_of(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def die_at_call(number: int) -> None:
    """End this process, as a kill does, before the driver is called for that time."""
    left = number

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def maybe(*values: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if not left:
                os._exit(KILLED)
            return call(*values, **options)

        return maybe

    for owner, name in (
        (aiosqlite.Connection, "execute_fetchall"),
        (asyncpg.Connection, "fetch"),
        (asyncpg.Connection, "execute"),
    ):
        setattr(owner, name, counted(getattr(owner, name)))


async def wipe(url: str) -> None:
    if url.startswith("sqlite"):
        for suffix in ("", "-wal", "-shm"):
            Path(url.removeprefix("sqlite:///") + suffix).unlink(missing_ok=True)  # noqa: ASYNC240  # nothing else runs
    else:
        await databases.wipe(url)


async def migrated(url: str, kill_at: int = 0) -> None:
    die_at_call(kill_at)
    async with connect(url, pool_size=1) as database:
        applied = await migrate(database, APPS)
    sys.stdout.write(json.dumps(applied) + "\n")
    sys.stdout.flush()


async def complete(url: str) -> None:
    """Migrate, and see that everything was done once."""
    async with connect(url, pool_size=1) as database:
        await migrate(database, APPS)
        await require_current(database, APPS)
        database.bind([Place])
        assert [row["name"] for row in await Place.select(Place.name)] == ["the first"]


def kill(url: str) -> None:
    for number in range(1, 1000):
        code_of(in_process(lambda: wipe(url)))
        code = code_of(in_process(lambda: migrated(url, number)))  # noqa: B023  # called before the next round
        assert code_of(in_process(lambda: complete(url))) == 0
        if code != KILLED:
            assert code == 0
            sys.stdout.write(f"{number - 1} kills\n")
            return


def race(url: str) -> None:
    racers = [in_process(lambda: migrated(url)) for _ in range(4)]
    assert [code_of(pid) for pid in racers] == [0, 0, 0, 0]
    assert code_of(in_process(lambda: complete(url))) == 0


if __name__ == "__main__":
    {"kill": kill, "race": race}[sys.argv[1]](sys.argv[2])
