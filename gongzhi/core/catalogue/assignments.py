"""Who performs which function or task where, and what was decided about it (减负增效)."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import msgspec
from piccolo.custom_types import Combinable

from gongzhi.core import clock, journal
from gongzhi.core.actors import organizations
from gongzhi.core.actors.finding import place_and_organization
from gongzhi.core.actors.kinds import ActorKind, OrganizationSubkind
from gongzhi.core.catalogue import tables
from gongzhi.core.catalogue.commands import CreateAssignment, EndAssignment, RecordDisposition
from gongzhi.core.catalogue.lists import DispositionKind
from gongzhi.core.catalogue.offerings import check_item
from gongzhi.core.catalogue.placed import by_place, one_plan_suits
from gongzhi.core.catalogue.records import Assignment, Disposition
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.errors import Conflict, Invalid
from gongzhi.core.fields import checked
from gongzhi.core.paging import Page, PageRequest
from gongzhi.core.permissions import ASSIGNED, Principal, require, scope
from gongzhi.core.records import check_version, fetch, fetch_many
from gongzhi.core.rows import reader
from gongzhi.core.territory import service as territory
from gongzhi.core.validity import check_day, in_force

ASSIGNMENT = "catalogue.assignment"
DISPOSITION = "catalogue.disposition"

_table = tables.Assignment
_decisions = tables.Disposition
assignment_of, disposition_of = reader(Assignment), reader(Disposition)
"""Rows as records."""
_keyset = by_place("assignment", _table, _table.path, Assignment, _table.organization)
_decision_keyset = by_place(
    "disposition", _decisions, _decisions.path, Disposition, _decisions.organization, _decisions.target
)

TARGET_KINDS = {
    DispositionKind.transfer_org: ActorKind.org,
    DispositionKind.transfer_property: ActorKind.org,
    DispositionKind.return_committee: ActorKind.committee,
    DispositionKind.return_department: ActorKind.department,
}
"""Which kind of organization takes over what a disposition hands away."""


class AssignmentFilter(msgspec.Struct, frozen=True):
    """Which assignments: at or below a path, of a list or item, by an organization, in force on a day."""

    within: str | None = None
    list_slug: str | None = None
    item_code: str | None = None
    organization: UUID | None = None
    on: date | None = None


class DispositionFilter(msgspec.Struct, frozen=True):
    """Which dispositions: at or below a path, of a list or item, of a kind, taking effect up to a day."""

    within: str | None = None
    list_slug: str | None = None
    item_code: str | None = None
    kind: DispositionKind | None = None
    until: date | None = None


async def assignments(principal: Principal, wanted: AssignmentFilter, request: PageRequest) -> Page[Assignment]:
    """Assignments that the caller may read, in force on a day (today if None), by path."""
    day = check_day(wanted.on or clock.today(), "on")
    clauses = [*_common(_table, wanted), in_force(_table.valid_from, _table.valid_to, day)]
    if wanted.organization is not None:
        clauses.append(_table.organization == wanted.organization)
    clauses.append(scope(principal, "read", ASSIGNMENT).where(_table))
    return await _keyset.page(request, clauses, once=one_plan_suits(wanted.within))


async def dispositions(principal: Principal, wanted: DispositionFilter, request: PageRequest) -> Page[Disposition]:
    """Dispositions that the caller may read, by path."""
    clauses = _common(_decisions, wanted)
    if wanted.kind is not None:
        clauses.append(_decisions.kind == wanted.kind.value)
    if wanted.until is not None:
        clauses.append(_decisions.effective_on <= check_day(wanted.until, "until"))
    clauses.append(scope(principal, "read", DISPOSITION).where(_decisions))
    return await _decision_keyset.page(request, clauses, once=one_plan_suits(wanted.within))


async def by_ids(ids: Iterable[UUID]) -> dict[UUID, Assignment]:
    """The assignments of these ids: one statement."""
    return {row["id"]: assignment_of(row) for row in await fetch_many(_table, _table.id, ids)}


async def dispositions_by_ids(ids: Iterable[UUID]) -> dict[UUID, Disposition]:
    """The dispositions of these ids: one statement."""
    return {row["id"]: disposition_of(row) for row in await fetch_many(_decisions, _decisions.id, ids)}


async def assign(principal: Principal, catalogue: Catalogue, command: CreateAssignment) -> Assignment:
    """Let an organization perform an item of a list that is in force, at an open place that it serves."""
    command = checked(command)
    place, performer = await place_and_organization(command.path, command.organization)
    decision = require(principal, "create", ASSIGNMENT, place.path, owner=performer.id)
    check_item(catalogue, command.list_slug, command.item_code)
    day = check_day(command.valid_from or clock.today(), "valid_from")
    if not await organizations.serves(performer, place.path):
        raise Invalid.at(
            "organization", f"{performer.code} does not serve {place.path}", "enter the service area first"
        )
    if await _performs(performer.id, command.list_slug, command.item_code, place.path, day):
        raise Conflict(f"{performer.code} performs {command.item_code} at {place.path} already")
    row = _new(command.list_slug, command.item_code, place.path, performer.id, day, command.note)
    return await journal.insert(principal, decision, row, Assignment)


async def end(principal: Principal, command: EndAssignment) -> Assignment:
    """Let an assignment end on a day."""
    command = checked(command)
    current = await _fetched(command.assignment)
    decision = require(principal, "end", ASSIGNMENT, current.path, owner=current.organization)
    _check_open(current, command.version)
    ending = _ending(current, command.on or clock.today(), command.note, "on")
    return await journal.amend(principal, decision, _table, current, ending)


async def dispose(principal: Principal, command: RecordDisposition) -> tuple[Disposition, Assignment]:
    """Decide about an assigned task. Kept: it goes on. Otherwise it ends on the day, and the target's begins.

    A target that performs the task there already goes on with it. Answers the disposition and the assignment as it now
    stands.
    """
    command = checked(command)
    current = await _fetched(command.assignment)
    relations = _relations(principal, current)
    decision = require(principal, "record", DISPOSITION, current.path, relations, owner=current.organization)
    _check_open(current, command.version)
    day = command.effective_on or clock.today()
    ending = _ending(current, day, current.note, "effective_on")
    target = await _target(command, current)
    recorded = await journal.insert(
        principal, decision, _decision(principal, command, current, day, target), Disposition
    )
    if command.kind is not DispositionKind.keep:
        current = await journal.amend(principal, decision, _table, current, ending)
    if target is not None and not await _performs(target, current.list_slug, current.item_code, current.path, day):
        heir = _new(current.list_slug, current.item_code, current.path, target, day, command.authority)
        await journal.insert(principal, decision, heir, Assignment)
    return recorded, current


def _decision(
    principal: Principal, command: RecordDisposition, current: Assignment, day: date, target: UUID | None
) -> tables.Disposition:
    return _decisions(
        list_slug=current.list_slug,
        item_code=current.item_code,
        path=current.path,
        organization=current.organization,
        kind=command.kind.value,
        target=target,
        effective_on=day,
        authority=command.authority,
        note=command.note,
        recorded_at=clock.now(),
        recorded_by=principal.account_id,
    )


def _relations(principal: Principal, current: Assignment) -> tuple[str, ...]:
    """`assigned` when the caller acts for the organization that the task is assigned to."""
    acts_for = {binding.organization_id for binding in principal.bindings}
    if principal.acting_for is not None:
        acts_for &= {principal.acting_for}
    return (ASSIGNED,) if current.organization in acts_for else ()


async def _target(command: RecordDisposition, current: Assignment) -> UUID | None:
    if command.target is None:
        return None
    expected = TARGET_KINDS.get(command.kind)
    if expected is None:
        raise Invalid.at("target", "a task that is kept goes to nobody", "leave the target out")
    target = await organizations.find(command.target)
    if target.kind is not expected:
        raise Invalid.at("target", f"{target.code} is a {target.kind}; {command.kind} hands a task to a {expected}")
    property_company = target.subkind is OrganizationSubkind.property_company
    if command.kind is DispositionKind.transfer_property and not property_company:
        raise Invalid.at("target", f"{target.code} is a {target.subkind}, not a property_company", "use transfer_org")
    if target.id == current.organization:
        raise Invalid.at("target", f"{target.code} performs the task already", "use `keep`")
    if not await organizations.serves(target, current.path):
        raise Invalid.at("target", f"{target.code} does not serve {current.path}", "enter the service area first")
    return target.id


async def _performs(organization: UUID, slug: str, code: str, path: str, day: date) -> bool:
    """Whether the organization performs the item at the place on the day or will do so later."""
    return bool(
        await _table.exists()
        .where(_table.list_slug == slug)
        .where(_table.item_code == code)
        .where(_table.path == path)
        .where(_table.organization == organization)
        .where(_table.valid_to.is_null() | (_table.valid_to > day))
    )


async def _fetched(assignment_id: UUID) -> Assignment:
    return assignment_of(await fetch(_table, _table.id, assignment_id, "assignment"))


def _check_open(current: Assignment, version: int) -> None:
    check_version(current.version, version, "assignment")
    if current.valid_to is not None:
        raise Conflict(f"this assignment ended on {current.valid_to} already")


def _ending(current: Assignment, on: date, note: str, field: str) -> dict[str, object]:
    if check_day(on, field) < current.valid_from:
        raise Invalid.at(field, f"the assignment begins only on {current.valid_from}", "use that day or a later one")
    return {"valid_to": on, "note": note or current.note}


def _new(slug: str, code: str, path: str, organization: UUID, day: date, note: str) -> tables.Assignment:
    return _table(
        list_slug=slug, item_code=code, path=path, organization=organization, valid_from=day, note=note[:2000]
    )


def _common(
    table: type[tables.Assignment] | type[tables.Disposition], wanted: AssignmentFilter | DispositionFilter
) -> list[Combinable]:
    clauses: list[Combinable] = []
    if wanted.within is not None:
        clauses.append(territory.path_clause(table.path, wanted.within))
    if wanted.list_slug is not None:
        clauses.append(table.list_slug == wanted.list_slug)
    if wanted.item_code is not None:
        clauses.append(table.item_code == wanted.item_code)
    return clauses
