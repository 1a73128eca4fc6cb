"""Filing cases, listing them, their parties, and what the public may know of them all."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from piccolo.query.functions import Count

from gongzhi.api import (
    PARTY,
    AccountRecord,
    Forbidden,
    Invalid,
    Page,
    PageRequest,
    Principal,
    accounts,
    as_record,
    calendar,
    check_day,
    checked,
    clock,
    fetch_many,
    organizations,
    require,
    territory,
)
from gongzhi.plugins.mediation.commands import FileCase, PartyGiven
from gongzhi.plugins.mediation.kinds import CaseState, Dispute, Seat, Side
from gongzhi.plugins.mediation.records import CaseCount, MediationCase, MediationParty, MediationStatistics
from gongzhi.plugins.mediation.registers import CASES
from gongzhi.plugins.mediation.resources import APPLICANT, STATISTICS
from gongzhi.plugins.mediation.tables import Case, Party
from gongzhi.plugins.mediation.workflow import CASE

_DAY = timedelta(days=1)
_SETTLED = (CaseState.agreed, CaseState.confirmed, CaseState.performed, CaseState.breached)


class CaseFilter(msgspec.Struct, frozen=True):
    """Which cases: at or below a path, in a state, of a kind, overdue."""

    within: str | None = None
    state: CaseState | None = None
    dispute: Dispute | None = None
    overdue: bool | None = None


async def cases(principal: Principal, wanted: CaseFilter, request: PageRequest) -> Page[MediationCase]:
    """Cases that the caller may read, in the order in which they were filed."""
    clauses: list[Any] = []
    if wanted.within is not None:
        clauses.append(territory.path_clause(Case.path, wanted.within))
    if wanted.state is not None:
        clauses.append(Case.state == wanted.state.value)
    if wanted.dispute is not None:
        clauses.append(Case.dispute == wanted.dispute.value)
    if wanted.overdue is not None:
        clauses.append(Case.overdue == wanted.overdue)
    return await CASES.page(principal, request, clauses)


async def file(principal: Principal, command: FileCase) -> MediationCase:
    """Bring a dispute to the mediation committee of a place; the caller is its applicant.

    :raises Invalid: there is no party on one of the sides, or the committee does not serve the place.
    """
    command = checked(command)
    place = await territory.find(command.path)
    for side in Side:
        if not any(party.side is side for party in command.parties):
            raise Invalid.at("parties", f"there is no {side.value}", "name a party on each side")
    committee = await _committee(place.path, command.organization)
    known = await _accounts_of(command.parties)
    values = {
        **CASE.begun(calendar()),
        "dispute": command.dispute,
        "title": command.title,
        "description": command.description,
        "filed_at": clock.now(),
        "filed_by": principal.account_id,
        "provenance": command.provenance,
    }
    relations = (APPLICANT, PARTY) if principal.account_id in known.values() else (APPLICANT,)
    made = await CASES.insert(principal, place.path, values, action="file", organization=committee, relations=relations)
    await Party.insert(*(_row(made.id, party, known) for party in command.parties))
    return made


def _row(case: UUID, party: PartyGiven, known: dict[str, UUID]) -> Party:
    account = known[party.account] if party.account else None
    return Party(
        case=case, side=party.side.value, account=account, name=party.name, phone=party.phone, address=party.address
    )


async def _accounts_of(parties: Iterable[PartyGiven]) -> dict[str, UUID]:
    codes = {party.account for party in parties if party.account}
    found = await accounts.by_codes(codes) if codes else {}
    for index, party in enumerate(parties):
        if party.account and party.account not in found:
            raise Invalid.at(f"parties.{index}.account", f"there is no account {party.account!r}", "leave it out")
    return {code: account.id for code, account in found.items()}


async def _committee(path: str, code: str | None) -> UUID | None:
    """The mediation committee, or the residents' committee, that is named; None leaves the case to the place."""
    if code is None:
        return None
    found = await organizations.find(code)
    if not await organizations.serves(found, path):
        raise Invalid.at("organization", f"{code} does not serve {path}", "name the committee of that community")
    return found.id


async def parties_of(principal: Principal, cases: Iterable[UUID]) -> dict[UUID, list[MediationParty]]:
    """The parties of cases that were loaded for the caller, applicants first. One statement."""
    found: dict[UUID, list[MediationParty]] = {}
    for row in await fetch_many(Party, Party.case, cases):
        party = as_record({**row, "version": 1, "path": "", "organization": None, "relations": ()}, MediationParty)
        found.setdefault(party.case, []).append(party)
    return {case: sorted(parties, key=lambda each: (each.side, each.id)) for case, parties in found.items()}


class Panelist(msgspec.Struct, frozen=True):
    """Somebody on a panel, by name: whoever may know of a case may know who mediates in it."""

    seat: Seat
    code: str
    name: str


async def people(principal: Principal, keys: Iterable[UUID]) -> dict[UUID, AccountRecord]:
    """The accounts on panels. One statement."""
    return await accounts.by_ids(keys)


async def statistics(principal: Principal, within: str, first: date | None, last: date | None) -> MediationStatistics:
    """The cases filed at or below a place from a day to a day. Communities and above only: fewer would name people.

    :raises Forbidden: the place is below a community, or the caller may not read statistics there.
    """
    place = await territory.find(within)
    require(principal, "read", STATISTICS.name, place.path)
    if place.level == "grid":
        raise Forbidden("Statistics are shown for communities and what is above them: a grid's would name people.")
    query = Case.select(Case.dispute, Case.state, Count()).where(territory.path_clause(Case.path, place.path))
    if first is not None:
        check_day(first, "first")
        query = query.where(Case.filed_at > clock.end_of(first - _DAY))
    if last is not None:
        check_day(last, "last")
        query = query.where(Case.filed_at <= clock.end_of(last))
    rows = await query.group_by(Case.dispute, Case.state)
    counts = [CaseCount(Dispute(row["dispute"]), CaseState(row["state"]), row["count"]) for row in rows]
    return summed(sorted(counts, key=lambda each: (each.dispute, each.state)))


def summed(counts: list[CaseCount]) -> MediationStatistics:
    """The sums over counts."""
    settled = sum(each.count for each in counts if each.state in _SETTLED)
    failed = sum(each.count for each in counts if each.state is CaseState.failed)
    rate = settled / (settled + failed) if settled + failed else None
    return MediationStatistics(sum(each.count for each in counts), settled, failed, rate, tuple(counts))
