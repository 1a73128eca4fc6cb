"""What is in the database: the audit chain, the ledger, events, idempotency keys."""

from datetime import timedelta

from gongzhi.core import clock
from gongzhi.core.audit import sealing, stored
from gongzhi.core.audit.tables import AuditSeal
from gongzhi.core.doctor.finding import Checked, Findings
from gongzhi.core.events.tables import PARKED, WAITING, Event, EventDelivery, EventTarget
from gongzhi.core.idempotency.tables import IdempotencyKey
from gongzhi.core.ledger import verification
from gongzhi.core.ledger.tables import LedgerLine
from gongzhi.core.webhooks.tables import Webhook

MOST_LINES = 20_000
"""Of the audit log and of the ledger are looked at without `--deep`: a few seconds."""
MOST_SHOWN = 5
LATE = timedelta(minutes=5)
DEEP = "run `gongzhi doctor --deep`"
WORK = "let `gongzhi worker` run, or `gongzhi serve` with background = true; its log says what stops it"


async def audit(*, deep: bool) -> Findings:
    """Whether the chain of the audit log holds, and whether lines are sealed soon."""
    checked = Checked("audit")
    waiting = await sealing.backlog()
    if waiting.since is not None and waiting.seconds > LATE.total_seconds():
        checked.warning(f"{waiting.lines} lines have waited for their seal since {waiting.since:%Y-%m-%d %H:%M}", WORK)
    lines = await AuditSeal.count()
    if lines > MOST_LINES and not deep:
        checked.note(f"{lines} lines were not verified", DEEP)
        return checked.findings(f"{lines} lines")
    report = await stored.verify()
    for finding in report.findings[:MOST_SHOWN]:
        checked.error(
            f"the chain does not hold: {finding}",
            "keep the database as it is, compare with a backup and an export, and find out who could write there "
            "(`gongzhi audit verify`)",
        )
    return checked.findings(f"{report.lines} lines are sealed and hold")


async def ledger(*, deep: bool) -> Findings:
    """Whether every book adds up."""
    checked = Checked("ledger")
    lines = await LedgerLine.count()
    if lines > MOST_LINES and not deep:
        checked.note(f"{lines} lines were not recounted", DEEP)
        return checked.findings(f"{lines} lines")
    found = await verification.verify()
    for finding in found[:MOST_SHOWN]:
        checked.error(
            f"{finding.kind}: {finding}",
            "stop what writes to this book, keep the database, and compare the account with the last good backup",
        )
    if len(found) > MOST_SHOWN:
        checked.error(f"and {len(found) - MOST_SHOWN} more do not add up", "likewise")
    return checked.findings(f"{lines} lines add up")


async def events() -> Findings:
    """Whether events are delivered, and which are given up."""
    checked = Checked("events")
    late = clock.now() - LATE
    unseen = await Event.count().where(Event.position.is_null()).where(Event.at < late)
    waiting = await EventDelivery.count().where(EventDelivery.state == WAITING).where(EventDelivery.due_at < late)
    if unseen or waiting:
        checked.warning(f"{unseen + waiting} events wait for more than {LATE.seconds // 60} minutes", WORK)
    parked = await EventDelivery.select(EventDelivery.target).where(EventDelivery.state == PARKED)
    if parked:
        targets = ", ".join(sorted({row["target"] for row in parked})[:MOST_SHOWN])
        checked.warning(
            f"{len(parked)} deliveries were given up after many failures, to {targets}",
            "correct the target; a webhook's are shown by `gongzhi webhook deliveries CODE` and sent again by "
            "`gongzhi webhook replay CODE --all`",
        )
    failing = await EventTarget.select(EventTarget.name, EventTarget.failing_since).where(EventTarget.failing > 0)
    for row in failing[:MOST_SHOWN]:
        since = row["failing_since"]
        checked.warning(
            f"nothing reaches {row['name']}" + (f" since {since:%Y-%m-%d %H:%M}" if since else ""),
            "see whether it answers; what waits for it is delivered by itself when it does",
        )
    return checked.findings("none waits for long, none was given up")


async def webhooks() -> Findings:
    """Which webhooks get nothing."""
    checked = Checked("webhooks")
    for row in await Webhook.select(Webhook.code, Webhook.reason).where(Webhook.active.eq(False)):
        checked.warning(
            f"{row['code']} is suspended ({row['reason']}): what happens meanwhile is never sent to it",
            f"`gongzhi webhook resume {row['code']}` when its receiver is well, or `remove` it",
        )
    return checked.findings(f"{await Webhook.count()} webhooks, none suspended")


async def idempotency() -> Findings:
    """Whether keys whose time is over are removed."""
    checked = Checked("keys kept")
    count = await IdempotencyKey.count()
    over = await IdempotencyKey.count().where(IdempotencyKey.expires_at < clock.now() - timedelta(hours=1))
    if over:
        checked.warning(f"{over} of {count} idempotency keys should have been removed", WORK)
    return checked.findings(f"{count} idempotency keys are kept")
