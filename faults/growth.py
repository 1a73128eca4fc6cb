"""Twenty thousand mixed requests: memory and descriptors stay what they were."""

import asyncio
import time
from collections import Counter
from itertools import count

import httpx

from faults.callers import HOME, RESIDENT, ask, change, fresh
from faults.ground import ADMIN, Ground
from faults.outcome import Check, Outcome

TITLE = "20,000 mixed requests"
CALLERS = 12
READS = (
    ("", "{ serviceLists { slug currentEdition { number items(first: 5) { nodes { code name } } } } }"),
    (
        ADMIN,
        '{ viewer { account { code } } territory(path: "/futian") { name children(first: 20) { nodes { code } } } }',
    ),
    (RESIDENT, f'{{ viewer {{ permissions(path: "{HOME}") {{ resource action }} }} }}'),
    ("", '{ items(search: "养老", first: 5) { nodes { code name } } }'),
    ("", "{ nonsense }"),
    (RESIDENT, "{ auditLog(first: 1) { pageInfo { hasNextPage } } }"),
)


async def fault(ground: Ground) -> Outcome:
    """A warm-up of a tenth, then all of them."""
    ground.server.kill()
    server = await ground.serving()
    total = ground.times(20_000, 300)
    async with ground.client() as client:
        await _ask(ground, client, total // 10 + 200)
        await asyncio.sleep(1)
        memory, descriptors, began = server.memory(), server.descriptors(), time.monotonic()
        codes = await _ask(ground, client, total)
        seconds = time.monotonic() - began
        await asyncio.sleep(1)
        more, open_more = server.memory() - memory, server.descriptors() - descriptors
    return Outcome(
        f"{total:,} requests, {CALLERS} at once",
        [
            Check("memory", more, most=10, unit="MB more"),
            Check("descriptors", open_more, most=0, unit="more"),
            Check("INTERNAL", codes["INTERNAL"], most=0),
            Check("answered with data", codes[""], total // 2),
            Check("a second", total / seconds),
        ],
    )


async def _ask(ground: Ground, client: httpx.AsyncClient, total: int) -> Counter[str]:
    """Send them, and count their codes."""
    codes, numbers = Counter[str](), count()

    async def caller() -> None:
        while (number := next(numbers)) < total:
            codes[await _one(ground, client, number)] += 1

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return codes


async def _one(ground: Ground, client: httpx.AsyncClient, number: int) -> str:
    if number % 10 == 9:
        given = {"code": fresh("mixed"), "name": "己"}
        return (await change(ground, client, ADMIN, "createAccount", "account { id }", given)).code
    account, query = READS[number % len(READS)]
    return (await ask(ground, client, account, query)).code
