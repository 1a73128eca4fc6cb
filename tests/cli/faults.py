"""Faults of what is recorded, for `gongzhi doctor` to find: rows that should not be there, or not any more."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from gongzhi.core import clock
from gongzhi.core.audit.tables import AuditEntry, AuditSeal
from gongzhi.core.db import current
from gongzhi.core.events.tables import PARKED, Event, EventDelivery, EventTarget
from gongzhi.core.idempotency.tables import IdempotencyKey
from gongzhi.core.ids import uuid7, uuid7_at
from gongzhi.core.ledger.tables import LedgerAccount
from gongzhi.core.webhooks.tables import Webhook

Fault = Callable[[], Awaitable[object]]
HOUR = timedelta(hours=1)
DIGEST = "0" * 64


def delivery(state: str) -> EventDelivery:
    return EventDelivery(
        event=uuid7(), target="plugin:x", record="A:1", position=1, state=state, due_at=clock.now() - HOUR
    )


def audit_line(at: timedelta) -> AuditEntry:
    moment = clock.now() + at
    return AuditEntry(
        id=uuid7_at(moment), at=moment, actor_label="x", action="update", resource="x", path="/", record="A:1"
    )


def suspended() -> Webhook:
    place = {"organization": uuid7(), "role": "x", "path": "/", "url": "https://x.example/"}
    return Webhook(code="site", name="x", salt="x.y", created_at=clock.now(), active=False, reason="410 Gone", **place)


def expired() -> IdempotencyKey:
    moment = clock.now() - 2 * HOUR
    return IdempotencyKey(entry=DIGEST, account=uuid7(), fingerprint=DIGEST, at=moment, expires_at=moment)


FAULTS: dict[str, tuple[Fault, str, str, str]] = {
    "ledger": (
        lambda: LedgerAccount.insert(
            LedgerAccount(
                book="b", code="a", unit="fen", kind="asset", owner="n", path="/", balance=5, opened_at=clock.now()
            )
        ),
        "ledger",
        "error",
        "balance-differs: b: account a has 5",
    ),
    "seal": (
        lambda: AuditSeal.insert(
            AuditSeal(
                sequence=1, entry=uuid7(), log="change", person=DIGEST, state=DIGEST, sealed_at=clock.now(), hash=DIGEST
            )
        ),
        "audit",
        "error",
        "the chain does not hold",
    ),
    "unsealed": (lambda: AuditEntry.insert(audit_line(-HOUR)), "audit", "warning", "1 lines have waited"),
    "clock": (lambda: AuditEntry.insert(audit_line(HOUR)), "clock", "error", "s in the future"),
    "waiting": (
        lambda: Event.insert(Event(at=clock.now() - HOUR, kind="a.b", record="A:1", path="/")),
        "events",
        "warning",
        "1 events wait for more than 5 minutes",
    ),
    "due": (lambda: EventDelivery.insert(delivery("waiting")), "events", "warning", "1 events wait"),
    "parked": (lambda: EventDelivery.insert(delivery(PARKED)), "events", "warning", "given up after many failures, to"),
    "failing": (
        lambda: EventTarget.insert(EventTarget(name="plugin:x", failing=3, failing_since=clock.now())),
        "events",
        "warning",
        "nothing reaches plugin:x since",
    ),
    "webhook": (lambda: Webhook.insert(suspended()), "webhooks", "warning", "site is suspended (410 Gone): what"),
    "keys": (lambda: IdempotencyKey.insert(expired()), "keys kept", "warning", "1 of 1 idempotency keys"),
    "missing": (
        lambda: current().execute("DELETE FROM migration WHERE app_name = 'core_idempotency'"),
        "migrations",
        "error",
        "1 are not applied (core_idempotency/",
    ),
    "newer": (
        lambda: current().execute("INSERT INTO migration (name, app_name) VALUES ('2999-01-01', 'core_audit')"),
        "migrations",
        "error",
        "a newer version applied core_audit/2999-01-01",
    ),
}
"""Fault -> how it is put in, the check that finds it, how severe it is, and what is said."""
