"""Erasing a person: the account stays as an empty place that records refer to, and nothing tells who it was."""

from typing import Any

import msgspec

from gongzhi.core import clock
from gongzhi.core.actors import accounts, tables
from gongzhi.core.actors.commands import EraseAccount
from gongzhi.core.actors.records import Account, AccountStatus
from gongzhi.core.audit import erasure
from gongzhi.core.audit.log import record
from gongzhi.core.errors import Conflict
from gongzhi.core.events.outbox import emit
from gongzhi.core.events.tables import Event
from gongzhi.core.fields import checked
from gongzhi.core.idempotency.tables import IdempotencyKey
from gongzhi.core.journal import label_of
from gongzhi.core.permissions import Principal, decide, require
from gongzhi.core.records import as_record, check_version, update

ERASED_NAME = "已删除 (erased)"
"""What is shown in place of the name of a person who was erased."""


async def erase(principal: Principal, command: EraseAccount) -> Account:
    """Remove a person's data for ever: account, remarks on posts, events, answers kept, and what the audit log tells.

    Posts stay, without a name. Modules that keep data of their own about the person hear of it by the event.

    :raises Conflict: they hold posts, which end first; or they are erased already.
    """
    command = checked(command)
    current = await accounts.find(command.code)
    place, standing = await accounts.place_of(current.id), accounts.relations_to(principal, current.id)
    readable = decide(principal, "read", accounts.RESOURCE, place, standing).allowed
    decision = require(principal, erasure.ACTION, accounts.RESOURCE, place, standing, readable=readable)
    check_version(current.version, command.version, "account")
    await _refuse_active(current)
    emptied = {**_EMPTY, "code": f"erased-{current.id.hex[-12:]}"}
    await update(tables.Account, current.id, current.version, emptied)
    gone = as_record({**msgspec.structs.asdict(current), **emptied, "version": current.version + 1}, Account)
    label = label_of(gone)
    await record(principal, decision, label, msgspec.to_builtins(current), msgspec.to_builtins(gone))
    await erasure.forget_salts(label)
    await erasure.forget_person(current.id)
    await _empty_events(label, {"name": gone.name, "code": gone.code})
    for post in await _noted_posts(current):
        await erasure.forget(post, principal, decision)
    await IdempotencyKey.delete().where(IdempotencyKey.account == current.id)
    told = {name: value for name, value in msgspec.to_builtins(gone).items() if name not in accounts.PRIVATE}
    await emit(f"{decision.resource}.{decision.action}", label, decision.path, told)
    return gone


_EMPTY: dict[str, Any] = {
    "name": ERASED_NAME,
    "issuer": None,
    "subject": None,
    "birth_date": None,
    "education": None,
    "status": AccountStatus.erased.value,
}


async def _refuse_active(current: Account) -> None:
    if current.status is AccountStatus.erased:
        raise Conflict(f"the account {current.code} is erased already")
    post = tables.Membership
    held = await post.count().where(
        (post.account == current.id) & (post.valid_to.is_null() | (post.valid_to > clock.today()))
    )
    if held:
        raise Conflict(f"{current.code} still holds {held} posts; end them first", details={"posts": held})


async def _noted_posts(current: Account) -> list[str]:
    """The labels of their posts with a remark, which is removed."""
    post = tables.Membership
    rows = (
        await post.update({post.note: "", post.version: post.version + 1})
        .where(post.account == current.id)
        .where(post.note != "")
        .returning(post.id)
    )
    return [f"Membership:{row['id']}" for row in rows]


async def _empty_events(label: str, values: dict[str, str]) -> None:
    """Events about a record tell these values from now on, also those that were delivered."""
    for row in await Event.select(Event.id, Event.payload).where(Event.record == label):
        payload: dict[str, Any] = msgspec.json.decode(row["payload"])
        payload |= {name: value for name, value in values.items() if name in payload}
        await Event.update({Event.payload: msgspec.json.encode(payload).decode()}).where(Event.id == row["id"])
