"""Webhooks in the API: where events are sent, what became of them, and sending again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
import strawberry

from gongzhi.core.errors import Conflict
from gongzhi.core.permissions import Principal
from gongzhi.core.webhooks import deliveries, records, service
from gongzhi.core.webhooks.records import DeliveryState
from gongzhi.core.webhooks.resources import RESOURCES
from gongzhi.graphql.access import Needs
from gongzhi.graphql.actors import Organization
from gongzhi.graphql.arguments import CodeArgument
from gongzhi.graphql.context import Context, Info
from gongzhi.graphql.fields import about, field, or_none, present, viewer
from gongzhi.graphql.mutations import Mutation, of_caller
from gongzhi.graphql.relay import Listing, Node, connection, decode_id_of, node_type
from gongzhi.graphql.workflows import guarded, record_type

READ = Needs(service.RESOURCE, "read")
WebhookArgument = Annotated[strawberry.ID, about("The webhook's global id.")]


async def _counts(principal: Principal, keys: Iterable[UUID]) -> Mapping[UUID, Any]:
    return await deliveries.counts(keys)


@record_type(service.REGISTER)
class Webhook(Node):
    """Where events are sent to, signed. It is told of what its role in its organization may read, and no more."""

    code: str = viewer("The stable code.")
    name: str = viewer("What people call it.")
    url: str | None = guarded(RESOURCES[0], "url", "Where it sends to.")
    role: str = viewer("The role in which it is told.")
    path: str = viewer("It is told of records at this place and below.")
    kinds: list[str] = viewer("Beginnings of the kinds of events that it wants; none stand for all.")
    active: bool = viewer("Whether anything is sent.")
    reason: str = viewer("Why it is suspended; empty where it is not.")
    former_until: datetime | None = viewer("Until when the former secret signs too.")
    created_at: datetime = viewer("When it was registered.")
    version: int = viewer("Counts its changes; a mutation names the one that its caller saw.")

    @viewer("The organization that it belongs to.")
    async def organization(root: strawberry.Parent[records.Webhook], info: Info) -> Organization | None:
        """By the loader."""
        return present(await info.context.loaders.organization.load(root.organization)) if root.organization else None

    @viewer("How many deliveries wait, for their first attempt or for another.")
    async def waiting(root: strawberry.Parent[records.Webhook], info: Info) -> int:
        """Counted for all webhooks of the page."""
        return int((await info.context.batch(_counts, root.id) or {})["waiting"])

    @viewer("How many deliveries were given up: dead letters.")
    async def parked(root: strawberry.Parent[records.Webhook], info: Info) -> int:
        """Counted for all webhooks of the page."""
        return int((await info.context.batch(_counts, root.id) or {})["parked"])


async def _deliveries(context: Context, ids: Sequence[UUID]) -> dict[UUID, Any]:
    return {**await deliveries.by_ids(context.principal, ids)}


@node_type(records.WebhookDelivery, _deliveries)
class WebhookDelivery(Node):
    """One event on its way to a webhook."""

    event: strawberry.ID = viewer("The event's id, which is sent as `webhook-id` each time.")
    kind: str = viewer("What happened: `<resource>.<action>`.")
    record: str = viewer("To which record: its type and id.")
    path: str = viewer("Where the record stands.")
    at: datetime = viewer("When it happened.")
    state: DeliveryState = viewer("How far it is.")
    attempts: int = viewer("How often it was tried, since it was last replayed.")
    due_at: datetime | None = viewer("When it is tried again; null where it is not.")
    done_at: datetime | None = viewer("When it was delivered or given up.")
    status: int | None = viewer("The HTTP status of the last answer that was a failure; null where there is none.")
    failure: str = viewer("Why the last attempt failed; empty where it did not.")


@strawberry.type
class WebhookQuery:
    """Finding webhooks and their deliveries."""

    @connection("Webhooks, by code.", Webhook, READ)
    def webhooks(self, info: Info) -> Listing:
        """Those that the caller may read."""
        return lambda page: service.webhooks(info.context.principal, page)

    @field("The webhook of a code; null when there is none, or none that you may see.", READ)
    async def webhook(self, info: Info, code: CodeArgument) -> Webhook | None:
        """The service decides for this webhook."""
        return present(await or_none(service.by_code(info.context.principal, code)))

    @connection("What was sent to a webhook, or failed, oldest first.", WebhookDelivery, READ)
    def webhook_deliveries(
        self,
        info: Info,
        webhook: WebhookArgument,
        state: Annotated[DeliveryState | None, about("Only these; PARKED ones are the dead letters.")] = None,
    ) -> Listing:
        """The service decides for this webhook."""
        key = decode_id_of("Webhook", webhook, "webhook")
        return lambda page: deliveries.deliveries(info.context.principal, key, state, page)


def _unkeyed(context: Context) -> None:
    if context.effects is not None:
        raise Conflict(
            "Send this without an Idempotency-Key: the answer holds a secret, and would be kept. "
            "Sent twice, it is refused the second time."
        )


async def _create(context: Context, command: Any) -> Any:
    _unkeyed(context)
    return await service.create(context.principal, context.services.settings, command)


async def _rotate(context: Context, command: Any) -> Any:
    _unkeyed(context)
    return await service.rotate(context.principal, context.services.settings, command)


async def _revise(context: Context, command: Any) -> Any:
    return await service.revise(context.principal, context.services.settings, command)


WEBHOOK = {"webhook": Webhook}
SECRET = {"webhook": Webhook, "secret": str}
SECRETS = {"secret": "What receivers check signatures with (`whsec_…`). It is not shown again."}


def _mutation(verb: str, command: type[msgspec.Struct], perform: Any, description: str, **more: Any) -> Mutation:
    name = f"{verb}Webhook"
    return Mutation(name, command, service.RESOURCE, verb, perform, WEBHOOK, description, **more)


MUTATIONS = (
    Mutation(
        "createWebhook",
        records.CreateWebhook,
        service.RESOURCE,
        "create",
        _create,
        SECRET,
        "Send events to an address in the name of an organization, in a role that you have there. The secret is "
        "shown this once.",
        SECRETS,
    ),
    _mutation("update", records.UpdateWebhook, _revise, "Change where a webhook sends, what, or in which role."),
    Mutation(
        "rotateWebhookSecret",
        records.RotateWebhookSecret,
        service.RESOURCE,
        "rotate",
        _rotate,
        SECRET,
        "Make a new secret. For a while everything is signed with both, so that receivers can change over.",
        SECRETS,
    ),
    _mutation("suspend", records.SuspendWebhook, of_caller(service.suspend), "Send nothing more for now."),
    _mutation("resume", records.ResumeWebhook, of_caller(service.resume), "Send again, what waits first."),
    _mutation("remove", records.RemoveWebhook, of_caller(service.remove), "Remove a webhook with its deliveries."),
    Mutation(
        "replayWebhookDelivery",
        records.ReplayWebhookDelivery,
        service.RESOURCE,
        "replay",
        of_caller(deliveries.replay),
        {"webhook": Webhook, "replayed": int},
        "Send again what was given up, or one delivery. Receivers know it by the same `webhook-id`.",
        {"replayed": "How many deliveries are sent again."},
    ),
)
