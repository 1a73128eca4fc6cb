"""The database takes no changes for a while: SQLite's files made immutable, PostgreSQL as after a failover."""

import asyncio
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from faults import truth
from faults.callers import ask
from faults.ground import Ground
from faults.load import loading
from faults.outcome import Check, Outcome, exactly
from faults.stores import PostgreSQLStore, SQLiteStore, Store

TITLE = "database read-only for a while"
CLIENTS = 4
READ = '{ serviceLists { slug } territory(path: "/futian") { name } }'


def immutable(path: Path, *, on: bool) -> bool:
    """Have nobody write to a file, root neither; False where this system or user cannot."""
    done = subprocess.run(["chattr", "+i" if on else "-i", str(path)], capture_output=True, check=False)
    return done.returncode == 0


def _can() -> bool:
    with tempfile.NamedTemporaryFile() as file:
        path = Path(file.name)
        return os.geteuid() == 0 and immutable(path, on=True) and immutable(path, on=False)


ENGINES = ("SQLite", "PostgreSQL") if _can() else ("PostgreSQL",)
"""A file can be made immutable by root, on file systems that know of it."""


async def fault(ground: Ground) -> Outcome:
    """Callers all the time; no writing for a while, and then again."""
    server = await ground.serving()
    base, reads = await truth.before(ground), Counter[str]()
    defects = server.output.count("Traceback")
    async with loading(ground, CLIENTS) as load, ground.client() as client:
        await asyncio.sleep(0.5)
        async with _without_writing(ground.store):
            await asyncio.sleep(0.3)
            done = load.done
            for _ in range(ground.times(50, 10)):
                reads[(await ask(ground, client, "", READ)).code] += 1
                await asyncio.sleep(0.1)
            done, refused = load.done - done, load.codes["UNAVAILABLE"]
        await ground.server.ready()
        await asyncio.sleep(1)
        again, codes = load.done, load.codes.copy()
        await asyncio.sleep(1)
        again, after = load.done - again, (load.codes - codes)["UNAVAILABLE"]
    return Outcome(
        f"{CLIENTS} callers",
        [
            Check("changes refused", refused, 1),
            exactly("acknowledged meanwhile", done, 0),
            exactly("reads refused meanwhile", reads.total() - reads[""], 0),
            exactly("not coded", len(load.uncoded), 0),
            Check("acknowledged again", again, 1),
            exactly("refused again", after, 0),
            exactly("tracebacks", server.output.count("Traceback") - defects, 0),
            *await truth.checks(ground, base, load.sent),
        ],
    )


@asynccontextmanager
async def _without_writing(store: Store) -> AsyncIterator[None]:
    if isinstance(store, PostgreSQLStore):
        name = store.url.rpartition("/")[2]
        await store.rows(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        await store.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gongzhi'")
        try:
            yield
        finally:
            await PostgreSQLStore(store.cluster, "postgres").rows(
                f"ALTER DATABASE {name} RESET default_transaction_read_only"
            )
        return
    assert isinstance(store, SQLiteStore)
    files = [path for path in (store.path, store.path.with_name(f"{store.path.name}-wal")) if path.exists()]
    for path in files:
        immutable(path, on=True)
    try:
        yield
    finally:
        for path in files:
            immutable(path, on=False)
