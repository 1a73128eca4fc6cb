"""How organizations end: merged into another one, or dissolved. Both leave them readable."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from gongzhi.core import clock, journal
from gongzhi.core.actors import areas, memberships, organizations, tables
from gongzhi.core.actors.commands import DissolveOrganization, MergeOrganizations
from gongzhi.core.actors.organizations import RESOURCE
from gongzhi.core.actors.records import Organization, OrganizationStatus
from gongzhi.core.errors import Conflict, Invalid, NotFound, Problem
from gongzhi.core.fields import checked
from gongzhi.core.permissions import Principal, require
from gongzhi.core.records import check_version
from gongzhi.core.validity import check_day

_table = tables.Organization


async def merge(principal: Principal, command: MergeOrganizations) -> Organization:
    """Several organizations become part of `into`, an open one of the same kind and subkind. Answers `into`.

    Their places are served by `into` from the day on, and the posts in them end.
    """
    command = checked(command)
    day = check_day(command.effective_on or clock.today(), "effective_on")
    target = await organizations.find(command.into, day)
    sources = await _sources(command)
    require(principal, "merge", RESOURCE, target.path, owner=target.id)
    decisions = [require(principal, "merge", RESOURCE, source.path, owner=source.id) for source in sources]
    if target.valid_to is not None:
        raise Conflict(f"{target.code} itself ends on {target.valid_to}; merge into its successor")
    _check_alike(sources, target)
    await _check_endable(sources, day)
    ending = {"status": OrganizationStatus.merged.value, "merged_into": target.id, "valid_to": day}
    for source, decision in zip(sources, decisions, strict=True):
        await journal.amend(principal, decision, _table, source, ending)
        await areas.pass_on(source, target, day)
        await memberships.end_all(principal, source, day)
    return target


async def dissolve(principal: Principal, command: DissolveOrganization) -> Organization:
    """An organization ends on a day, and with it the posts in it and what it serves."""
    command = checked(command)
    day = check_day(command.effective_on or clock.today(), "effective_on")
    current = await organizations.organization(principal, command.code)
    decision = require(principal, "dissolve", RESOURCE, current.path, owner=current.id)
    check_version(current.version, command.version, "organization")
    await _check_endable([current], day)
    ending = {"status": OrganizationStatus.dissolved.value, "valid_to": day}
    dissolved = await journal.amend(principal, decision, _table, current, ending)
    await areas.end(await areas.open_areas(current.id, day), day)
    await memberships.end_all(principal, current, day)
    return dissolved


async def absorbed(organization_ids: Iterable[UUID]) -> dict[UUID, list[Organization]]:
    """What was merged into each of these organizations, earliest first: one statement."""
    found: dict[UUID, list[Organization]] = {organization_id: [] for organization_id in organization_ids}
    if not found:
        return found
    rows = await (
        _table.select(*_table.all_columns())
        .where(_table.merged_into.is_in(list(found)))
        .order_by(_table.valid_to)
        .order_by(_table.code)
    )
    for row in rows:
        found[row["merged_into"]].append(organizations.organization_of(row))
    return found


async def _sources(command: MergeOrganizations) -> list[Organization]:
    wanted = {source.code: source.version for source in command.sources if source.code != command.into}
    if not wanted:
        raise Invalid.at("sources", "name at least one organization other than the one they become part of")
    known = await organizations.by_codes(wanted)
    for code, version in wanted.items():
        if code not in known:
            raise NotFound(f"there is no organization {code!r}")
        check_version(known[code].version, version, "organization")
    return [known[code] for code in wanted]


def _check_alike(sources: list[Organization], target: Organization) -> None:
    wrong = [
        Problem(message=f"{source.code} is a {source.subkind}, {target.code} a {target.subkind}", field="sources")
        for source in sources
        if source.subkind is not target.subkind
    ]
    if wrong:
        raise Invalid("only organizations of one kind can merge", wrong)


async def _check_endable(ending: list[Organization], day: date) -> None:
    for current in ending:
        if current.valid_to is not None:
            raise Conflict(f"{current.code} was {current.status} on {current.valid_to} already")
        if current.valid_from is not None and day <= current.valid_from:
            raise Invalid.at("effective_on", f"{current.code} begins only on {current.valid_from}")
    dependent = await (
        _table.select(_table.code)
        .where(_table.parent.is_in([current.id for current in ending]))
        .where(_table.valid_to.is_null() | (_table.valid_to > day))
        .order_by(_table.code)
    )
    if dependent:
        codes = ", ".join(row["code"] for row in dependent)
        raise Conflict(f"sub-committees still belong to it: {codes}; merge or dissolve them first")
