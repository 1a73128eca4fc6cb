"""The server's clock is set forward and back by hours under load, as by somebody's hand or a machine's bad battery."""

import asyncio
import os
import struct
from contextlib import AsyncExitStack
from pathlib import Path

import httpx

from faults import truth
from faults.away import follower, hears
from faults.ground import Ground
from faults.load import Load, loading
from faults.outcome import Check, Outcome, exactly
from faults.receiver import SETTINGS, created, told
from faults.server import Server

TITLE = "clock set forward and back by hours under load"
CLIENTS = 4
HOURS = (6, -6, 3, 0)
"""By how much the clock is off, one after the other: the second is half a day back."""
RATE = 100_000
WINDOW = 60
"""Seconds after which a rate is whole again, whatever the clock says."""
COSTLY = '{ territory(path: "/futian") { children(first: 100) { nodes { children(first: 40) { nodes { code } } } } } }'
SPENDER = "demo-committee-director"
LATEST = 30.0
"""Seconds after which what happened is delivered: a claim, and a little."""
DRIVER = Path(__file__).parent / "clockwork"


async def fault(ground: Ground) -> Outcome:
    """A webhook, a subscription, a rate that is used up, and changes of every kind all the time."""
    file = ground.folder / "clock"
    _set(file, 0)
    base, before, waits = await truth.before(ground), await created(ground), list[float]()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(ground.own_server(rate_account=RATE, **SETTINGS))
        path = os.pathsep.join(filter(None, [str(DRIVER), os.environ.get("PYTHONPATH")]))
        server.environ = {**server.environ, "PYTHONPATH": path, "FAULTS_CLOCK": str(file)}
        await server.begin()
        receiver = await stack.enter_async_context(told(ground, server))
        async with follower(ground, server) as heard, loading(ground, CLIENTS, server) as load:
            await _spend(ground, server)
            for hours in HOURS:
                _set(file, hours)
                await asyncio.sleep(ground.times(50, 3) / 10)
                waits.append(await _wait(ground, server))
            after = await hears(ground, heard, server)
        never, late = await receiver.rest(await created(ground) - before, LATEST)
        sound = await truth.sound_log(ground)
        checks = [*_noticed(ground, load), *await truth.checks(ground, base, load.sent)]
    return Outcome(
        f"{CLIENTS} callers, {', '.join(f'{hours:+}' for hours in HOURS)} hours",
        [
            *checks,
            exactly("audit log sound", sound, 1),
            exactly("not delivered", len(never), 0),
            Check("the last delivered after", late, most=LATEST, unit="s"),
            Check("subscription told after", after, most=ground.seconds(5), unit="s"),
            Check("a rate used up says to wait", max(waits), 1, WINDOW, "s"),
        ],
    )


def _noticed(ground: Ground, load: Load) -> list[Check]:
    return [
        Check("acknowledged", load.done, 1),
        exactly("refused otherwise than CONFLICT", load.refused - load.codes["CONFLICT"], 0),
        exactly("not coded", len(load.uncoded), 0),
        Check("slowest answer", load.slowest, most=ground.seconds(5), unit="s"),
    ]


def _set(file: Path, hours: float) -> None:
    """Write over what is there: the server has the file in its memory."""
    with file.open("r+b" if file.exists() else "wb") as opened:
        opened.write(struct.pack("<d", hours * 3600))


async def _spend(ground: Ground, server: Server) -> None:
    """Use up one account's rate."""
    async with ground.client(server) as client:
        while (await _costly(ground, client)).status_code == httpx.codes.OK:
            pass


async def _wait(ground: Ground, server: Server) -> float:
    """The seconds that this account is told to wait; none if it may ask again, for a minute is over."""
    async with ground.client(server) as client:
        answer = await _costly(ground, client)
        if answer.status_code == httpx.codes.OK:
            await _spend(ground, server)
            answer = await _costly(ground, client)
    return float(answer.headers["retry-after"])


async def _costly(ground: Ground, client: httpx.AsyncClient) -> httpx.Response:
    headers = {"Authorization": f"Bearer {ground.token(SPENDER)}"}
    return await client.post("/graphql", json={"query": COSTLY}, headers=headers)
