"""Workers replaced by new ones, one after the other, under load: nobody is sent away, and no right outlives its end."""

import asyncio
import signal

from faults import truth
from faults.callers import ask
from faults.ground import Ground
from faults.load import Load, loading
from faults.outcome import Check, Outcome, exactly
from faults.revocation import CHECK, ELSEWHERE, appoint, end, somebody, until
from faults.server import PATIENCE, Server

TITLE = "SIGHUP under load: two workers replaced"
CLIENTS = 6
FULL_ONLY = True
"""Four processes are started one after the other."""
ASKED = 6
"""Connections on which is asked whether a right has ended: some of them meet each worker."""


async def fault(ground: Ground) -> Outcome:
    """Again and again; beside it somebody's post begins and ends."""
    base, times = await truth.before(ground), ground.times(5, 1)
    async with ground.own_server("--workers", "2") as server:
        await server.begin()
        first, over, seen = set(server.processes()), asyncio.Event(), list[bool]()
        async with loading(ground, CLIENTS, server) as load:
            rights = asyncio.create_task(_rights(ground, server, seen, over))
            for _ in range(times):
                async with asyncio.timeout(PATIENCE):
                    await _reload(server, load)
            over.set()
            await rights
        await server.ready()
        kept = first & set(server.processes())
        checks = await truth.checks(ground, base, load.sent)
    return Outcome(
        f"{times} times, {CLIENTS} callers",
        [
            Check("acknowledged", load.done, 1),
            exactly("dropped", len(load.uncoded), 0),
            exactly("refused otherwise than CONFLICT", load.refused - load.codes["CONFLICT"], 0),
            exactly("workers kept", len(kept), 0),
            Check("rights that ended", len(seen), 1),
            exactly("stale grants", sum(seen), 0),
            *checks,
        ],
    )


async def _reload(server: Server, load: Load) -> None:
    """Wait until other processes serve."""
    before = set(server.processes())
    server.signal(signal.SIGHUP)
    while before & set(server.processes()):  # noqa: ASYNC110  # processes tell nobody
        await asyncio.sleep(0.05)
    done = load.done
    while load.done < done + 10:  # noqa: ASYNC110  # a count, no event
        await asyncio.sleep(0.05)


async def _rights(ground: Ground, server: Server, seen: list[bool], over: asyncio.Event) -> None:
    """Posts that begin and end; whether somebody still had the right on any connection when it must have ended."""
    while not over.is_set():
        async with ground.client(server) as client:
            who = await somebody(ground, client)
            post = await appoint(ground, client, who)
            await until(ground, client, who, allowed=True)
            await end(ground, client, post)
        await asyncio.sleep(ELSEWHERE)
        seen.append(any([await _allowed(ground, server, who) for _ in range(ASKED)]))


async def _allowed(ground: Ground, server: Server, who: str) -> bool:
    async with ground.client(server) as client:
        return (await ask(ground, client, who, CHECK)).code == ""
