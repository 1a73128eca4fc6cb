"""Sending operations to a running application."""

from typing import Any

import httpx

from gongzhi.core.signin import issue_token
from gongzhi.testing.serving import settings_for

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
Json = dict[str, Any]


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
