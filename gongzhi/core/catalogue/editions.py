"""The life of an edition: draft, edit, submit, return, publish, withdraw. What is published never changes again."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from gongzhi.core import clock, db, journal
from gongzhi.core.actors.tables import Organization
from gongzhi.core.batching import look_up
from gongzhi.core.catalogue import content, feed, tables
from gongzhi.core.catalogue.commands import DraftEdition, PublishEdition, ReturnEdition, StepEdition, WithdrawEdition
from gongzhi.core.catalogue.drafts import draft_contents, item_rows
from gongzhi.core.catalogue.item import ItemContent
from gongzhi.core.catalogue.publication import check_effective, check_publishable
from gongzhi.core.catalogue.records import OPEN_STATES, Edition, EditionState, ServiceList
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.errors import Conflict, IllegalTransition, Invalid, NotFound
from gongzhi.core.fields import checked
from gongzhi.core.ids import uuid7
from gongzhi.core.permissions import Decision, Principal, decide, require
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


class Home(msgspec.Struct, frozen=True):
    """Where a list belongs: the place and the id of the organization that owns it; the root and None without one."""

    path: str = ROOT
    organization: UUID | None = None


async def edition(principal: Principal, edition_id: UUID) -> Edition:
    """An edition, or NotFound; an unpublished one only for those who may read drafts."""
    found = await _fetched(edition_id)
    if found.state in OPEN_STATES:
        _check_visible(principal, found, await home_of(await _list_of(found)))
    return found


async def open_editions(principal: Principal, service_list_id: UUID) -> list[Edition]:
    """The drafts and editions in review of a list, for those who may read drafts of it."""
    owned = await look_up(lists_by_ids, service_list_id)
    if owned is None:
        raise NotFound(f"there is no list {str(service_list_id)!r}")
    _require(principal, "read_draft", await home_of(owned))
    return await look_up(_open_of, service_list_id) or []


async def _open_of(service_lists: Iterable[UUID]) -> dict[UUID, list[Edition]]:
    """The open editions of lists, by number."""
    rows = await (
        _table.select(*_table.all_columns())
        .where(_table.service_list.is_in(list(service_lists)))
        .where(_table.state.is_in([state.value for state in OPEN_STATES]))
        .order_by(_table.number)
    )
    found: dict[UUID, list[Edition]] = {}
    for row in rows:
        found.setdefault(row["service_list"], []).append(as_record(row, Edition))
    return found


async def place_of(found: Edition) -> str:
    """Where the list of an edition belongs: its owner's territory, or everywhere."""
    return (await home_of(await _list_of(found))).path


async def home_of(owner: ServiceList) -> Home:
    """Where a list belongs: with the organization that owns it."""
    if not owner.owner:
        return Home()
    return await look_up(_homes, owner.owner) or Home()


async def _homes(codes: Iterable[str]) -> dict[str, Home]:
    table = Organization
    rows = await table.select(table.id, table.path, table.code).where(table.code.is_in(list(codes)))
    return {row["code"]: Home(row["path"], row["id"]) for row in rows}


async def authorized(principal: Principal, edition_id: UUID, action: str) -> tuple[Edition, ServiceList, Decision]:
    """The edition, its list and the decision for the action; NotFound for a draft that the caller may not see."""
    found = await _fetched(edition_id)
    owner = await _list_of(found)
    home = await home_of(owner)
    if found.state in OPEN_STATES:
        _check_visible(principal, found, home)
    return found, owner, _require(principal, action, home)


async def _fetched(edition_id: UUID) -> Edition:
    return as_record(await fetch(_table, _table.id, edition_id, "edition"), Edition)


async def _list_of(found: Edition) -> ServiceList:
    return (await lists_by_ids([found.service_list]))[found.service_list]


def _require(principal: Principal, action: str, home: Home) -> Decision:
    return require(principal, action, RESOURCE, home.path, owner=home.organization)


def _check_visible(principal: Principal, found: Edition, home: Home) -> None:
    # `require` would say Forbidden, for everybody may read editions: that there is a draft is not for everybody.
    if not decide(principal, "read_draft", RESOURCE, home.path, owner=home.organization):
        raise NotFound(f"there is no edition {str(found.id)!r}")


