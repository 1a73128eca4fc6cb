"""What became of what was sent: listing deliveries, dead letters among them, and sending again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from gongzhi.core import clock, journal
from gongzhi.core.errors import NotFound
from gongzhi.core.events.tables import DELIVERED, PARKED, WAITING, Event, EventDelivery
from gongzhi.core.fields import checked
from gongzhi.core.paging import Keyset, Page, PageRequest
from gongzhi.core.permissions import Principal
from gongzhi.core.records import as_record, fetch_many
from gongzhi.core.webhooks.records import DeliveryState, ReplayWebhookDelivery, Webhook, WebhookDelivery
from gongzhi.core.webhooks.service import REGISTER, target_of

_table = EventDelivery
_keyset = Keyset(tag="webhook_delivery", table=_table, order=(_table.id,), types=(UUID,), convert=dict)


async def deliveries(
    principal: Principal, webhook: UUID, state: DeliveryState | None, request: PageRequest
) -> Page[WebhookDelivery]:
    """The deliveries to a webhook, oldest first, or those of one state, for who may read the webhook.

    What was never attempted is counted and not listed: whether the webhook may know of it is decided with the attempt.
    """
    found = await REGISTER.get(principal, webhook)
    clauses: list[Any] = [_table.target == target_of(found.id), _table.state.is_in([DELIVERED, PARKED])]
    if state is not None:
        clauses[1] = _table.state == state.value
    if state in (None, DeliveryState.waiting):
        tried = (_table.state == WAITING) & (_table.failure != "")
        clauses[1] = tried if state is not None else clauses[1] | tried
    page = await _keyset.page(request, clauses)
    rows = await _records(page.rows)
    return Page(rows, page.cursors, page.has_next, page.has_previous, page.total)


async def counts(webhooks: Iterable[UUID]) -> dict[UUID, dict[str, int]]:
    """How many deliveries wait, and how many are parked, for each of these webhooks."""
    found: dict[UUID, dict[str, int]] = {}
    for webhook in webhooks:
        target = _table.target == target_of(webhook)
        found[webhook] = {
            state: int(await _table.count().where(target).where(_table.state == state)) for state in (WAITING, PARKED)
        }
    return found


async def by_ids(principal: Principal, keys: Sequence[UUID]) -> dict[UUID, WebhookDelivery]:
    """Those of these deliveries whose webhook the caller may read."""
    rows = [
        row
        for row in await fetch_many(_table, _table.id, keys)
        if row["failure"] or row["state"] in (DELIVERED, PARKED)
    ]
    owners = {row["id"]: UUID(row["target"].partition(":")[2]) for row in rows if row["target"].startswith("webhook:")}
    readable = await REGISTER.by_ids(principal, owners.values())
    shown = [row for row in rows if owners.get(row["id"]) in readable]
    return {record.id: record for record in await _records(shown)}


async def replay(principal: Principal, command: ReplayWebhookDelivery) -> tuple[Webhook, int]:
    """Send again what is parked, or one delivery that is parked or was delivered; answers how many that are.

    The id that receivers know them by stays the same. They come after what was delivered meanwhile.
    """
    command = checked(command)
    found = await REGISTER.find(principal, command.webhook)
    decision = REGISTER.require(principal, "replay", found)
    query = (
        _table.update({_table.state: WAITING, _table.due_at: clock.now(), _table.attempts: 0, _table.done_at: None})
        .where(_table.target == target_of(found.id))
        .where(_table.state.is_in([PARKED] if command.delivery is None else [PARKED, DELIVERED]))
    )
    if command.delivery is not None:
        query = query.where(_table.id == command.delivery)
    sent = await query.returning(_table.id)
    if command.delivery is not None and not sent:
        raise NotFound("There is no such delivery of this webhook that is parked or was delivered.")
    after = {"webhook": str(found.id), "replayed": len(sent)}
    await journal.write(principal, decision, journal.label_of(found), after=after)
    return found, len(sent)


async def _records(rows: Sequence[Any]) -> list[WebhookDelivery]:
    events = {row["id"]: row for row in await fetch_many(Event, Event.id, [row["event"] for row in rows])}
    return [_record(row, events[row["event"]]) for row in rows]


def _record(row: Mapping[str, Any], event: Mapping[str, Any]) -> WebhookDelivery:
    told = {name: event[name] for name in ("kind", "record", "path", "at")}
    due = row["due_at"] if row["state"] == WAITING else None
    return as_record({**row, **told, "due_at": due, "version": max(row["attempts"], 1)}, WebhookDelivery)
