"""A worker that delivers to webhooks, and changes of which they are told."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from gongzhi.core.db import Database
from gongzhi.core.events.delivery import Delivery
from gongzhi.core.events.outbox import emit
from gongzhi.core.permissions import SYSTEM, Principal
from gongzhi.core.settings import Settings
from gongzhi.core.webhooks import service
from gongzhi.core.webhooks.records import CreateWebhook, Webhook
from gongzhi.core.webhooks.secrets import Secrets
from gongzhi.core.webhooks.sending import Sender
from gongzhi.core.webhooks.targets import Postman, Webhooks
from gongzhi.testing.roles import COMMUNITY

KIND = "territory.territory.update"
Shown = Callable[[Principal, str], Awaitable[str | None]]


async def everything(principal: Principal, record: str) -> str | None:
    """Every record is shown."""
    return f"id of {record}"


@asynccontextmanager
async def worker(database: Database, settings: Settings, shown: Shown = everything) -> AsyncIterator[Delivery]:
    sender = Sender(settings)
    try:
        yield Delivery(database, (), Webhooks(Postman(sender, Secrets(settings), shown, settings)).present)
    finally:
        await sender.aclose()


async def happen(database: Database, *records: str, kind: str = KIND, path: str = COMMUNITY, **more: Any) -> None:
    """Each record changes; its version is its place among them."""
    async with database.transaction():
        for number, record in enumerate(records, start=1):
            await emit(kind, record, path, {"version": number, "name": "secret", **more})


async def registered(
    settings: Settings,
    url: str,
    code: str = "site",
    organization: str = "center",
    role: str = "org.manager",
    **more: Any,
) -> tuple[Webhook, str]:
    """A webhook with its secret, registered by the operator."""
    command = CreateWebhook(code=code, name=code, url=url, organization=organization, role=role, **more)
    return await service.create(SYSTEM, settings, command)


def target(webhook: Webhook) -> str:
    return service.target_of(UUID(str(webhook.id)))
