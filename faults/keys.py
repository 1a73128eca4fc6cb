"""A thousand Idempotency-Keys, each sent three times at once: a thousand effects, and one answer for all three."""

import asyncio

import httpx

from faults import truth
from faults.callers import RESIDENT, Sent, fresh
from faults.ground import Ground
from faults.outcome import Check, Outcome, exactly

TITLE = "1,000 idempotency keys x 3 concurrent copies"
AT_ONCE = 8
COPIES = 3
DOCUMENT = "mutation($input: FileMediationCaseInput!) { fileMediationCase(input: $input) { case { id } } }"
PARTIES = [{"side": "APPLICANT", "name": "甲"}, {"side": "RESPONDENT", "name": "乙"}]


async def fault(ground: Ground) -> Outcome:
    """Cases, which nothing but the key keeps from being filed twice."""
    await ground.serving()
    count, base = ground.times(1_000, 40), await truth.before(ground)
    titles = [fresh("case") for _ in range(count)]
    turns = asyncio.Semaphore(AT_ONCE)
    async with ground.client() as client:
        answers = await asyncio.gather(*(_copies(ground, client, title, turns) for title in titles))
    sent = [Sent("case", title, "acknowledged") for title in titles]
    found = await ground.store.rows("SELECT title FROM mediation_case WHERE title LIKE 'fault-case-%'")
    effects = sum(row["title"] in set(titles) for row in found)
    return Outcome(
        f"{count:,} keys, {COPIES} copies",
        [
            exactly("effects", effects, count),
            exactly("keys with different answers", sum(len(set(each)) != 1 for each in answers), 0),
            Check("tries each", sum(map(len, answers)) / count),
            *await truth.checks(ground, base, sent),
        ],
    )


async def _copies(ground: Ground, client: httpx.AsyncClient, title: str, turns: asyncio.Semaphore) -> list[bytes]:
    async with turns:
        return list(await asyncio.gather(*(_copy(ground, client, title) for _ in range(COPIES))))


async def _copy(ground: Ground, client: httpx.AsyncClient, title: str) -> bytes:
    """The answer; a copy that is told to send it again does."""
    given = {"path": "/futian/nanyuan/dongyuan", "dispute": "NEIGHBOURS", "title": title, "parties": PARTIES}
    headers = {"Authorization": f"Bearer {ground.token(RESIDENT)}", "Idempotency-Key": title}
    while True:
        answer = await client.post("/graphql", json={"query": DOCUMENT, "variables": {"input": given}}, headers=headers)
        errors = answer.json().get("errors")
        if not errors:
            return answer.content
        if errors[0]["extensions"]["code"] != "CONFLICT":
            raise AssertionError(errors)
