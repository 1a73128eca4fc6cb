"""A backup taken while everybody writes, and restored: it is whole, and what it holds is what was there."""

import asyncio
import os
import subprocess
import sys
import time

from faults import truth
from faults.callers import Sent
from faults.ground import Ground
from faults.load import loading
from faults.outcome import Check, Outcome, exactly
from faults.stores import PostgreSQLStore, SQLiteStore, Store

TITLE = "backup under write load, restored"
CLIENTS = 6
COLUMNS = "id, actor, record, action, before_digest, after_digest, changed"


async def fault(ground: Ground) -> Outcome:
    """What was acknowledged before it began is in it; what came while it ran is in it whole, or not at all."""
    await ground.serving()
    base = await truth.before(ground)
    async with loading(ground, CLIENTS, pause=0) as load:
        await asyncio.sleep(ground.times(3, 1))
        certain = [each for each in load.sent if each.outcome != "unknown"]
        began = time.monotonic()
        copy = Ground(ground.folder, await _restored(ground), short=True)
        seconds = time.monotonic() - began
    assert not load.broken, load.broken
    everything = load.sent
    known = {id(each) for each in certain}
    sent = [each if id(each) in known else Sent(each.kind, each.key) for each in everything]
    return Outcome(
        f"{CLIENTS} callers, {len(certain)} changes before it began, {len(everything) - len(certain)} meanwhile",
        [
            *await truth.checks(copy, base, sent),
            exactly("lines unlike the original's", len(await _lines(copy.store) - await _lines(ground.store)), 0),
            Check("lines", len(await _lines(copy.store)), 1),
            Check("taken and restored in", seconds, unit="s"),
        ],
    )


async def _restored(ground: Ground) -> Store:
    """The database that a backup becomes."""
    store = ground.store
    if isinstance(store, SQLiteStore):
        target = SQLiteStore(ground.folder / f"restored-{time.monotonic_ns()}.db")
        command = [sys.executable, "-m", "gongzhi.cli", "backup", str(target.path)]
        await asyncio.to_thread(subprocess.run, command, cwd=ground.folder, env=_environ(ground), check=True)
        return target
    name = f"restored_{time.monotonic_ns()}"
    dump = str(store.cluster.folder / f"{name}.dump")
    dumping = ("pg_dump", f"--dbname={store.url}", "--format=custom", f"--file={dump}")
    await asyncio.to_thread(store.cluster.run, *dumping)
    await PostgreSQLStore(store.cluster, "postgres").rows(f"CREATE DATABASE {name}")
    await asyncio.to_thread(store.cluster.run, "pg_restore", f"--dbname={store.cluster.url(name)}", dump)
    return PostgreSQLStore(store.cluster, name)


def _environ(ground: Ground) -> dict[str, str]:
    return {**{name: value for name, value in os.environ.items() if name[:8] != "GONGZHI_"}, **ground.environ()}


async def _lines(store: Store) -> set[tuple[str, ...]]:
    return {tuple(map(str, row.values())) for row in await store.rows(f"SELECT {COLUMNS} FROM audit_entry")}
