"""Those who ask: several at once, with mutations of several kinds, who remember what they were told."""

import itertools
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import msgspec

from faults.ground import ADMIN, Ground

RESIDENT, MANAGER = "demo-resident", "demo-org-manager"
HOME = "/futian/nanyuan/dongyuan"
MARK = "fault"
"""What the keys of records begin with that callers make."""
_numbers = itertools.count(1)


class Request(msgspec.Struct, frozen=True):
    """What a mutation was asked with, to ask it again; `once` is its Idempotency-Key, empty for none."""

    account: str
    mutation: str
    result: str
    given: dict[str, Any]
    once: str = ""


class Sent(msgspec.Struct):
    """One mutation. `outcome` is what the caller knows: acknowledged, refused, or unknown when no answer came."""

    kind: str
    key: str
    outcome: str = "unknown"
    code: str = ""
    value: int = 0
    seconds: float = 0.0
    asked: "Request | None" = None


class Asked(msgspec.Struct, frozen=True):
    """An answer: its data, or the code of its first error with the details."""

    data: Any = None
    code: str = ""
    details: Any = None

    @property
    def unknown(self) -> bool:
        """Whether the server says that it does not know what became of it, or that only the answer failed."""
        return bool(self.details and self.details.get("outcome") in ("unknown", "done"))


async def ask(
    ground: Ground, client: httpx.AsyncClient, account: str, document: str, *, once: str = "", **variables: Any
) -> Asked:
    """What GraphQL answers; `once` is an Idempotency-Key.

    :raises httpx.TransportError: nothing.
    """
    headers = {"Authorization": f"Bearer {ground.token(account)}"} if account else {}
    headers |= {"Idempotency-Key": once} if once else {}
    answer = await client.post("/graphql", json={"query": document, "variables": variables}, headers=headers)
    try:
        found = answer.json()
    except ValueError:
        return Asked(code=f"HTTP {answer.status_code} {answer.text[:60]}")
    if found.get("errors"):
        extensions = found["errors"][0].get("extensions", {})
        return Asked(code=extensions.get("code", found["errors"][0]["message"]), details=extensions)
    if answer.status_code != 200:
        return Asked(code=found.get("code", f"HTTP {answer.status_code}"), details=found)
    return Asked(data=found["data"])


async def change(
    ground: Ground,
    client: httpx.AsyncClient,
    account: str,
    mutation: str,
    result: str,
    given: dict[str, Any],
    once: str = "",
) -> Asked:
    """What a mutation answers; `data` is its payload."""
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    document = f"mutation($input: {kind}!) {{ done: {mutation}(input: $input) {{ {result} }} }}"
    asked = await ask(ground, client, account, document, once=once, input=given)
    return asked if asked.code else Asked(data=asked.data["done"])


def fresh(kind: str) -> str:
    """A key that no other record has."""
    return f"{MARK}-{kind}-{next(_numbers):06}"


class Caller:
    """One of several, on a connection of its own. It keeps `sent` up to date before and after each mutation.

    Where it is `careful`, each mutation has an Idempotency-Key.
    """

    def __init__(self, ground: Ground, client: httpx.AsyncClient, place: str, *, careful: bool = False) -> None:
        self._ground = ground
        self._client = client
        self.place = place
        self._careful = careful
        self.sent: list[Sent] = []

    async def do(self, kind: str, account: str, mutation: str, result: str, given: dict[str, Any], key: str) -> Any:
        """One mutation; its payload if it was acknowledged."""
        once = fresh("key") if self._careful else ""
        request = Request(account, mutation, result, given, once)
        sent = Sent(kind, key, value=given.get("population", 0), asked=request)
        self.sent.append(sent)
        return (await send(self._ground, self._client, sent)).data

    async def turn(self) -> None:
        """One mutation of each kind: people, posts, organizations, cases, a correction, and money."""
        code = fresh("account")
        if await self.do("account", ADMIN, "createAccount", "account { id }", {"code": code, "name": "甲"}, code):
            post = {"account": code, "organization": "dongyuan-committee", "position": "RESIDENT"}
            await self.do("membership", ADMIN, "appoint", "membership { id }", post, code)
        code = fresh("organization")
        given: dict[str, Any] = {
            "code": code,
            "kind": "ORG",
            "subkind": "SOCIAL_ORGANIZATION",
            "name": "故障社",
            "path": self.place,
        }
        await self.do("organization", ADMIN, "createOrganization", "organization { id }", given, code)
        title = fresh("case")
        parties = [{"side": "APPLICANT", "name": "甲"}, {"side": "RESPONDENT", "name": "乙"}]
        given = {"path": HOME, "dispute": "NEIGHBOURS", "title": title, "parties": parties}
        await self.do("case", RESIDENT, "fileMediationCase", "case { id }", given, title)
        await self._correct()
        await self._give()

    async def _correct(self) -> None:
        """The population of one's own place, one more each time."""
        query = "query($path: String!) { territory(path: $path) { version population } }"
        found = await ask(self._ground, self._client, ADMIN, query, path=self.place)
        if found.code:
            return
        known = found.data["territory"]
        given = {"path": self.place, "version": known["version"], "population": (known["population"] or 0) + 1}
        await self.do("territory", ADMIN, "updateTerritory", "territory { version }", given, self.place)

    async def _give(self) -> None:
        """A gift that is pledged and then received, which is a posting in the ledger."""
        found = await ask(
            self._ground, self._client, "", '{ communityFunds(within: "/futian/nanyuan") { nodes { id } } }'
        )
        if found.code:
            return
        donor = fresh("donation")
        given = {"fund": found.data["communityFunds"]["nodes"][0]["id"], "donor": donor, "amount": 100}
        made = await self.do("donation", MANAGER, "pledgeDonation", "donation { id version }", given, donor)
        if made:
            received = {"donation": made["donation"]["id"], "version": made["donation"]["version"]}
            await self.do("receipt", MANAGER, "receiveDonation", "donation { id }", received, donor)


def new_account() -> Sent:
    """A mutation that creates an account, and was not sent yet."""
    key = fresh("account")
    given = {"code": key, "name": "辛"}
    return Sent("account", key, asked=Request(ADMIN, "createAccount", "account { id }", given))


async def send(ground: Ground, client: httpx.AsyncClient, sent: Sent) -> Asked:
    """Send a mutation, or send it again; what is known of it is what is answered last."""
    began, request = time.monotonic(), sent.asked
    assert request is not None
    asked = await change(ground, client, request.account, request.mutation, request.result, request.given, request.once)
    sent.seconds = time.monotonic() - began
    sent.outcome = "unknown" if asked.unknown else "refused" if asked.code else "acknowledged"
    sent.code = asked.code
    return asked


async def until_lost(caller: Caller) -> httpx.TransportError:
    """Turn after turn, until the server is gone; answers how that was noticed."""
    while True:
        try:
            await caller.turn()
        except httpx.TransportError as error:
            return error


async def places(ground: Ground, count: int) -> list[str]:
    """Communities, one for each caller."""
    rows = await ground.store.rows("SELECT path FROM territory WHERE level = 'community' ORDER BY path")
    return [row["path"] for row in rows][:count]


async def callers(
    ground: Ground, clients: Sequence[httpx.AsyncClient], *, careful: bool = False
) -> AsyncIterator[Caller]:
    """One for each client."""
    for client, place in zip(clients, await places(ground, len(clients)), strict=True):
        yield Caller(ground, client, place, careful=careful)
