"""What a webhook may be told: what its role may read, in the name of its organization, as both are today."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from gongzhi.core import clock
from gongzhi.core.actors import areas, organizations
from gongzhi.core.actors.records import Organization
from gongzhi.core.hooks import HappenedEvent
from gongzhi.core.permissions import Binding, Principal, decide
from gongzhi.core.territory.path import within
from gongzhi.core.webhooks.records import Webhook

OWN = "webhooks."
"""What happens to webhooks is told to none, lest one that is suspended or replayed cause more to be sent."""


class Standing(msgspec.Struct, frozen=True):
    """A webhook with the caller that it counts as."""

    webhook: Webhook
    principal: Principal

    def _came_after(self, event: HappenedEvent) -> bool:
        """Whether the event was before it; a clock that was set back makes what comes now look so.

        Ids grow in each process whatever the clock does, and a webhook of the future says that it was set back.
        """
        webhook = self.webhook
        return event.at < webhook.created_at <= clock.now() and event.id < str(webhook.id)

    def wants(self, event: HappenedEvent) -> bool:
        """Whether it was there and asked for events like this one, and may read records of that resource at that place.

        Whether it may read this very record is found out when it is sent, from the record.
        """
        if self._came_after(event):
            return False
        if self.webhook.kinds and not event.kind.startswith(self.webhook.kinds):
            return False
        if not within(event.path, self.webhook.path):
            return False
        resource = event.kind.rpartition(".")[0]
        if resource.startswith(OWN):
            return False
        return decide(self.principal, "read", resource, event.path, owner=_owner(event.payload)).allowed


def _owner(payload: Mapping[str, object]) -> UUID | None:
    """The organization that the record belongs to, where the event says."""
    try:
        return UUID(str(payload.get("organization")))
    except ValueError:
        return None


async def standings(webhooks: list[Webhook]) -> list[Standing]:
    """Each with its caller; an organization that exists no more has no role anywhere."""
    ids = {webhook.organization for webhook in webhooks if webhook.organization is not None}
    found = await organizations.by_ids(ids)
    served = await areas.areas_of(ids)
    return [
        Standing(webhook, principal_of(webhook, found.get(owner), [area.path for area in served.get(owner, ())]))
        for webhook in webhooks
        if (owner := webhook.organization) is not None
    ]


def principal_of(webhook: Webhook, organization: Organization | None, served: list[str]) -> Principal:
    """The caller that a webhook counts as."""
    bindings: tuple[Binding, ...] = ()
    if organization is not None and _exists(organization):
        paths = dict.fromkeys([organization.path, *served])
        bindings = tuple(Binding(webhook.role, path, None, organization.id) for path in paths)
    return Principal(
        account_code=f"webhook:{webhook.code}",
        bindings=bindings,
        acting_for=webhook.organization if bindings else None,
        source="webhook",
    )


def _exists(organization: Organization) -> bool:
    today = clock.today()
    begun = organization.valid_from is None or organization.valid_from <= today
    return begun and (organization.valid_to is None or today < organization.valid_to)
