"""Sending operations to a running application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from gongzhi.core.settings import Settings
from gongzhi.core.signin import issue_token
from gongzhi.testing.serving import served, settings_for

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
Json = dict[str, Any]


@asynccontextmanager
async def lasting(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application, for a fixture.

    A task of its own starts and stops it, because a fixture's two halves run in different ones.
    """
    opened: asyncio.Future[httpx.AsyncClient] = asyncio.get_running_loop().create_future()
    finished = asyncio.Event()

    async def serve() -> None:
        async with served(settings) as answering:
            opened.set_result(answering)
            await finished.wait()

    task = asyncio.create_task(serve())
    await asyncio.wait((opened, task), return_when=asyncio.FIRST_COMPLETED)
    yield opened.result()
    finished.set()
    await task


def bearer(account: str | None) -> dict[str, str]:
    """The headers of an account of this code; of nobody without one."""
    token = issue_token(settings_for("sqlite:///unused.db"), account) if account else None
    return {"Authorization": f"Bearer {token}"} if token else {}


async def ask(client: httpx.AsyncClient, query: str, variables: Json | None = None, account: str | None = None) -> Json:
    """The answer to an operation."""
    body = {"query": query, "variables": variables}
    found: Json = (await client.post("/graphql", json=body, headers=bearer(account))).json()
    return found


async def send(client: httpx.AsyncClient, body: bytes | str, **headers: str) -> httpx.Response:
    """The response to a body as it is, for a client that accepts GraphQL's own media type."""
    sent = {"Content-Type": JSON, "Accept": GRAPHQL} | {name.replace("_", "-"): text for name, text in headers.items()}
    return await client.post("/graphql", content=body, headers=sent)


def codes(answer: httpx.Response | Json) -> list[str]:
    """The codes of an answer's errors, in their order."""
    body = answer.json() if isinstance(answer, httpx.Response) else answer
    return [error["extensions"]["code"] for error in body.get("errors", ())]
