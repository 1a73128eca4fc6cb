"""The running API, asked by demo accounts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from gongzhi.core.host import Host
from gongzhi.core.settings import Settings
from gongzhi.core.signin import issue_token
from gongzhi.testing.serving import served, settings_for

Answer = dict[str, Any]


class Callers:
    """Asks as any account that can sign in with the development key; as nobody when the code is empty."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self.client = client
        self._settings = settings

    async def ask(self, account: str, document: str, **variables: Any) -> Answer:
        """The whole answer."""
        headers = {"Authorization": f"Bearer {issue_token(self._settings, account)}"} if account else {}
        answer = await self.client.post("/graphql", json={"query": document, "variables": variables}, headers=headers)
        found: Answer = answer.json()
        return found

    async def data(self, account: str, document: str, **variables: Any) -> Answer:
        """The data of an answer without errors."""
        found = await self.ask(account, document, **variables)
        assert "errors" not in found, found["errors"]
        data: Answer = found["data"]
        return data

    async def refusal(self, account: str, document: str, **variables: Any) -> Answer:
        """The extensions of the first error, with its message."""
        found = await self.ask(account, document, **variables)
        assert found.get("errors"), found
        error = found["errors"][0]
        return {"message": error["message"], **error["extensions"]}

    async def do(self, account: str, mutation: str, result: str, given: Answer) -> Answer:
        """What a mutation answers: the selection `result` of its payload."""
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        document = f"mutation($input: {kind}!) {{ done: {mutation}(input: $input) {{ {result} }} }}"
        found: Answer = (await self.data(account, document, input=given))["done"]
        return found

    async def refused(self, account: str, mutation: str, result: str, given: Answer) -> Answer:
        """Why a mutation was refused."""
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        document = f"mutation($input: {kind}!) {{ done: {mutation}(input: $input) {{ {result} }} }}"
        return await self.refusal(account, document, input=given)


@asynccontextmanager
async def calling(url: str, host: Host | None = None) -> AsyncIterator[Callers]:
    """The API over a demo database."""
    settings = settings_for(url, demo=True, introspection="on")
    async with served(settings, host) as client:
        yield Callers(client, settings)
