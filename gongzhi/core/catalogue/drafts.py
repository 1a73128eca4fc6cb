"""The items of a draft: read, put, remove. Each item carries its own version, so that editors meet only on one item."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from gongzhi.core import journal
from gongzhi.core.catalogue import content, tables
from gongzhi.core.catalogue.item import Item, ItemContent
from gongzhi.core.catalogue.lists import ListSpec
from gongzhi.core.catalogue.records import Edition, EditionState
from gongzhi.core.errors import Conflict, IllegalTransition, Invalid, NotFound
from gongzhi.core.ids import uuid7
from gongzhi.core.permissions import Decision, Principal

_table = tables.EditionItem


async def draft_contents(edition_id: UUID) -> list[ItemContent]:
    """The contents of an edition in their order, straight from the database."""
    rows = await _table.select(_table.document).where(_table.edition == edition_id).order_by(_table.position)
    return [content.decode(row["document"]) for row in rows]


async def draft_items(edition: Edition, spec: ListSpec) -> list[tuple[Item, int]]:
    """The items of an edition that is not published, each with its version."""
    rows = await _table.select(*_table.all_columns()).where(_table.edition == edition.id).order_by(_table.position)
    return [(item_of(row, edition, spec), row["version"]) for row in rows]


def item_of(row: Mapping[str, Any], edition: Edition, spec: ListSpec) -> Item:
    """A row as an item."""
    return content.materialise(
        content.decode(row["document"]),
        spec,
        item_id=row["id"],
        edition_id=edition.id,
        edition_number=edition.number,
        position=row["position"],
    )


def item_rows(edition_id: UUID, contents: Iterable[ItemContent]) -> list[tables.EditionItem]:
    """The rows of contents in their order."""
    return [
        _table(
            id=uuid7(),
            edition=edition_id,
            code=item.code,
            name=item.name,
            position=position,
            document=content.encode(item).decode(),
        )
        for position, item in enumerate(contents)
    ]


async def put_item(
    principal: Principal, decision: Decision, edition: Edition, spec: ListSpec, item: ItemContent, version: int | None
) -> tuple[Item, int]:
    """Add the item, or replace the one of its code if it is still at `version`. Answers it with its new version."""
    await _hold(edition)
    content.attributes_of(item, spec, "content.attributes")
    rows = (
        await _table.select(*_table.all_columns()).where(_table.edition == edition.id).where(_table.code == item.code)
    )
    document = content.encode(item).decode()
    if not rows:
        if version is not None:
            raise NotFound(f"edition {edition.number} has no item {item.code}; leave out the version to add it")
        row = await _append(edition, item, document)
        before = None
    else:
        row, before = rows[0], rows[0]["document"]
        if version is None:
            raise Conflict(f"edition {edition.number} has an item {item.code} already; name its version to replace it")
        await _replace(row, version, item, document)
        row = {**row, "name": item.name, "document": document, "version": version + 1}
    await journal.write(
        principal,
        decision,
        f"Item:{row['id']}",
        before={"code": item.code, "document": before} if before is not None else None,
        after={"code": item.code, "document": document},
    )
    return item_of(row, edition, spec), row["version"]


async def remove_item(principal: Principal, decision: Decision, edition: Edition, code: str, version: int) -> None:
    """Take the item out of the draft if it is still at `version`."""
    await _hold(edition)
    gone = await (
        _table.delete()
        .where(_table.edition == edition.id)
        .where(_table.code == code)
        .where(_table.version == version)
        .returning(_table.id, _table.document)
    )
    if not gone:
        found = await _table.exists().where(_table.edition == edition.id).where(_table.code == code)
        if found:
            raise Conflict(f"item {code} changed since version {version}; load it again")
        raise NotFound(f"edition {edition.number} has no item {code[:64]!r}")
    await tables.Edition.update({tables.Edition.item_count: tables.Edition.item_count - 1}).where(
        tables.Edition.id == edition.id
    )
    before = {"code": code, "document": gone[0]["document"]}
    await journal.write(principal, decision, f"Item:{gone[0]['id']}", before=before)


async def replace_all(edition: Edition, contents: list[ItemContent]) -> None:
    """Put `contents` in place of everything that the draft holds.

    An item that stays keeps its id; one that becomes another counts it in its version, as if it had been edited.
    """
    await _hold(edition)
    rows = await _table.select(*_table.all_columns()).where(_table.edition == edition.id)
    held = {row["code"]: row for row in rows}
    wanted = {row.code: row for row in item_rows(edition.id, contents)}
    for code in held.keys() & wanted.keys():
        row, old = wanted[code], held[code]
        row.id, row.version = old["id"], old["version"] + (old["document"] != row.document)
    stale = [row["id"] for code, row in held.items() if code not in wanted or not _same(row, wanted[code])]
    fresh = [row for code, row in wanted.items() if code not in held or not _same(held[code], row)]
    for start in range(0, len(stale), 500):
        await _table.delete().where(_table.id.is_in(stale[start : start + 500]))
    for start in range(0, len(fresh), 200):
        await _table.insert(*fresh[start : start + 200])
    await tables.Edition.update({tables.Edition.item_count: len(contents)}).where(tables.Edition.id == edition.id)


def _same(row: dict[str, Any], wanted: tables.EditionItem) -> bool:
    return bool(row["document"] == wanted.document and row["position"] == wanted.position)


async def _hold(edition: Edition) -> None:
    """Lock the edition's row until the end of the transaction, and refuse if it is not a draft any more."""
    held = await (
        tables.Edition.update({tables.Edition.state: EditionState.draft.value})
        .where(tables.Edition.id == edition.id)
        .where(tables.Edition.state == EditionState.draft.value)
        .returning(tables.Edition.id)
    )
    if not held:
        raise IllegalTransition(
            f"edition {edition.number} is not a draft any more; a correction is a new edition",
            state=edition.state.value,
            allowed=(),
        )


async def _append(edition: Edition, item: ItemContent, document: str) -> dict[str, Any]:
    last = await (
        _table.select(_table.position)
        .where(_table.edition == edition.id)
        .order_by(_table.position, ascending=False)
        .limit(1)
    )
    row = _table(
        id=uuid7(),
        edition=edition.id,
        code=item.code,
        name=item.name,
        position=(last[0]["position"] + 1) if last else 0,
        document=document,
    )
    await _table.insert(row)
    await tables.Edition.update({tables.Edition.item_count: tables.Edition.item_count + 1}).where(
        tables.Edition.id == edition.id
    )
    return row.to_dict()


async def _replace(row: dict[str, Any], version: int, item: ItemContent, document: str) -> None:
    if item.code != row["code"]:
        raise Invalid.at("content.code", f"the code {row['code']} is stable for ever")
    changed = await (
        _table.update({_table.name: item.name, _table.document: document, _table.version: version + 1})
        .where(_table.id == row["id"])
        .where(_table.version == version)
        .returning(_table.id)
    )
    if not changed:
        raise Conflict(f"item {row['code']} changed since version {version}; load it again")
