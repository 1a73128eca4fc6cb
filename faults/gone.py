"""Two hundred clients that go away in the middle of a request: before it is whole, before and while it is answered."""

import asyncio
import json
import random
import socket
import struct
import time

from faults import truth
from faults.callers import Sent, fresh
from faults.ground import ADMIN, POOL, Ground
from faults.outcome import Check, Outcome, exactly

TITLE = "200 clients gone mid-request"
DOCUMENT = "mutation($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }"
SETTLING = 10.0
_OPEN = "SELECT COUNT(*) AS times FROM pg_stat_activity WHERE application_name = 'gongzhi' AND state <> 'idle'"


async def fault(ground: Ground) -> Outcome:
    """Mutations whose clients reset the connection."""
    server = await ground.serving()
    clients, chance = ground.times(200, 40), random.Random(5)
    base = await truth.before(ground)
    async with ground.client() as client:
        await asyncio.gather(*(client.get("/health/ready") for _ in range(3 * POOL)))  # every connection of the pool
    before, told = await _settled(ground, 0), server.output.count("Traceback")
    sent = [Sent("account", fresh("account")) for _ in range(clients)]
    await asyncio.gather(*(_leave(ground, each.key, chance.random()) for each in sent))
    after = await _settled(ground, before)
    await _quiet(ground)
    busy = 0
    if ground.store.dialect == "postgresql":
        busy = (await ground.store.rows(_OPEN))[0]["times"]
    async with ground.client() as client:
        began = time.monotonic()
        await client.get("/health/ready")
    written = await ground.store.rows("SELECT code FROM account WHERE code LIKE 'fault-account-%'")
    ours = {row["code"] for row in written} & {each.key for each in sent}
    return Outcome(
        f"{clients} clients",
        [
            Check("of which done", len(ours)),
            exactly("descriptors more", max(0, after - before), 0),
            exactly("transactions left open", busy, 0),
            Check("next answer", time.monotonic() - began, most=ground.seconds(1), unit="s"),
            *await truth.checks(ground, base, sent),
            exactly("tracebacks", server.output.count("Traceback") - told, 0),
        ],
    )


async def _leave(ground: Ground, code: str, moment: float) -> None:
    """Send a part of a mutation, or all of it, and reset the connection a little later."""
    body = json.dumps({"query": DOCUMENT, "variables": {"input": {"code": code, "name": "戊"}}}).encode()
    head = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    head += f"authorization: Bearer {ground.token(ADMIN)}\r\ncontent-length: {len(body)}\r\n\r\n"
    whole = head.encode() + body
    _, writer = await asyncio.open_connection("127.0.0.1", ground.server.port)
    writer.write(whole[: int(len(whole) * moment * 4)])  # three of four are whole
    await asyncio.sleep(moment * 0.5)
    # Zero seconds of lingering make the close a reset.
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.close()


async def _settled(ground: Ground, least: int) -> int:
    """The server's descriptors, once no more of them go away."""
    end = time.monotonic() + SETTLING
    known = ground.server.descriptors()
    while time.monotonic() < end:
        await asyncio.sleep(0.5)
        now = ground.server.descriptors()
        if now <= least or (now == known and not least):
            return now
        known = now
    return known


async def _quiet(ground: Ground) -> None:
    """Wait until the server has done what was still in its hands: records are counted one table after the other."""
    known = -1
    while (now := (await ground.store.rows("SELECT COUNT(*) AS times FROM event"))[0]["times"]) != known:
        known = now
        await asyncio.sleep(1)
