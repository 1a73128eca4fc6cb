"""Fifty at once add one to the same record: each of them counts, or is told that somebody else was first."""

import asyncio
from collections import Counter

import httpx

from faults.callers import HOME, ask, change
from faults.ground import ADMIN, Ground
from faults.outcome import Check, Outcome, exactly

TITLE = "50 concurrent increments of one record"
CALLERS = 50
QUERY = "query($path: String!) { territory(path: $path) { version population } }"


async def fault(ground: Ground) -> Outcome:
    """Once without trying again, then until all fifty have succeeded."""
    await ground.serving()
    async with ground.client() as client:
        before = await _read(ground, client)
        codes = Counter(await asyncio.gather(*(_add(ground, client) for _ in range(CALLERS))))
        once = await _read(ground, client)
        repeating = ground.times(CALLERS, 10)
        tries = await asyncio.gather(*(_until_done(ground, client) for _ in range(repeating)))
        after = await _read(ground, client)
    done = codes[""]
    return Outcome(
        f"{CALLERS} callers, then {repeating} who repeat",
        [
            Check("done at once", done, 1),
            exactly("refused otherwise than CONFLICT", CALLERS - done - codes["CONFLICT"], 0),
            exactly("lost at once", done - (once["population"] - before["population"]), 0),
            exactly("with repeats", after["population"] - once["population"], repeating),
            exactly("versions beside", after["version"] - before["version"] - done - repeating, 0),
            Check("tries each", sum(tries) / repeating),
        ],
    )


async def _read(ground: Ground, client: httpx.AsyncClient) -> dict[str, int]:
    found = (await ask(ground, client, ADMIN, QUERY, path=HOME)).data["territory"]
    return {"version": found["version"], "population": found["population"] or 0}


async def _add(ground: Ground, client: httpx.AsyncClient) -> str:
    """Read and write; the code of the refusal."""
    known = await _read(ground, client)
    given = {"path": HOME, "version": known["version"], "population": known["population"] + 1}
    return (await change(ground, client, ADMIN, "updateTerritory", "territory { version }", given)).code


async def _until_done(ground: Ground, client: httpx.AsyncClient) -> int:
    """How often it was tried."""
    tries = 1
    while (code := await _add(ground, client)) == "CONFLICT":
        tries += 1
    assert code == "", code
    return tries
