"""Legal advisers: one for each community at a time, their duty hours, and what they were consulted about."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from gongzhi.api import (
    ASSIGNED,
    PARTY,
    Conflict,
    Invalid,
    Page,
    PageRequest,
    Principal,
    accounts,
    check_day,
    check_term,
    check_version,
    checked,
    clock,
    in_force,
    territory,
)
from gongzhi.plugins.mediation.commands import AppointAdviser, CancelDuty, EndAdviser, PlanDuty, RecordConsultation
from gongzhi.plugins.mediation.kinds import LegalService
from gongzhi.plugins.mediation.records import DutyHours, LegalAdviser, LegalConsultation
from gongzhi.plugins.mediation.registers import ADVISERS, CONSULTATIONS, DUTIES
from gongzhi.plugins.mediation.tables import Adviser, Consultation, Duty


async def advisers(
    principal: Principal, within: str | None, on: date | None, request: PageRequest
) -> Page[LegalAdviser]:
    """Advisers in office on a day (today if None), by place."""
    clauses = [in_force(Adviser.valid_from, Adviser.valid_to, check_day(on or clock.today(), "on"))]
    if within is not None:
        clauses.append(territory.path_clause(Adviser.path, within))
    return await ADVISERS.page(principal, request, clauses, _BY_PLACE)


async def adviser_of(principal: Principal, paths: Iterable[str]) -> dict[str, LegalAdviser]:
    """Today's adviser of each of these communities. One statement."""
    wanted = list(paths)
    clauses = [Adviser.path.is_in(wanted), in_force(Adviser.valid_from, Adviser.valid_to, clock.today())]
    return {found.path: found for found in await ADVISERS.every(principal, clauses, limit=len(wanted))}


async def appoint(principal: Principal, command: AppointAdviser) -> LegalAdviser:
    """Appoint a community's adviser; the one in office ends on the day on which the new one begins.

    :raises Invalid: the place is no community. Conflict: an adviser begins on that day or later.
    """
    command = checked(command)
    place = await territory.find(command.path)
    if place.level != "community":
        raise Invalid.at("path", f"{place.path} is no community", "name a community: each has one adviser")
    first = check_day(command.valid_from or clock.today(), "valid_from")
    here = [Adviser.path == place.path, Adviser.valid_to.is_null() | (Adviser.valid_to > first)]
    for current in await ADVISERS.every(principal, here):
        if current.valid_from >= first:
            raise Conflict(
                f"{current.name} is the adviser of {place.path} from {current.valid_from} on; end that first"
            )
        decision = ADVISERS.require(principal, "end", current)
        await ADVISERS.amend(principal, decision, current, {"valid_to": first}, event="end")
    account = (await accounts.find(command.account)).id if command.account else None
    values = {
        "name": command.name,
        "name_en": command.name_en,
        "firm": command.firm,
        "account": account,
        "valid_from": first,
        "provenance": command.provenance,
    }
    return await ADVISERS.insert(principal, place.path, values, action="appoint")


async def end(principal: Principal, command: EndAdviser) -> LegalAdviser:
    """Let an adviser's term end."""
    command = checked(command)
    current = await ADVISERS.find(principal, command.adviser)
    decision = ADVISERS.require(principal, "end", current)
    last = check_day(command.on or clock.today(), "on")
    check_version(current.version, command.version, "record")
    if current.valid_to is not None and current.valid_to <= last:
        raise Conflict(f"this adviser's term ends on {current.valid_to} already")
    check_term(current.valid_from, last, "on")
    return await ADVISERS.amend(principal, decision, current, {"valid_to": last})


async def duties(
    principal: Principal, within: str | None, since: datetime | None, until: datetime | None, request: PageRequest
) -> Page[DutyHours]:
    """Duty hours that end after `since` (now if None) and begin before `until`, by their beginning."""
    clauses: list[Any] = [Duty.ends_at > (since or clock.now()), Duty.cancelled.not_in([True])]
    if until is not None:
        clauses.append(Duty.starts_at < until)
    if within is not None:
        clauses.append(territory.path_clause(Duty.path, within))
    return await DUTIES.page(principal, request, clauses, _BY_BEGINNING)


