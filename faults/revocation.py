"""Rights that end, and are asked for at once: posts, accounts and rules, with the policy loaded again in between."""

import asyncio
import time
from pathlib import Path
from typing import Any

import httpx

from faults.callers import MARK, ask, change, fresh
from faults.ground import ADMIN, Ground
from faults.outcome import Check, Outcome, exactly
from faults.server import Server

TITLE = "revoke, then check, x 1,000 with reloads in between"
CHECK = "{ auditLog(first: 1) { pageInfo { hasNextPage } } }"
POST = {"organization": "futian-audit-office", "position": "AUDITOR"}
RELOAD_EVERY = 25
ELSEWHERE = 1.0
"""Seconds after which a right has ended on the other worker too."""


async def fault(ground: Ground) -> Outcome:
    """On the process that took it, and on another one beside it."""
    policies = ground.folder / "policies"
    policies.mkdir(exist_ok=True)
    _reload(policies, 0)
    times = ground.times(1_000, 30)
    async with ground.own_server(policies=policies) as here:
        there = ground.other_server(environ={"policies": policies})
        try:
            await here.begin()
            await there.begin()
            return await _rounds(ground, here, there, policies, times)
        finally:
            there.kill()


async def _rounds(ground: Ground, here: Server, there: Server, policies: Path, times: int) -> Outcome:
    stale, missing, reloads, late = 0, 0, 0, list[float]()
    async with ground.client(here) as client, ground.client(there) as other:
        person = await somebody(ground, client)
        for number in range(times):
            if number % RELOAD_EVERY == 0:
                reloads += 1
                _reload(policies, reloads)
            post = await appoint(ground, client, person)
            missing += (await ask(ground, client, person, CHECK)).code != ""
            far = number % 10 == 0
            if far:
                await until(ground, other, person, allowed=True)
            await end(ground, client, post)
            ended = time.monotonic()
            stale += (await ask(ground, client, person, CHECK)).code == ""
            if far:
                late.append(await until(ground, other, person, allowed=False) - ended)
    return Outcome(
        f"{times:,} posts, {reloads} reloads, two processes",
        [
            exactly("stale grants", stale, 0),
            exactly("grants that did not hold", missing, 0),
            Check("longest on the other process", max(late), most=ground.seconds(ELSEWHERE), unit="s"),
        ],
    )


def _reload(policies: Path, number: int) -> None:
    """Another revision of the policy: a comment is one."""
    (policies / "own.csv").write_text(f"# revision {number}\n", "utf-8")


async def somebody(ground: Ground, client: httpx.AsyncClient) -> str:
    """Somebody without any post."""
    code = fresh("person").removeprefix(f"{MARK}-")  # none of the records that are counted
    given = {"code": code, "name": "庚", "issuer": "gongzhi-local", "subject": code}
    made = await change(ground, client, ADMIN, "createAccount", "account { id }", given)
    if made.code:
        raise AssertionError(made)
    return code


async def appoint(ground: Ground, client: httpx.AsyncClient, person: str) -> dict[str, Any]:
    """A post that gives a right."""
    made = await change(ground, client, ADMIN, "appoint", "membership { id version }", {**POST, "account": person})
    if made.code:
        raise AssertionError(made)
    post: dict[str, Any] = made.data["membership"]
    return post


async def end(ground: Ground, client: httpx.AsyncClient, post: dict[str, Any]) -> None:
    """The post ends today, which is its first day without it."""
    done = await change(ground, client, ADMIN, "endMembership", "membership { id }", post)
    if done.code:
        raise AssertionError(done, post)


async def until(ground: Ground, client: httpx.AsyncClient, person: str, *, allowed: bool) -> float:
    """The moment from which on it is so."""
    end = time.monotonic() + 10
    asked = time.monotonic()
    while ((answer := await ask(ground, client, person, CHECK)).code == "") != allowed:
        if time.monotonic() > end:
            raise AssertionError(f"never {'allowed' if allowed else 'refused'} on the other process: {answer}")
        await asyncio.sleep(0.005)
        asked = time.monotonic()
    return asked
