"""Use cases on webhooks. Workers hear of each change within a second."""

import contextlib
import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from gongzhi.core import clock, journal
from gongzhi.core.actors import areas, organizations
from gongzhi.core.actors.records import Organization
from gongzhi.core.errors import Conflict, Forbidden, Invalid, NotFound
from gongzhi.core.events.outbox import bump
from gongzhi.core.events.tables import TARGET_LENGTH, EventDelivery, EventTarget
from gongzhi.core.fields import checked, given
from gongzhi.core.paging import Page, PageRequest
from gongzhi.core.permissions import SYSTEM, Decision, Principal, current, decide, require
from gongzhi.core.permissions.roles import SYSTEM_ROLE
from gongzhi.core.records import check_version
from gongzhi.core.register import Register
from gongzhi.core.settings import Settings
from gongzhi.core.territory import service as territory
from gongzhi.core.webhooks import tables
from gongzhi.core.webhooks.addresses import Rules, destination
from gongzhi.core.webhooks.connecting import NotAllowed, resolve
from gongzhi.core.webhooks.records import (
    CreateWebhook,
    RemoveWebhook,
    ResumeWebhook,
    RotateWebhookSecret,
    SuspendWebhook,
    UpdateWebhook,
    Webhook,
)
from gongzhi.core.webhooks.secrets import Secrets, shown

logger = logging.getLogger("gongzhi.webhooks")

RESOURCE = "webhooks.webhook"
REVISION = "webhooks"
"""The counter that grows with each change, by which workers know of it."""
_PREFIX = "webhook:"
_table = tables.Webhook
REGISTER = Register(RESOURCE, _table, Webhook, "webhook", order=((_table.code, str),))


def target_of(webhook: UUID) -> str:
    """The name under which the events of a webhook wait."""
    return f"{_PREFIX}{webhook}"[:TARGET_LENGTH]


async def webhooks(principal: Principal, request: PageRequest) -> Page[Webhook]:
    """The webhooks that the caller may read, by code."""
    return await REGISTER.page(principal, request)


async def by_code(principal: Principal, code: str) -> Webhook:
    """The webhook of a code, or NotFound, also for those who may not read it."""
    rows = await _table.select(_table.id).where(_table.code == code)
    if not rows:
        raise NotFound(f"There is no webhook {code[:64]!r}, or none that you may see.")
    return await REGISTER.get(principal, rows[0]["id"])


async def active() -> list[tuple[Webhook, str, str]]:
    """Every webhook that is not suspended, with what its secrets are derived from: for workers."""
    rows = await _table.select(*_table.all_columns()).where(_table.active.eq(True)).order_by(_table.code)
    return [(REGISTER.from_row(row), row["salt"], row["former_salt"]) for row in rows]


async def create(principal: Principal, settings: Settings, command: CreateWebhook) -> tuple[Webhook, str]:
    """A new webhook with its secret, which is never shown again.

    :raises Invalid: the address leads somewhere that may not be sent to, or the place is not the organization's.
    :raises Forbidden: the role is not one that the caller has in the organization. Conflict when the code is taken.
    """
    command = checked(command)
    organization = await organizations.find(command.organization)
    path = await _path(organization, command.path or organization.path)
    require(principal, "create", RESOURCE, path, owner=organization.id)
    role = _role(principal, organization.id, path, command.role)
    await check_address(settings, command.url)
    if await _table.exists().where(_table.code == command.code):
        raise Conflict(f"The code {command.code} is taken.")
    secrets = Secrets(settings)
    salt = secrets.new_salt()
    values = given(command, "organization", "role", "path")
    values |= {"role": role, "salt": salt, "created_at": clock.now()}
    made = await REGISTER.insert(principal, path, values, organization=organization.id)
    await bump(REVISION)
    return made, shown(secrets.of(salt))


async def revise(principal: Principal, settings: Settings, command: UpdateWebhook) -> Webhook:
    """Change where it sends, what, or in which role. What waits is sent by the new rules."""
    command = checked(command)
    current_one, decision = await _loaded(principal, "update", command.webhook, command.version)
    owner = _owner(current_one)
    values = given(command, "webhook", "version")
    path = current_one.path
    if command.path is not None:
        organization = (await organizations.by_ids([owner]))[owner]
        path = values["path"] = await _path(organization, command.path)
        require(principal, "update", RESOURCE, path, owner=owner)
    if command.role is not None or command.path is not None:
        values["role"] = _role(principal, owner, path, command.role or current_one.role)
    if command.url is not None:
        await check_address(settings, command.url)
    return await _amend(principal, decision, current_one, values)


async def rotate(principal: Principal, settings: Settings, command: RotateWebhookSecret) -> tuple[Webhook, str]:
    """A new secret, shown this once; what is sent is signed with both for `keep_hours`."""
    command = checked(command)
    found, decision = await _loaded(principal, "rotate", command.webhook, command.version)
    secrets = Secrets(settings)
    salt, keep = secrets.new_salt(), timedelta(hours=command.keep_hours)
    (row,) = await _table.select(_table.salt).where(_table.id == found.id)
    values = {
        "salt": salt,
        "former_salt": row["salt"] if keep else "",
        "former_until": clock.now() + keep if keep else None,
    }
    return await _amend(principal, decision, found, values), shown(secrets.of(salt))


