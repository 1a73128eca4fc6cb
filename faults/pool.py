"""Every connection of the pool waits for somebody's lock: what needs one is refused in time; then all is well."""

import asyncio
from collections import Counter

import asyncpg
import httpx

from faults import truth
from faults.callers import Sent, new_account, send
from faults.ground import POOL, Ground
from faults.outcome import Check, Outcome, exactly

TITLE = "every connection taken by statements that wait"
ENGINES = ("PostgreSQL",)
"""SQLite's one writer that somebody else holds up is in the fault `away`; nobody outside can hold its readers."""
LONGEST = 11.0
"""Seconds that an answer may take: those of a request, and a little."""
FROM_MEMORY = "{ serviceLists { slug } }"


async def fault(ground: Ground) -> Outcome:
    """A table locked from outside, and more changes of it than there are connections."""
    await ground.serving()
    base, seconds = await truth.before(ground), ground.times(12, 3)
    count = POOL * ground.times(8, 3)
    sent = [new_account() for _ in range(count)]
    holder = await asyncpg.connect(ground.store.url)
    async with ground.client() as client:
        async with holder.transaction():
            await holder.execute("LOCK TABLE account IN ACCESS EXCLUSIVE MODE")
            tasks = [asyncio.create_task(_create(ground, client, each)) for each in sent]
            states = await _meanwhile(client, seconds)
        refusals = await asyncio.gather(*tasks)
        again = [new_account() for _ in range(2 * POOL)]
        after = await asyncio.gather(*(_create(ground, client, each) for each in again))
    await holder.close()
    codes = Counter(code for code, _ in refusals)
    return Outcome(
        f"{count} changes, pool of {POOL}, {seconds} s",
        [
            Check("told that none became free", sum(limit == "pool_wait" for _, limit in refusals), 1),
            exactly("not coded", sum(codes[code] for code in codes.keys() - {"", "UNAVAILABLE", "LIMITED"}), 0),
            Check("slowest answer", max(each.seconds for each in sent), most=ground.seconds(LONGEST), unit="s"),
            exactly("answers from memory refused", states["refused"], 0),
            exactly("said to be dead", states["dead"], 0),
            exactly("refused after", sum(code != "" for code, _ in after), 0),
            Check("slowest after", max(each.seconds for each in again), most=ground.seconds(2), unit="s"),
            *await truth.checks(ground, base, [*sent, *again]),
        ],
    )


async def _create(ground: Ground, client: httpx.AsyncClient, sent: Sent) -> tuple[str, str]:
    """The code of the refusal, and the limit that it names."""
    asked = await send(ground, client, sent)
    return asked.code, (asked.details or {}).get("limit", "")


async def _meanwhile(client: httpx.AsyncClient, seconds: float) -> Counter[str]:
    """How often what takes no connection was refused, for so long."""
    seen: Counter[str] = Counter()
    for _ in range(int(seconds * 5)):
        seen["dead"] += (await client.get("/health/live")).status_code != 200
        answer = await client.get("/graphql", params={"query": FROM_MEMORY})
        seen["refused"] += "errors" in answer.json()
        await asyncio.sleep(0.2)
    return seen