async def plan(principal: Principal, command: PlanDuty) -> DutyHours:
    """Plan duty hours: at most a day long, and not at the same time as others of the adviser.

    :raises Conflict: they overlap with other hours, or lie outside the adviser's term.
    """
    command = checked(command)
    adviser = await ADVISERS.find(principal, command.adviser)
    ADVISERS.require(principal, "plan", adviser)
    if not command.starts_at < command.ends_at or (command.ends_at - command.starts_at).days >= 1:
        raise Invalid.at("ends_at", "duty hours end after they begin, within a day", "correct the times")
    day = clock.day_of(command.starts_at)
    if day < adviser.valid_from or (adviser.valid_to is not None and day >= adviser.valid_to):
        raise Conflict(f"{adviser.name} is not the adviser on {day}")
    overlapping = await (
        Duty.exists()
        .where(Duty.adviser == adviser.id)
        .where(Duty.cancelled.not_in([True]))
        .where(Duty.starts_at < command.ends_at)
        .where(Duty.ends_at > command.starts_at)
    )
    if overlapping:
        raise Conflict(f"{adviser.name} has duty hours at that time already; cancel those first")
    values = {
        "adviser": adviser.id,
        "starts_at": command.starts_at,
        "ends_at": command.ends_at,
        "location": command.location,
    }
    return await DUTIES.insert(
        principal, adviser.path, values, action="plan", organization=adviser.organization, relations=adviser.relations
    )


async def cancel(principal: Principal, command: CancelDuty) -> DutyHours:
    """Cancel duty hours that have not begun."""
    command = checked(command)
    current = await DUTIES.find(principal, command.duty)
    decision = DUTIES.require(principal, "plan", current)
    check_version(current.version, command.version, "record")
    if current.cancelled or current.starts_at <= clock.now():
        raise Conflict("these duty hours are cancelled, or have begun")
    return await DUTIES.amend(principal, decision, current, {"cancelled": True}, event="cancel")


async def consultations(
    principal: Principal, within: str | None, service: LegalService | None, request: PageRequest
) -> Page[LegalConsultation]:
    """Consultations that the caller may read, in the order of their entry."""
    clauses: list[Any] = []
    if within is not None:
        clauses.append(territory.path_clause(Consultation.path, within))
    if service is not None:
        clauses.append(Consultation.service == service.value)
    return await CONSULTATIONS.page(principal, request, clauses)


async def record(principal: Principal, command: RecordConsultation) -> LegalConsultation:
    """Record a legal service that an adviser gave, on a day of their term that is not to come."""
    command = checked(command)
    adviser = await ADVISERS.find(principal, command.adviser)
    day = command.on or clock.today()
    if not adviser.valid_from <= day <= clock.today() or (adviser.valid_to is not None and day >= adviser.valid_to):
        raise Invalid.at("on", f"{adviser.name} gave no service on {day}", "use a day of the term, up to today")
    client = (await accounts.find(command.client)).id if command.client else None
    mine = [ASSIGNED] if ASSIGNED in adviser.relations else []
    relations = [*mine, PARTY] if client is not None and client == principal.account_id else mine
    values = {
        "adviser": adviser.id,
        "service": command.service,
        "on": day,
        "client": client,
        "topic": command.topic,
        "summary": command.summary,
        "provenance": command.provenance,
    }
    return await CONSULTATIONS.insert(
        principal, adviser.path, values, action="record", organization=adviser.organization, relations=relations
    )


async def advisers_by_ids(principal: Principal, keys: Iterable[UUID]) -> dict[UUID, LegalAdviser]:
    """Advisers by id. One statement."""
    return await ADVISERS.by_ids(principal, keys)


_BY_PLACE = ADVISERS.keyset((Adviser.path, str), (Adviser.id, UUID))
_BY_BEGINNING = DUTIES.keyset((Duty.starts_at, datetime), (Duty.id, UUID))