async def suspend(principal: Principal, command: SuspendWebhook) -> Webhook:
    """Send nothing for now. Conflict when it is suspended already."""
    command = checked(command)
    found, decision = await _loaded(principal, "suspend", command.webhook, command.version)
    if not found.active:
        raise Conflict(f"The webhook {found.code} is suspended already.")
    return await _amend(principal, decision, found, {"active": False, "reason": command.reason or "by hand"})


async def resume(principal: Principal, command: ResumeWebhook) -> Webhook:
    """Send again, what waits first. Conflict when it is active."""
    command = checked(command)
    found, decision = await _loaded(principal, "resume", command.webhook, command.version)
    if found.active:
        raise Conflict(f"The webhook {found.code} is active already.")
    well: dict[Any, Any] = {EventTarget.failing: 0, EventTarget.failing_since: None, EventTarget.rest_until: None}
    await EventTarget.update(well).where(EventTarget.name == target_of(found.id))
    return await _amend(principal, decision, found, {"active": True, "reason": ""})


async def remove(principal: Principal, command: RemoveWebhook) -> Webhook:
    """Remove it with its deliveries, also those that wait."""
    command = checked(command)
    found, decision = await _loaded(principal, "remove", command.webhook, command.version)
    removal = _table.delete().where(_table.id == found.id).where(_table.version == found.version)
    if not await removal.returning(_table.id):
        raise Conflict("this webhook changed meanwhile; load it again")
    await EventDelivery.delete().where(EventDelivery.target == target_of(found.id))
    await EventTarget.delete().where(EventTarget.name == target_of(found.id))
    await journal.write(principal, decision, journal.label_of(found), before=journal.state_of(found))
    await bump(REVISION)
    return found


async def give_up(webhook: UUID, reason: str) -> None:
    """Suspend a webhook whose receiver wants nothing, or has not answered well for days. For the worker."""
    rows = await _table.select(*_table.all_columns()).where(_table.id == webhook).where(_table.active.eq(True))
    if rows:
        found = REGISTER.from_row(rows[0])
        logger.warning("the webhook %s is suspended: %s", found.code, reason)
        decision = require(SYSTEM, "suspend", RESOURCE, found.path, owner=found.organization)
        with contextlib.suppress(Conflict):  # somebody changes it just now, and it is looked at again
            await _amend(SYSTEM, decision, found, {"active": False, "reason": reason[:300]})


async def check_address(settings: Settings, url: str) -> None:
    """:raises Invalid: nothing may be sent there, or the name cannot be found. It is looked at again each time."""
    rules = Rules.of(settings)
    to = destination(url, rules)
    try:
        await resolve(to.host, to.port, rules)
    except NotAllowed as error:
        remedy = "use an address on the internet, or have its network added to webhook_networks"
        raise Invalid.at("url", str(error), remedy) from None
    except (OSError, UnicodeError):
        raise Invalid.at("url", "the name cannot be found", "correct it, or try again") from None


async def _loaded(principal: Principal, action: str, key: UUID, version: int) -> tuple[Webhook, Decision]:
    found = await REGISTER.find(principal, key)
    decision = REGISTER.require(principal, action, found)
    check_version(found.version, version, "webhook")
    return found, decision


async def _amend(principal: Principal, decision: Decision, found: Webhook, values: dict[str, Any]) -> Webhook:
    changed = await REGISTER.amend(principal, decision, found, values)
    await bump(REVISION)
    return changed


def _owner(webhook: Webhook) -> UUID:
    assert webhook.organization is not None  # noqa: S101  # its column holds no NULL
    return webhook.organization


async def _path(organization: Organization, path: str) -> str:
    """A place that the organization serves."""
    place = await territory.find(path, clock.today())
    if not await areas.serves(organization, place.path):
        raise Invalid.at("path", f"{organization.code} does not serve {place.path}", "name its own place, or one below")
    return place.path


def _role(principal: Principal, organization: UUID, path: str, wanted: str | None) -> str:
    """The role that the webhook is to have: one of the caller's own there, unless they may give any."""
    snapshot = current()
    own = [each.role for each in snapshot.held(principal) if each.organization_id == organization]
    if wanted is None:
        if not own:
            raise Invalid.at("role", "you hold no role in this organization", "name the role that it is to have")
        return own[0]
    if wanted not in snapshot.vocabulary.roles or wanted == SYSTEM_ROLE:
        names = ", ".join(name for name in snapshot.vocabulary.roles if name != SYSTEM_ROLE)
        raise Invalid.at("role", f"there is no role {wanted!r} that it could have", f"use one of {names}")
    if wanted not in own and not decide(principal, "assign", RESOURCE, path, owner=organization).allowed:
        raise Forbidden(f"You do not hold the role {wanted} in this organization, and may not give it to a webhook.")
    return wanted
