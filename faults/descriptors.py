"""More clients than the server may have files open: it refuses them or lets them wait, and computes nothing for it."""

import asyncio
from collections import Counter

import httpx

from bench.http.servers import worked
from faults import truth
from faults.callers import Sent, new_account, send
from faults.ground import Ground
from faults.load import CODES
from faults.outcome import Check, Outcome, exactly
from faults.server import Server, limit_files

TITLE = "more clients than files may be open"
SHORT_ENGINES = ("SQLite",)
"""The short form is done on one: what is shown lies in front of any database."""
FILES = 96
CLIENTS = 160
PATIENCE = 2.0
"""Seconds that a client waits for its answer."""
TOGETHER = AFTER = 10
"""Clients who come at once."""


async def fault(ground: Ground) -> Outcome:
    """Clients that keep their connections, each with a change; then they leave, and others come."""
    base = await truth.before(ground)
    async with ground.own_server() as server:
        server.limit = limit_files(FILES)
        await server.begin()
        clients = [ground.client(server, timeout=PATIENCE, verify=False) for _ in range(CLIENTS)]
        pairs = [(client, new_account()) for client in clients]
        codes: Counter[str] = Counter()
        for at in range(0, CLIENTS, TOGETHER):
            codes.update(await asyncio.gather(*(_create(ground, *pair) for pair in pairs[at : at + TOGETHER])))
        spent = worked(server.pid)
        seconds = ground.times(5, 1)
        await asyncio.sleep(seconds)
        busy = (worked(server.pid) - spent) / seconds
        running = server.running
        await asyncio.gather(*(client.aclose() for client in clients))
        healthy = await server.ready(30)
        well = await _well(ground, server)
        await _settled(ground, server)
        checks = await truth.checks(ground, base, [sent for _, sent in pairs])
        broken = server.output.count("Traceback")
    return Outcome(
        f"{CLIENTS} clients, {FILES} files",
        [
            Check("done", codes[""], 1),
            Check("refused in words", codes["LIMITED"] + codes["UNAVAILABLE"], 1),
            exactly("left waiting or closed without a word", codes["waits"] + codes["closed"], 0),
            exactly("answered otherwise", sum(count for code, count in codes.items() if code not in _KNOWN), 0),
            exactly("still running", running, 1),
            Check("of a processor meanwhile", busy, most=0.3),
            Check("healthy after", healthy, most=ground.seconds(3), unit="s"),
            exactly("refused after", well, 0),
            exactly("tracebacks", broken, 0),
            *checks,
        ],
    )


_KNOWN = CODES | {"waits", "closed"}


async def _create(ground: Ground, client: httpx.AsyncClient, sent: Sent) -> str:
    """How it ended: a code, `waits` where no answer came in time, `closed` where the connection was."""
    try:
        return (await send(ground, client, sent)).code
    except httpx.TimeoutException:
        return "waits"
    except httpx.TransportError:
        return "closed"


async def _well(ground: Ground, server: Server) -> int:
    """How many of those who come afterwards are refused."""
    sent = [new_account() for _ in range(AFTER)]
    async with ground.client(server) as client:
        codes = await asyncio.gather(*(_create(ground, client, each) for each in sent))
    return sum(code != "" for code in codes)


async def _settled(ground: Ground, server: Server) -> None:
    """Those whose clients went away may still be done."""
    known = -1
    while (now := (await ground.store.rows("SELECT COUNT(*) AS times FROM event"))[0]["times"]) != known:
        known = now
        await asyncio.sleep(0.5)