async def draft(principal: Principal, catalogue: Catalogue, command: DraftEdition) -> Edition:
    """Open a draft with the items of an earlier edition. A list has one open edition at a time."""
    command = checked(command)
    spec = catalogue.registry.get(command.slug)
    owner = await service_list(spec.slug)
    decision = _require(principal, "draft", await home_of(owner))
    rows = await (
        _table.select(_table.id, _table.number, _table.state)
        .where(_table.service_list == owner.id)
        .order_by(_table.number, ascending=False)
    )
    for earlier in rows:
        if EditionState(earlier["state"]) in OPEN_STATES:
            raise Conflict(
                f"edition {earlier['number']} of {spec.slug} is in {earlier['state']}; publish it or edit it"
            )
    base = _base_edition(rows, command.based_on)
    contents = await draft_contents(base) if base else []
    created_row = _table(
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
    created = await journal.insert(principal, decision, created_row, Edition)
    await insert_items(created.id, contents)
    return created


async def insert_items(edition_id: UUID, contents: Iterable[ItemContent]) -> None:
    """Write the rows of an edition's items in their order, a few hundred a statement."""
    rows = item_rows(edition_id, contents)
    for start in range(0, len(rows), 200):
        await tables.EditionItem.insert(*rows[start : start + 200])


async def submit(principal: Principal, command: StepEdition) -> Edition:
    """Draft > review: what is wrong with it is said now, all at once."""
    command = checked(command)
    current, _, decision = await _step(principal, command.edition, command.version, "submit")
    check_publishable(await draft_contents(current.id), await contents_before(current))
    return await journal.amend(principal, decision, _table, current, {"state": EditionState.review.value})


async def send_back(principal: Principal, command: ReturnEdition) -> Edition:
    """Review > draft, with the reviewer's reason in the edition's note."""
    command = checked(command)
    current, _, decision = await _step(principal, command.edition, command.version, "return")
    values = {"state": EditionState.draft.value, "note": command.note}
    return await journal.amend(principal, decision, _table, current, values)


async def publish(principal: Principal, catalogue: Catalogue, command: PublishEdition) -> Edition:
    """Review > published, in force from the day on; atomically with digest, change feed, audit line and revision."""
    command = checked(command)
    current, owner, decision = await _step(principal, command.edition, command.version, "publish")
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
    await feed.record_publication(owner.slug, published, newest(earlier))
    await db.current().after_commit(catalogue.refresh)
    return published


async def withdraw(principal: Principal, catalogue: Catalogue, command: WithdrawEdition) -> Edition:
    """Published > withdrawn from a day on; the one before it is in force again. It stays readable."""
    command = checked(command)
    current, owner, decision = await _step(principal, command.edition, command.version, "withdraw")
    on = check_day(command.on or clock.today(), "on")
    if on < clock.today():
        raise Invalid.at("on", f"{on} is past; what was in force then cannot be changed", "use today or a later day")
    values = {"state": EditionState.withdrawn.value, "withdrawn_from": on}
    withdrawn = await journal.amend(principal, decision, _table, current, values)
    await feed.record_withdrawal(owner.slug, withdrawn, newest(await _published(current.service_list)))
    await db.current().after_commit(catalogue.refresh)
    return withdrawn


async def _step(
    principal: Principal, edition_id: UUID, version: int, step: str
) -> tuple[Edition, ServiceList, Decision]:
    current, owner, decision = await authorized(principal, edition_id, step)
    check_version(current.version, version, "edition")
    allowed = STEPS[current.state]
    if step not in allowed:
        raise IllegalTransition(
            f"edition {current.number} is {current.state}: it cannot {step}"
            + (f", it can {' or '.join(allowed)}" if allowed else ""),
            state=current.state.value,
            allowed=allowed,
        )
    return current, owner, decision


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


def newest(editions: Iterable[Edition]) -> Edition | None:
    """Of editions by number the last one that is published and not withdrawn: what the next one is compared with."""
    standing = [found for found in editions if found.state is EditionState.published]
    return standing[-1] if standing else None


async def contents_before(current: Edition) -> list[ItemContent]:
    """The contents of the newest published edition of the same list."""
    before = newest(await _published(current.service_list))
    return await draft_contents(before.id) if before else []


def _base_edition(rows: list[dict[str, object]], based_on: int | None) -> UUID | None:
    if based_on == 0:
        return None
    for row in rows:
        if row["number"] == based_on or (based_on is None and row["state"] == EditionState.published.value):
            return msgspec.convert(row["id"], UUID)
    if based_on is None:
        return None
    raise NotFound(f"there is no edition {based_on} of this list")
