"""Attaching files by reference, and commenting; each by whoever may, and each undone by its author alone."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from gongzhi.core import clock, journal
from gongzhi.core.errors import Conflict, Forbidden, NotFound
from gongzhi.core.fields import checked
from gongzhi.core.notes import tables
from gongzhi.core.notes.addresses import check_uri
from gongzhi.core.notes.records import Attachment, Comment
from gongzhi.core.permissions import Decision, Principal
from gongzhi.core.records import as_record, fetch, fetch_many
from gongzhi.core.register import P, Register

ATTACH, COMMENT = "attach", "comment"
"""The actions that a resource declares if its records can be attached to, or commented on."""


async def attach(principal: Principal, register: Register[P], command: Any) -> tuple[P, Attachment]:
    """Attach a file to a record.

    :raises NotFound: there is no such record, or none that the caller may see. Forbidden: they may not attach to it.
    :raises Invalid: a field is wrong; the address is neither https nor urn, or carries a user name.
    """
    record, decision, label = await _allowed(principal, register, command, ATTACH)
    check_uri(command.uri)
    fields = {name: getattr(command, name) for name in ("title", "uri", "digest", "media_type", "size")}
    row = tables.Attachment(
        **fields, record=label, path=record.path, added_by=principal.account_id, added_at=clock.now()
    )
    await tables.Attachment.insert(row)
    made = as_record(row.to_dict(), Attachment)
    told = {"attachment": str(made.id), "digest": made.digest, "media_type": made.media_type}
    await journal.write(principal, decision, label, after=told)
    return record, made


async def detach(principal: Principal, register: Register[P], command: Any) -> P:
    """Take an attachment off; it stays known that it was there.

    :raises Forbidden: somebody else attached it. Conflict: it was taken off already.
    """
    record, decision, label = await _allowed(principal, register, command, ATTACH)
    row = await fetch(tables.Attachment, tables.Attachment.id, command.attachment, "attachment")
    _check_own(principal, row["record"], label, row["added_by"])
    await _end(tables.Attachment, tables.Attachment.removed_at, command.attachment)
    told = {"attachment": str(command.attachment)}
    await journal.write(principal, decision, label, before=told, event="detach")
    return record


async def comment(principal: Principal, register: Register[P], command: Any) -> tuple[P, Comment]:
    """Comment on a record. The event tells that somebody did, and not what they said."""
    record, decision, label = await _allowed(principal, register, command, COMMENT)
    row = tables.Comment(record=label, path=record.path, text=command.text, author=principal.account_id, at=clock.now())
    await tables.Comment.insert(row)
    made = as_record(row.to_dict(), Comment)
    await journal.write(principal, decision, label, after={"comment": str(made.id)})
    return record, made


async def withdraw(principal: Principal, register: Register[P], command: Any) -> P:
    """Withdraw one's comment: its place stays, its text is shown to nobody."""
    record, decision, label = await _allowed(principal, register, command, COMMENT)
    row = await fetch(tables.Comment, tables.Comment.id, command.comment, "comment")
    _check_own(principal, row["record"], label, row["author"])
    await _end(tables.Comment, tables.Comment.withdrawn_at, command.comment)
    told = {"comment": str(command.comment)}
    await journal.write(principal, decision, label, before=told, event="withdraw_comment")
    return record


async def attachments_of(principal: Principal, labels: Iterable[str]) -> dict[str, list[Attachment]]:
    """The attachments of records that were loaded for the caller, in their order. One statement."""
    found: dict[str, list[Attachment]] = {}
    for row in await _by_record(tables.Attachment, tables.Attachment.record, labels):
        if row["removed_at"] is None:
            found.setdefault(row["record"], []).append(as_record(row, Attachment))
    return found


async def comments_of(principal: Principal, labels: Iterable[str]) -> dict[str, list[Comment]]:
    """The comments on records that were loaded for the caller, in their order. One statement."""
    found: dict[str, list[Comment]] = {}
    for row in await _by_record(tables.Comment, tables.Comment.record, labels):
        found.setdefault(row["record"], []).append(_shown(row))
    return found


async def attachments_by_ids(keys: Iterable[UUID]) -> dict[UUID, Attachment]:
    """Attachments by id, for a caller who may read their records. One statement."""
    rows = await fetch_many(tables.Attachment, tables.Attachment.id, keys)
    return {row["id"]: as_record(row, Attachment) for row in rows if row["removed_at"] is None}


async def comments_by_ids(keys: Iterable[UUID]) -> dict[UUID, Comment]:
    """Comments by id, for a caller who may read their records. One statement."""
    return {row["id"]: _shown(row) for row in await fetch_many(tables.Comment, tables.Comment.id, keys)}


def _shown(row: Mapping[str, Any]) -> Comment:
    return as_record({**row, "text": None if row["withdrawn_at"] else row["text"]}, Comment)


async def _by_record(table: Any, column: Any, labels: Iterable[str]) -> list[Mapping[str, Any]]:
    return sorted(await fetch_many(table, column, labels), key=lambda row: str(row["id"]))


async def _allowed(
    principal: Principal, register: Register[P], command: msgspec.Struct, action: str
) -> tuple[P, Decision, str]:
    command = checked(command)
    key: UUID = getattr(command, register.noun)
    record = await register.find(principal, key)
    decision = register.require(principal, action, record)
    return record, decision, journal.label_of(record)


def _check_own(principal: Principal, of: str, label: str, author: UUID | None) -> None:
    if of != label:
        raise NotFound("there is no such note on this record")
    if author is None or author != principal.account_id:
        raise Forbidden("Only who added it can take it back.")


async def _end(table: Any, column: Any, key: UUID) -> None:
    ended = await table.update({column: clock.now()}).where(table.id == key).where(column.is_null()).returning(table.id)
    if not ended:
        raise Conflict("it was taken back already")
