"""SQLite without space, without its file, and on a file system that became read-only; and then as before."""

import asyncio
import resource
from collections import Counter
from pathlib import Path

import httpx

from faults import truth
from faults.callers import Caller, ask, callers
from faults.ground import Ground
from faults.outcome import Check, Outcome, exactly
from faults.server import Server
from faults.stores import SQLiteStore

TITLE = "disk full; database file moved away"
ENGINES = ("SQLite",)
CLIENTS = 4
READ = '{ serviceLists { slug } territory(path: "/futian") { name } }'
TURNS = 60


async def fault(ground: Ground) -> Outcome:
    """A file that may not grow, as on a full disk; then the file elsewhere for a while."""
    store = ground.store
    if not isinstance(store, SQLiteStore):
        raise TypeError("SQLite only")
    server = await ground.serving()
    base = await truth.before(ground)
    clients = [ground.client() for _ in range(CLIENTS)]
    asking = [caller async for caller in callers(ground, clients)]
    full = await _full(ground, server, asking)
    moved = await _moved(ground, store.path, asking)
    sent = [each for caller in asking for each in caller.sent]
    for client in clients:
        await client.aclose()
    bad = [each.code for each in sent if each.code not in ("", "UNAVAILABLE")]
    return Outcome(
        f"{CLIENTS} callers",
        [
            Check("refused for want of space", full["refused"], 1),
            exactly("reads refused meanwhile", full["reads"], 0),
            exactly("refused with space again", full["after"], 0),
            exactly("acknowledged without the file", moved["acknowledged"], 0),
            exactly("said to be ready without it", moved["ready"], 0),
            exactly("refused with the file back", moved["after"], 0),
            exactly("other codes", len(bad), 0),
            *await truth.checks(ground, base, sent),
        ],
    )


async def _full(ground: Ground, server: Server, asking: list[Caller]) -> Counter[str]:
    """Let no file grow beyond what it has, write until that is felt, and read; then let them grow again."""
    seen: Counter[str] = Counter()
    before = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    largest = max(path.stat().st_size for path in Path(ground.folder).glob("faults.db*"))
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (largest, before[1]))
    for _ in range(TURNS):
        await asyncio.gather(*(caller.turn() for caller in asking))
        if any(each.code == "UNAVAILABLE" for caller in asking for each in caller.sent):
            break
    async with ground.client() as client:
        seen["reads"] = sum([bool((await ask(ground, client, "", READ)).code) for _ in range(10)])
    seen["refused"] = _refused(asking)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, before)
    await ground.server.ready()
    seen["after"] = await _well(asking)
    return seen


async def _moved(ground: Ground, path: Path, asking: list[Caller]) -> Counter[str]:
    """Move the file away, write, and move it back."""
    seen: Counter[str] = Counter()
    aside = path.with_name("aside.db")
    before = {id(caller): len(caller.sent) for caller in asking}
    path.rename(aside)
    await asyncio.gather(*(caller.turn() for caller in asking))
    async with ground.client() as client:
        seen["ready"] = (await client.get("/health/ready")).status_code == httpx.codes.OK
    new = [each for caller in asking for each in caller.sent[before[id(caller)] :]]
    seen["acknowledged"] = sum(each.outcome == "acknowledged" for each in new)
    aside.rename(path)
    await ground.server.ready()
    seen["after"] = await _well(asking)
    return seen


def _refused(asking: list[Caller]) -> int:
    return sum(each.outcome != "acknowledged" for caller in asking for each in caller.sent)


async def _well(asking: list[Caller]) -> int:
    """How many mutations of another turn are refused."""
    before = _refused(asking)
    await asyncio.gather(*(caller.turn() for caller in asking))
    return _refused(asking) - before
