"""Stations, and who volunteers at them."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from gongzhi.api import (
    Conflict,
    Invalid,
    NotFound,
    Page,
    PageRequest,
    Principal,
    Unauthenticated,
    accounts,
    check_day,
    check_version,
    checked,
    clock,
    ledger,
    organizations,
    territory,
    uuid7,
)
from gongzhi.plugins.ustations import points
from gongzhi.plugins.ustations.commands import (
    CloseStation,
    OpenStation,
    RegisterVolunteer,
    StartLoveBank,
    SuspendVolunteer,
    TransferVolunteer,
)
from gongzhi.plugins.ustations.kinds import ShiftState
from gongzhi.plugins.ustations.records import Points, UStation, Volunteer, VolunteerTransfer
from gongzhi.plugins.ustations.registers import STATIONS, TRANSFERS, VOLUNTEERS
from gongzhi.plugins.ustations.resources import SELF
from gongzhi.plugins.ustations.tables import Shift, Station, Transfer
from gongzhi.plugins.ustations.tables import Volunteer as Table

_TO_COME = (ShiftState.open.value, ShiftState.filled.value, ShiftState.running.value)


async def stations(
    principal: Principal, within: str | None, love_bank: bool | None, request: PageRequest
) -> Page[UStation]:
    """Stations that are open, by code."""
    clauses: list[Any] = [Station.closed_on.is_null()]
    if within is not None:
        clauses.append(territory.path_clause(Station.path, within))
    if love_bank is not None:
        start = Station.love_bank_from
        clauses.append(start <= clock.today() if love_bank else start.is_null() | (start > clock.today()))
    return await STATIONS.page(principal, request, clauses)


async def stations_by_ids(principal: Principal, keys: Iterable[UUID]) -> dict[UUID, UStation]:
    """Stations by id. One statement."""
    return await STATIONS.by_ids(principal, keys)


async def open_station(principal: Principal, command: OpenStation) -> UStation:
    """Open a station.

    :raises Conflict: the code is taken. Invalid: the organization does not serve the place.
    """
    command = checked(command)
    place = await territory.find(command.path)
    operator = None
    if command.organization is not None:
        found = await organizations.find(command.organization)
        if not await organizations.serves(found, place.path):
            raise Invalid.at("organization", f"{found.code} does not serve {place.path}", "name one that does")
        operator = found.id
    if await Station.exists().where(Station.code == command.code):
        raise Conflict(f"there is a station {command.code} already")
    values = {name: getattr(command, name) for name in ("code", "name", "name_en", "provenance")}
    return await STATIONS.insert(principal, place.path, values, action="open", organization=operator)


async def start_love_bank(principal: Principal, command: StartLoveBank) -> UStation:
    """Let a station have a Love Bank.

    :raises Conflict: it has one.
    """
    command = checked(command)
    current = await STATIONS.find(principal, command.station)
    decision = STATIONS.require(principal, "update", current)
    check_version(current.version, command.version, "station")
    if current.love_bank_from is not None:
        raise Conflict(f"{current.code} has a Love Bank from {current.love_bank_from} on")
    first = check_day(command.valid_from or clock.today(), "valid_from")
    return await STATIONS.amend(principal, decision, current, {"love_bank_from": first}, event="start_love_bank")


async def close_station(principal: Principal, command: CloseStation) -> UStation:
    """Close a station.

    :raises Conflict: it is closed, or has shifts to come.
    """
    command = checked(command)
    current = await STATIONS.find(principal, command.station)
    decision = STATIONS.require(principal, "close", current)
    check_version(current.version, command.version, "station")
    if current.closed_on is not None:
        raise Conflict(f"{current.code} was closed on {current.closed_on}")
    if await Shift.exists().where(Shift.station == current.id).where(Shift.state.is_in(list(_TO_COME))):
        raise Conflict(f"{current.code} has shifts to come; cancel or complete them first")
    return await STATIONS.amend(principal, decision, current, {"closed_on": clock.today()})


async def myself(principal: Principal) -> Volunteer:
    """The volunteer that the caller is, their row locked until the transaction ends.

    :raises Unauthenticated: nobody has signed in. NotFound: the caller is no volunteer. Conflict: they are suspended.
    """
    if principal.account_id is None:
        raise Unauthenticated("Sign in: only volunteers can do this.")
    rows = await Table.raw(
        "UPDATE ustation_volunteer SET version = version WHERE account = {} RETURNING id", principal.account_id
    )
    if not rows:
        raise NotFound("you are no volunteer yet; register first")
    found = await VOLUNTEERS.find(principal, UUID(str(rows[0]["id"])))
    if found.suspended:
        raise Conflict("you are suspended as a volunteer; ask the station's staff")
    return found


async def volunteer_of(principal: Principal) -> Volunteer | None:
    """The volunteer that the caller is, None if they are none."""
    if principal.account_id is None:
        return None
    found = await VOLUNTEERS.every(principal, [Table.account == principal.account_id], limit=1)
    return found[0] if found else None


async def volunteers(principal: Principal, within: str | None, request: PageRequest) -> Page[Volunteer]:
    """Volunteers that the caller may see, in the order of their registration."""
    clauses = [territory.path_clause(Table.path, within)] if within is not None else []
    return await VOLUNTEERS.page(principal, request, clauses)


async def volunteers_by_ids(principal: Principal, keys: Iterable[UUID]) -> dict[UUID, Volunteer]:
    """Volunteers by id. One statement."""
    return await VOLUNTEERS.by_ids(principal, keys)


async def register(principal: Principal, command: RegisterVolunteer) -> Volunteer:
    """Become a volunteer of a community, or register somebody.

    :raises Conflict: that account is registered already. Invalid: the place is no community.
    """
    command = checked(command)
    place = await territory.find(command.path)
    if place.level != "community":
        raise Invalid.at("path", f"{place.path} is no community", "name the community that keeps the points")
    if command.account is not None:
        person = await accounts.find(command.account)
    elif principal.account_id is not None:
        person = (await accounts.by_ids([principal.account_id]))[principal.account_id]
    else:
        raise Unauthenticated("Sign in to register as a volunteer.")
    if await Table.exists().where(Table.account == person.id):
        raise Conflict("this account is registered as a volunteer already")
    values = {
        "account": person.id,
        "name": person.name,
        "phone": command.phone,
        "registered_on": clock.today(),
        "provenance": command.provenance,
    }
    relations = (SELF,) if person.id == principal.account_id else ()
    return await VOLUNTEERS.insert(principal, place.path, values, action="register", relations=relations)


async def suspend(principal: Principal, command: SuspendVolunteer) -> Volunteer:
    """Let a volunteer sign up for nothing more, or again."""
    command = checked(command)
    current = await VOLUNTEERS.find(principal, command.volunteer)
    decision = VOLUNTEERS.require(principal, "suspend", current)
    check_version(current.version, command.version, "volunteer")
    event = "suspend" if command.suspended else "reinstate"
    return await VOLUNTEERS.amend(principal, decision, current, {"suspended": command.suspended}, event=event)


async def transfer(principal: Principal, command: TransferVolunteer) -> tuple[Volunteer, VolunteerTransfer]:
    """Move a volunteer to another community, with their points.

    :raises Conflict: points are set apart for a redemption, or they are there already.
    """
    command = checked(command)
    current = await VOLUNTEERS.find(principal, command.volunteer)
    decision = VOLUNTEERS.require(principal, "transfer", current)
    check_version(current.version, command.version, "volunteer")
    place = await territory.find(command.path)
    if place.level != "community" or place.path == current.path:
        raise Invalid.at("path", f"{place.path} is not another community", "name the one that they move to")
    held = await ledger.balance((await points.account_of(current)).id)
    if held.held:
        raise Conflict(f"{held.held} points are set apart for redemptions; fetch or cancel those first")
    key = uuid7()
    await points.move(current, place.path, held.balance, key, principal.account_id)
    moved = await VOLUNTEERS.amend(principal, decision, current, {"path": place.path}, event="move")
    values = {
        "id": key,
        "volunteer": current.id,
        "account": current.account,
        "from_path": current.path,
        "points": held.balance,
        "on": clock.today(),
    }
    made = await TRANSFERS.insert(principal, place.path, values, action="transfer", relations=current.relations)
    return moved, made


async def transfers(principal: Principal, volunteer: UUID, request: PageRequest) -> Page[VolunteerTransfer]:
    """Where a volunteer came from, in order."""
    return await TRANSFERS.page(principal, request, [Transfer.volunteer == volunteer])


async def points_of(principal: Principal, volunteer: Volunteer, first: date | None, last: date | None) -> Points:
    """A volunteer's points with the lines of a period, by default of the last year.

    :raises Forbidden: the caller may not see them.
    """
    VOLUNTEERS.require(principal, "see_points", volunteer)
    until = check_day(last or clock.today(), "last")
    since = check_day(first or until.replace(year=until.year - 1, day=1), "first")
    return await points.statement(volunteer, since, until)
