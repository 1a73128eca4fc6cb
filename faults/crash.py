"""The server killed under load, again and again; every fourth time the database is stopped immediately as well.

What was not answered is sent again with its Idempotency-Key once the server is back: it was done, or is done now.
"""

import asyncio
import random
import time

from faults import truth
from faults.callers import Caller, Sent, callers, send, until_lost
from faults.ground import Ground
from faults.outcome import Check, Outcome, exactly

TITLE = "kill -9 of the server, every 4th round the database stopped immediately"
CLIENTS = 8
EVERY = 4


async def fault(ground: Ground) -> Outcome:
    """Rounds of load, death and a new start."""
    rounds, most = ground.times(20, 2), ground.times(140, 60)
    chance = random.Random(7)
    base, sent, slowest = await truth.before(ground), list[Sent](), 0.0
    repeated = list[Sent]()
    await ground.serving()
    for number in range(1, rounds + 1):
        new = await _round(ground, most, chance.random() * 0.05, database=number % ground.times(EVERY, 2) == 0)
        began = time.monotonic()
        if number % ground.times(EVERY, 2) == 0:
            ground.store.start()
        ground.server.start()
        await ground.server.ready()
        slowest = max(slowest, time.monotonic() - began)
        sent, repeated = sent + new, repeated + await _repeat(ground, new)
    told = sum(map(truth.acknowledged, sent))
    figures = [Check("acknowledged", told, ground.times(2500, 100)), *await truth.checks(ground, base, sent)]
    left = sum(not truth.acknowledged(each) for each in repeated)
    again = [Check("sent again", len(repeated), 1), exactly("not done in the end", left, 0)]
    return Outcome(
        f"{rounds} rounds, {CLIENTS} callers",
        [*figures, *again, Check("healthy", slowest, most=ground.seconds(5), unit="s")],
    )


async def _round(ground: Ground, most: int, pause: float, *, database: bool) -> list[Sent]:
    """Load until so many were acknowledged, then the end at any moment."""
    clients = [ground.client() for _ in range(CLIENTS)]
    asking = [caller async for caller in callers(ground, clients, careful=True)]
    tasks = [asyncio.create_task(until_lost(caller)) for caller in asking]
    while _told(asking) < most and not any(task.done() for task in tasks):  # noqa: ASYNC110  # they count
        await asyncio.sleep(0.01)
    await asyncio.sleep(pause)
    if database:
        await asyncio.to_thread(ground.store.stop_immediately)
    ground.server.kill()
    await asyncio.gather(*tasks)
    for client in clients:
        await client.aclose()
    return [sent for caller in asking for sent in caller.sent]


async def _repeat(ground: Ground, sent: list[Sent]) -> list[Sent]:
    """Send again what nobody answered, all at once."""
    again = [each for each in sent if each.outcome == "unknown"]
    async with ground.client() as client:
        await asyncio.gather(*(send(ground, client, each) for each in again))
    return again


def _told(asking: list[Caller]) -> int:
    return sum(truth.acknowledged(sent) for caller in asking for sent in caller.sent)
