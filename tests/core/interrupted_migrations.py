"""Run as a program, to migrate in processes that can be killed: `interrupted_migrations kill|every|race URL [STRIDE]`.

`kill` lets a process die at its first call of the driver, then another at its second, and so on until one gets to its
end; after each, a run that is not disturbed must complete the work. `every` does it to gongzhi's own migrations: killed
at the first statement of what is missing, at the second and so on, it goes on from what is left, so that with a stride
of 1 each statement of each migration was once the last. `race` starts four at the same time.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import aiosqlite
import asyncpg

from gongzhi.core.db import connect
from gongzhi.core.migrations import migrate, pending, require_current
from gongzhi.testing import databases
from tests.core.sample_apps import APPS
from tests.core.sample_apps.places.tables import Place

KILLED = 9
HEAD_START = 0.5
"""Seconds in which four processes connect, so that they begin at the same moment."""


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


async def migrated_whole(url: str, kill_at: int) -> None:
    die_at_call(kill_at)
    async with connect(url, pool_size=1) as database:
        await migrate(database, databases.apps())


async def left(url: str, writing: int) -> None:
    """Tell how many migrations are missing."""
    async with connect(url, pool_size=1) as database:
        os.write(writing, str(len(await pending(database, databases.apps()))).encode())


def missing(url: str) -> int:
    reading, writing = os.pipe()
    assert code_of(in_process(lambda: left(url, writing))) == 0
    found = int(os.read(reading, 10))
    os.close(reading)
    os.close(writing)
    return found


def every(url: str, stride: int) -> None:
    assert code_of(in_process(lambda: wipe(url))) == 0
    databases.apps()  # imported once, here
    kills, number, before = 0, 1, missing(url)
    while True:
        code = code_of(in_process(lambda: migrated_whole(url, number)))  # noqa: B023  # called before the next round
        if code != KILLED:
            assert (code, missing(url)) == (0, 0)
            sys.stdout.write(f"{kills} kills\n")
            return
        kills += 1
        now = missing(url)
        number, before = (number + stride, now) if now == before else (1, now)


async def migrated(url: str, kill_at: int = 0, begin_at: float = 0.0) -> None:
    """Migrate; `begin_at` is on the clock that processes share."""
    die_at_call(kill_at)
    async with connect(url, pool_size=1) as database:
        await asyncio.sleep(begin_at - time.monotonic())
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


async def undisturbed(url: str) -> None:
    await wipe(url)
    await complete(url)


def kill(url: str) -> None:
    asyncio.run(undisturbed(url))  # imports once, here, what every process would import anew
    for number in range(1, 1000):
        code_of(in_process(lambda: wipe(url)))
        code = code_of(in_process(lambda: migrated(url, number)))  # noqa: B023  # called before the next round
        assert code_of(in_process(lambda: complete(url))) == 0
        if code != KILLED:
            assert code == 0
            sys.stdout.write(f"{number - 1} kills\n")
            return


def race(url: str) -> None:
    begin_at = time.monotonic() + HEAD_START
    racers = [in_process(lambda: migrated(url, begin_at=begin_at)) for _ in range(4)]
    assert [code_of(pid) for pid in racers] == [0, 0, 0, 0]
    assert code_of(in_process(lambda: complete(url))) == 0


if __name__ == "__main__":
    mode, address, *rest = sys.argv[1:]
    if mode == "every":
        every(address, *map(int, rest))
    else:
        {"kill": kill, "race": race}[mode](address)
