"""Work that no request waits for: delivering events, meeting deadlines, forgetting what nobody needs any more.

`gongzhi serve` does it unless the setting `background` says no, and `gongzhi worker` does nothing else. Any number of
processes may: each piece of work is claimed, and what a killed one had is taken over.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from gongzhi.core.audit import sealing, signing
from gongzhi.core.errors import GongzhiError
from gongzhi.core.events.delivery import Delivery, stopped
from gongzhi.core.events.retention import BATCH, forget
from gongzhi.core.events.targets import handler_targets
from gongzhi.core.host import State
from gongzhi.core.idempotency.expiry import Expiry
from gongzhi.core.webhooks.secrets import Secrets
from gongzhi.core.webhooks.sending import Sender
from gongzhi.core.webhooks.targets import Postman, Webhooks
from gongzhi.core.workflow import Timers
from gongzhi.graphql.context import Services
from gongzhi.graphql.visibility import shown_to

logger = logging.getLogger("gongzhi")

FORGET_SECONDS = 60.0
"""Between two looks for what may be forgotten."""
FINISH_SECONDS = 5.0
"""How long what was begun may take to finish once there is a stop."""
HURRY_SECONDS = 1.0
"""The same inside of a server, whose requests may have taken ten seconds already."""


def delivery(services: Services, sender: Sender) -> Delivery:
    """Delivers to the plugins at work and to webhooks; what plugins that failed want waits for them."""
    host, settings = services.host, services.settings
    webhooks = Webhooks(Postman(sender, Secrets(settings), shown_to(services), settings))
    handlers = handler_targets({plugin.module.id: plugin.handlers for plugin in host.plugins})
    failed = [status.id for status in host.statuses if status.state is State.failed]
    return Delivery(services.database, handlers, webhooks.present, failed=failed)


@asynccontextmanager
async def working(services: Services, finish_seconds: float = FINISH_SECONDS) -> AsyncIterator[None]:
    """Work, beside the block, until it ends; then finish what was begun."""
    sender = Sender(services.settings)
    courier = delivery(services, sender)
    delivering = asyncio.create_task(courier.run())
    timers = Timers(services.database, services.host.workflows(), services.host.gates())
    sealer = sealing.Sealer(services.database, signing.private_key(services.settings.audit_key))
    others = [
        asyncio.create_task(work)
        for work in (timers.run(), _forgetting(services), Expiry(services.database).run(), sealer.run())
    ]
    try:
        yield
    finally:
        for task in others:
            task.cancel()
        await stopped(courier, delivering, finish_seconds)
        for task in others:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await sender.aclose()


@asynccontextmanager
async def inside(services: Services) -> AsyncIterator[None]:
    """Work inside of a server, unless the setting `background` says no."""
    worker = working(services, HURRY_SECONDS) if services.settings.background else contextlib.nullcontext()
    async with worker:
        yield


async def _forgetting(services: Services) -> None:
    """Forget in small steps, so that nothing waits for it."""
    age = timedelta(days=services.settings.event_retention_days)
    while True:
        try:
            gone = await forget(services.database, age)
        except GongzhiError as error:
            logger.warning("old events stay: %s", error.message)
            gone = 0
        await asyncio.sleep(1.0 if gone >= BATCH else FORGET_SECONDS)
