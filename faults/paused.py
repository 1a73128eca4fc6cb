"""A server that stands still for longer than its claims hold, beside a worker that does not, and then goes on."""

import asyncio
import os
import signal
import time
from contextlib import AsyncExitStack

from bench.http.servers import worked
from faults import truth
from faults.callers import Caller, callers, change, fresh
from faults.ground import ADMIN, Ground
from faults.outcome import Check, Outcome, exactly
from faults.receiver import SETTINGS, Receiver, created, told
from faults.server import Server
from faults.worker import started
from gongzhi.core.events.claims import LEASE

TITLE = "server paused for longer than its claims hold"
FULL_ONLY = True
"""A claim holds for a quarter of a minute."""
EVENTS = 30
CLIENTS = 4
PAUSE = LEASE.total_seconds() + 5
LATEST = LEASE.total_seconds() + 10


async def fault(ground: Ground) -> Outcome:
    """SIGSTOP while it delivers and while callers wait for answers, a worker beside it, SIGCONT."""
    base, before = await truth.before(ground), await created(ground)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(ground.own_server(**SETTINGS))
        await server.begin()
        receiver = await stack.enter_async_context(told(ground, server))
        receiver.answering.clear()
        await _enter(ground, server)
        while not receiver.told:  # noqa: ASYNC110  # a count, no event
            await asyncio.sleep(0.01)
        opened = [await stack.enter_async_context(ground.client(server, timeout=60)) for _ in range(CLIENTS)]
        asking = [caller async for caller in callers(ground, opened)]
        os.killpg(server.pid, signal.SIGSTOP)
        waiting = [asyncio.create_task(caller.turn()) for caller in asking]
        receiver.answering.set()
        never, after, spent = await _beside(ground, server, receiver, await created(ground) - before)
        os.killpg(server.pid, signal.SIGCONT)
        healthy = await server.ready()
        await asyncio.gather(*waiting)
        late, _ = await receiver.rest(await created(ground) - before, LATEST)
        checks = await truth.checks(ground, base, [each for caller in asking for each in caller.sent])
    return Outcome(
        f"{EVENTS} events, {PAUSE:g} s, {CLIENTS} callers meanwhile",
        [
            exactly("not delivered by the other", len(never), 0),
            Check("delivered by the other after", after, most=LATEST, unit="s"),
            Check("its processor time", spent, most=PAUSE / 4, unit="s"),
            exactly("never delivered", len(late), 0),
            Check("delivered again", sum(receiver.told.values()) - len(receiver.told)),
            exactly("under another id", len(receiver.told.keys() - await created(ground)), 0),
            Check("healthy after", healthy, most=ground.seconds(2), unit="s"),
            exactly("callers without an answer", _unanswered(asking), 0),
            *checks,
        ],
    )


async def _enter(ground: Ground, server: Server) -> None:
    async with ground.client(server) as client:
        for _ in range(EVENTS):
            given = {"code": fresh("organization"), "kind": "ORG", "subkind": "SOCIAL_ORGANIZATION", "name": "社"}
            result = "organization { code }"
            asked = await change(ground, client, ADMIN, "createOrganization", result, {**given, "path": "/futian"})
            assert not asked.code, asked


async def _beside(
    ground: Ground, server: Server, receiver: Receiver, events: set[str]
) -> tuple[set[str], float, float]:
    """Another worker meanwhile: what it did not deliver, when it had delivered the rest, and its processor time."""
    began = time.monotonic()
    process = started(ground, server)
    try:
        never, after = await receiver.rest(events, LATEST)
        await asyncio.sleep(max(0.0, PAUSE - (time.monotonic() - began)))
        spent = worked(process.pid)
    finally:
        process.kill()
        process.wait()
    return never, after, spent


def _unanswered(asking: list[Caller]) -> int:
    return sum(each.outcome == "unknown" for caller in asking for each in caller.sent)
