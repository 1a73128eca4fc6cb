"""Webhooks and their deliveries as the rest of the program sees them, without secrets; and what can be asked."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from gongzhi.core.fields import Name, Path, Version, node
from gongzhi.core.records import VersionedRecord
from gongzhi.core.register import PlacedRecord

WebhookCode = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9-]{0,62}$(?!\n)", description="Lower-case letters, digits and hyphens.")
]
Url = Annotated[str, Meta(min_length=8, max_length=500, description="Where to send: https, and a public address.")]
RoleName = Annotated[
    str,
    Meta(min_length=1, max_length=64, description="It is told of what this role of the organization may read."),
]
KINDS = "Beginnings of kinds, such as `catalogue.edition.`; none stand for all."
Kind = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_.]{0,63}$(?!\n)")]
Kinds = Annotated[tuple[Kind, ...], Meta(max_length=50, description=KINDS)]
WebhookId = Annotated[UUID, node("Webhook", "The webhook.")]


class DeliveryState(StrEnum):
    """How far a delivery is."""

    waiting = "waiting"
    delivered = "delivered"
    parked = "parked"


class Webhook(PlacedRecord, frozen=True, kw_only=True):
    """Where to send which events. `reason` says why it is suspended; `former_until` until when two secrets sign."""

    code: str
    name: str
    url: str
    role: str
    kinds: tuple[str, ...]
    active: bool
    reason: str
    former_until: datetime | None
    created_at: datetime


class WebhookDelivery(VersionedRecord, frozen=True, kw_only=True):
    """One event on its way to a webhook. `due_at` is when it is tried next; `status` the last answer's, `failure` why.

    `version` is the number of attempts that were begun.
    """

    event: UUID
    kind: str
    record: str
    path: str
    at: datetime
    state: DeliveryState
    attempts: int
    due_at: datetime | None
    done_at: datetime | None
    status: int | None
    failure: str


class CreateWebhook(msgspec.Struct, frozen=True):
    """Send events to an address, in the name of an organization."""

    code: WebhookCode
    name: Name
    url: Url
    organization: Annotated[str, Meta(max_length=64, description="The code of the organization.")]
    role: RoleName | None = None
    path: Path | None = None
    kinds: Kinds = ()


class UpdateWebhook(msgspec.Struct, frozen=True):
    """Change a webhook; what is left out stays."""

    webhook: WebhookId
    version: Version
    name: Name | None = None
    url: Url | None = None
    role: RoleName | None = None
    path: Path | None = None
    kinds: Kinds | None = None


class RotateWebhookSecret(msgspec.Struct, frozen=True):
    """Make a new secret; the former one signs too for a while."""

    webhook: WebhookId
    version: Version
    keep_hours: Annotated[int, Meta(ge=0, le=24 * 31, description="For how long; 24 hours if left out.")] = 24


class SuspendWebhook(msgspec.Struct, frozen=True):
    """Send nothing more for now. What waits keeps waiting; what happens meanwhile is not sent later."""

    webhook: WebhookId
    version: Version
    reason: Annotated[str, Meta(max_length=300, description="Why, for people.")] = ""


class ResumeWebhook(msgspec.Struct, frozen=True):
    """Send again, what waits first."""

    webhook: WebhookId
    version: Version


class RemoveWebhook(msgspec.Struct, frozen=True):
    """Remove a webhook, with what waits for it and what is known of its deliveries."""

    webhook: WebhookId
    version: Version


class ReplayWebhookDelivery(msgspec.Struct, frozen=True):
    """Deliver again: one delivery, or all that are parked if it is left out."""

    webhook: WebhookId
    delivery: Annotated[UUID | None, node("WebhookDelivery", "A delivery that is parked or was delivered.")] = None
