"""Webhooks as targets of events: each with its own deliveries, tries and rests."""

import random
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import msgspec

from gongzhi.core import clock
from gongzhi.core.errors import GongzhiError
from gongzhi.core.events.outbox import revision
from gongzhi.core.events.targets import Audience, Outcome, Target
from gongzhi.core.hooks import HappenedEvent
from gongzhi.core.permissions import Principal
from gongzhi.core.settings import Settings
from gongzhi.core.webhooks import service
from gongzhi.core.webhooks.secrets import Secrets
from gongzhi.core.webhooks.sending import Sender, moment_text
from gongzhi.core.webhooks.signing import headers
from gongzhi.core.webhooks.standing import Standing, standings

WAITS = tuple(timedelta(seconds=each) for each in (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200))
"""Between the attempts, of which there are one more: 28 hours in all."""
JITTER = 0.2
"""Each wait is up to so much longer or shorter, so that receivers which failed together are not tried together."""
PARALLEL = 8
REFRESH_SECONDS = 5.0
"""How old what is known of organizations may be; webhooks themselves are looked at in each round."""
GONE = 410

Shown = Callable[[Principal, str], Awaitable[str | None]]
"""From a caller and a record (`Edition:0190…`) to its global id; None where the caller may not see it."""


class Postman(msgspec.Struct, frozen=True):
    """What sending takes: the way out, the keys, what callers may see, and the settings."""

    sender: Sender
    secrets: Secrets
    shown: Shown
    settings: Settings


class WebhookTarget:
    """One webhook."""

    parallel = PARALLEL

    def __init__(self, standing: Standing, salts: Sequence[str], postman: Postman) -> None:
        self.name = service.target_of(standing.webhook.id)
        self.seconds = postman.settings.webhook_timeout_seconds + 5.0
        self._standing = standing
        self._salts = salts
        self._postman = postman

    @property
    def patience(self) -> timedelta | None:
        """As the settings say."""
        return timedelta(days=self._postman.settings.webhook_suspend_days)

    async def deliver(self, event: HappenedEvent) -> Outcome:
        """Send it, unless the webhook may not see the record (any more)."""
        known = await self._postman.shown(self._standing.principal, event.record)
        if known is None or not self._standing.wants(event):
            return Outcome(withheld=True)
        body = message(event, known)
        try:
            keys = [self._postman.secrets.of(salt) for salt in self._salts]
        except GongzhiError as error:
            return Outcome(failure=error.message)
        answer = await self._postman.sender.post(
            self._standing.webhook.url, headers(event.id, clock.now(), body, keys), body
        )
        over = "the receiver answered 410 Gone" if answer.status == GONE else ""
        pause = answer.pause if answer.failure else None
        return Outcome(failure=answer.failure, status=answer.status, pause=pause, over=over)

    def wait_after(self, attempts: int) -> timedelta | None:
        """As `WAITS` say, a little more or less; None after the last attempt."""
        if attempts > len(WAITS):
            return None
        return WAITS[attempts - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  # spreads, hides nothing

    async def give_up(self, reason: str) -> None:
        """Suspend the webhook."""
        await service.give_up(self._standing.webhook.id, reason)


def message(event: HappenedEvent, global_id: str) -> bytes:
    """What is sent: which record changed, how that is called, and where; nothing of what it says."""
    data: dict[str, object] = {"record": event.record, "id": global_id, "path": event.path}
    if isinstance(version := event.payload.get("version"), int):
        data["version"] = version
    return msgspec.json.encode({"type": event.kind, "timestamp": moment_text(event.at), "data": data})


class Webhooks:
    """The webhooks of a database as this process knows them: looked at in each round, loaded when they changed."""

    def __init__(self, postman: Postman) -> None:
        self._postman = postman
        self._revision = -1
        self._loaded = float("-inf")
        self._known: list[tuple[Standing, str, str]] = []

    async def present(self) -> list[tuple[Target, Audience]]:
        """Those that are not suspended, with what each wants. One statement when nothing changed."""
        latest = await revision(service.REVISION)
        if latest != self._revision or time.monotonic() - self._loaded > REFRESH_SECONDS:
            await self._load()
            self._revision, self._loaded = latest, time.monotonic()
        return [self._target(*each) for each in self._known]

    async def _load(self) -> None:
        active = await service.active()
        known = {standing.webhook.id: standing for standing in await standings([webhook for webhook, _, _ in active])}
        self._known = [(known[webhook.id], salt, former) for webhook, salt, former in active if webhook.id in known]

    def _target(self, standing: Standing, salt: str, former: str) -> tuple[Target, Audience]:
        until = standing.webhook.former_until
        ended = until is None or until <= clock.now()
        salts = [salt] if ended or not former else [salt, former]
        target = WebhookTarget(standing, salts, self._postman)
        return target, Audience(target.name, standing.wants)
