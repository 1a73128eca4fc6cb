"""The life of an edition: draft, edit, submit, return, publish, withdraw. What is published never changes again."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import msgspec

from gongzhi.core import clock, db, journal
from gongzhi.core.catalogue import content, feed, tables
from gongzhi.core.catalogue.drafts import draft_contents, item_rows
from gongzhi.core.catalogue.item import ItemContent
from gongzhi.core.catalogue.publication import check_effective, check_publishable
from gongzhi.core.catalogue.records import (
    OPEN_STATES,
    DraftEdition,
    Edition,
    EditionState,
    PublishEdition,
    ServiceList,
)
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.errors import Conflict, IllegalTransition, Invalid, NotFound
from gongzhi.core.fields import checked
from gongzhi.core.ids import uuid7
from gongzhi.core.permissions import Principal, require
from gongzhi.core.records import as_record, check_version, fetch, fetch_many, update
from gongzhi.core.territory.path import ROOT
from gongzhi.core.validity import check_day

RESOURCE = "catalogue.edition"
STEPS = {
    EditionState.draft: ("edit", "submit"),
    EditionState.review: ("return", "publish"),
    EditionState.published: ("withdraw",),
    EditionState.withdrawn: (),
}
"""What can be done with an edition in each state."""

_table = tables.Edition


async def service_list(slug: str) -> ServiceList:
    """The list of that slug, or NotFound."""
    row = await fetch(tables.ServiceList, tables.ServiceList.slug, slug, "list")
    return as_record(row, ServiceList)


async def lists_by_ids(ids: Iterable[UUID]) -> dict[UUID, ServiceList]:
    """The lists of these ids: one statement."""
    rows = await fetch_many(tables.ServiceList, tables.ServiceList.id, ids)
    return {row["id"]: as_record(row, ServiceList) for row in rows}


async def by_ids(ids: Iterable[UUID]) -> dict[UUID, Edition]:
    """The editions of these ids, in any state: one statement. For records that refer to them."""
    return {row["id"]: as_record(row, Edition) for row in await fetch_many(_table, _table.id, ids)}


async def edition(principal: Principal, edition_id: UUID) -> Edition:
    """An edition, or NotFound; an unpublished one only for those who may read drafts."""
    found = as_record(await fetch(_table, _table.id, edition_id, "edition"), Edition)
    if found.state in OPEN_STATES:
        require(principal, "read_draft", RESOURCE, await place_of(found), readable=False)
    return found


async def open_editions(principal: Principal, service_list_id: UUID) -> list[Edition]:
    """The drafts and editions in review of a list. The caller asks for `read_draft` first."""
    states = [state.value for state in OPEN_STATES]
    rows = await (
        _table.select(*_table.all_columns())
        .where(_table.service_list == service_list_id)
        .where(_table.state.is_in(states))
        .order_by(_table.number)
    )
    return [as_record(row, Edition) for row in rows]


async def place_of(found: Edition) -> str:
    """Where the list of an edition belongs: its owner's territory, or everywhere."""
    owner = (await lists_by_ids([found.service_list]))[found.service_list]
    return await list_place(owner)


async def list_place(owner: ServiceList) -> str:
    """The path of the organization that owns a list, the root where none is entered."""
    if not owner.owner:
        return ROOT
    organizations = tables.Organization
    rows = await organizations.select(organizations.path).where(organizations.code == owner.owner)
    return str(rows[0]["path"]) if rows else ROOT


async def draft(principal: Principal, catalogue: Catalogue, command: DraftEdition) -> Edition:
    """Open a draft with the items of an earlier edition. A list has one open edition at a time."""
    command = checked(command)
    spec = catalogue.registry.get(command.slug)
    owner = await service_list(spec.slug)
    decision = require(principal, "draft", RESOURCE, await list_place(owner))
    rows = await (
        _table.select(_table.id, _table.number, _table.state)
        .where(_table.service_list == owner.id)
        .order_by(_table.number, ascending=False)
    )
    for row in rows:
        if EditionState(row["state"]) in OPEN_STATES:
            raise Conflict(f"edition {row['number']} of {spec.slug} is in {row['state']}; publish it or edit it")
    base = _base_edition(rows, command.based_on)
    contents = await draft_contents(base) if base else []
    row = _table(
        id=uuid7(),
        service_list=owner.id,
        number=(rows[0]["number"] if rows else 0) + 1,
        label=command.label,
        label_en=command.label_en,
        state=EditionState.draft.value,
        note=command.note,
        provenance=command.provenance.value,
        item_count=len(contents),
        created_at=clock.now(),
        created_by=principal.account_id,
    )
    created = await journal.insert(principal, decision, row, Edition)
    await insert_items(created.id, contents)
    return created


