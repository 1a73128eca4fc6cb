"""Sending mutations that may be sent again, and counting what they did."""

from typing import Any

import httpx

from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.catalogue.tables import Offering
from gongzhi.core.events.tables import Event
from gongzhi.core.idempotency.tables import IdempotencyKey
from tests.graphql.asking import bearer

MANAGER = "demo-org-manager"
OFFER = "mutation Offer($input: CreateOfferingInput!) { createOffering(input: $input) { offering { id version } } }"
TWO = """mutation Two($one: CreateOfferingInput!, $two: CreateOfferingInput!) {
  one: createOffering(input: $one) { offering { id location } }
  two: createOffering(input: $two) { offering { id location } }
}"""


def offering(location: str, **more: Any) -> dict[str, Any]:
    """The input of one more offering; there is one at a location."""
    return {
        "listSlug": "value-added-services",
        "itemCode": "V001",
        "path": "/futian/nanyuan/dongyuan",
        "organization": "dongyuan-centre",
        "location": location,
        "validFrom": "2026-01-01",
        **more,
    }


def body(document: str, **variables: Any) -> dict[str, Any]:
    """A request's body."""
    return {"query": document, "variables": variables}


def offered(location: str, **more: Any) -> dict[str, Any]:
    """A request's body that offers something at a location."""
    return body(OFFER, input=offering(location, **more))


async def send(
    client: httpx.AsyncClient, key: str | None, sent: dict[str, Any] | None = None, account: str = MANAGER, **more: str
) -> httpx.Response:
    """The response; by default to an offer at the location that is called as the key; `more` are further headers."""
    headers = {**bearer(account or None), **({"Idempotency-Key": key} if key is not None else {})}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    return await client.post("/graphql", json=sent or offered(key or ""), headers=headers)


def replayed(answer: httpx.Response) -> bool:
    return answer.headers.get("idempotent-replayed") == "true"


async def counts() -> tuple[int, int, int, int]:
    """Offerings, audit lines, events and kept keys of the current database."""
    tables = (Offering, AuditEntry, Event, IdempotencyKey)
    found = [int(await table.count()) for table in tables]
    return found[0], found[1], found[2], found[3]