async def insert_items(edition_id: UUID, contents: Iterable[ItemContent]) -> None:
    """Write the rows of an edition's items in their order, a few hundred a statement."""
    rows = item_rows(edition_id, contents)
    for start in range(0, len(rows), 200):
        await tables.EditionItem.insert(*rows[start : start + 200])


async def submit(principal: Principal, edition_id: UUID, version: int) -> Edition:
    """Draft > review: what is wrong with it is said now, all at once."""
    current = await _step(principal, edition_id, version, "submit")
    decision = require(principal, "submit", RESOURCE, await place_of(current))
    check_publishable(await draft_contents(current.id), await contents_before(current))
    return await journal.amend(principal, decision, _table, current, {"state": EditionState.review.value})


async def send_back(principal: Principal, edition_id: UUID, version: int, note: str) -> Edition:
    """Review > draft, with the reviewer's reason in the edition's note."""
    current = await _step(principal, edition_id, version, "return")
    decision = require(principal, "return", RESOURCE, await place_of(current))
    if not note.strip():
        raise Invalid.at("note", "say why the edition goes back")
    values = {"state": EditionState.draft.value, "note": note.strip()[:2000]}
    return await journal.amend(principal, decision, _table, current, values)


async def publish(principal: Principal, catalogue: Catalogue, command: PublishEdition) -> Edition:
    """Review > published, in force from the day on; atomically with digest, change feed, audit line and revision."""
    command = checked(command)
    current = await _step(principal, command.edition, command.version, "publish")
    owner = (await lists_by_ids([current.service_list]))[current.service_list]
    decision = require(principal, "publish", RESOURCE, await list_place(owner))
    day = check_day(command.effective_from or clock.today(), "effective_from")
    earlier = await _published(current.service_list)
    check_effective(day, earlier)
    contents = await draft_contents(current.id)
    check_publishable(contents, await contents_before(current))
    values = {
        "state": EditionState.published.value,
        "digest": content.digest_of(contents),
        "item_count": len(contents),
        "published_at": clock.now(),
        "published_by": principal.account_id,
        "effective_from": day,
    }
    published = await journal.amend(principal, decision, _table, current, values)
    await feed.record_publication(owner.slug, published, earlier[-1] if earlier else None)
    await db.current().after_commit(catalogue.refresh)
    return published


async def withdraw(principal: Principal, catalogue: Catalogue, edition_id: UUID, version: int, on: date) -> Edition:
    """Published > withdrawn from a day on; the one before it is in force again. It stays readable."""
    current = await _step(principal, edition_id, version, "withdraw")
    owner = (await lists_by_ids([current.service_list]))[current.service_list]
    decision = require(principal, "withdraw", RESOURCE, await list_place(owner))
    if on < clock.today():
        raise Invalid.at("on", f"{on} is past; what was in force then cannot be changed", "use today or a later day")
    values = {"state": EditionState.withdrawn.value, "withdrawn_from": check_day(on, "on")}
    withdrawn = await journal.amend(principal, decision, _table, current, values)
    await feed.record_withdrawal(owner.slug, withdrawn)
    await db.current().after_commit(catalogue.refresh)
    return withdrawn


async def _step(principal: Principal, edition_id: UUID, version: int, step: str) -> Edition:
    current = await edition(principal, edition_id)
    check_version(current.version, version, "edition")
    allowed = STEPS[current.state]
    if step not in allowed:
        raise IllegalTransition(
            f"edition {current.number} is {current.state}: it cannot {step}"
            + (f", it can {' or '.join(allowed)}" if allowed else ""),
            state=current.state.value,
            allowed=allowed,
        )
    return current


def check_seen(current: Edition, version: int) -> None:
    """Conflict when the editor saw another version of the edition."""
    check_version(current.version, version, "edition")


async def touch(current: Edition) -> Edition:
    """Count a change of the edition's items as a change of the edition; Conflict if it changed meanwhile."""
    await update(_table, current.id, current.version, {})
    return as_record(await fetch(_table, _table.id, current.id, "edition"), Edition)


async def _published(service_list_id: UUID) -> list[Edition]:
    rows = await (
        _table.select(*_table.all_columns())
        .where(_table.service_list == service_list_id)
        .where(_table.state.not_in([state.value for state in OPEN_STATES]))
        .order_by(_table.number)
    )
    return [as_record(row, Edition) for row in rows]


async def contents_before(current: Edition) -> list[ItemContent]:
    """The contents of the newest published edition of the same list."""
    earlier = await _published(current.service_list)
    return await draft_contents(earlier[-1].id) if earlier else []


def _base_edition(rows: list[dict[str, object]], based_on: int | None) -> UUID | None:
    if based_on == 0:
        return None
    for row in rows:
        if row["number"] == based_on or (based_on is None and row["state"] == EditionState.published.value):
            return msgspec.convert(row["id"], UUID)
    if based_on is None:
        return None
    raise NotFound(f"there is no edition {based_on} of this list")
