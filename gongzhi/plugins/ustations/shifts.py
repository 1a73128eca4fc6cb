"""Shifts, and who signs up for them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from piccolo.columns.combination import WhereRaw

from gongzhi.api import (
    SYSTEM,
    Conflict,
    Invalid,
    Page,
    PageRequest,
    Principal,
    advance,
    calendar,
    checked,
    clock,
    territory,
)
from gongzhi.plugins.ustations.commands import PlanShift, SignUpForShift
from gongzhi.plugins.ustations.kinds import ShiftState, SignUpState
from gongzhi.plugins.ustations.records import ShiftSignUp, VolunteerShift
from gongzhi.plugins.ustations.registers import SHIFTS, SIGN_UPS, STATIONS
from gongzhi.plugins.ustations.resources import SELF
from gongzhi.plugins.ustations.stations import myself
from gongzhi.plugins.ustations.tables import Shift, SignUp
from gongzhi.plugins.ustations.workflow import SHIFT, SIGN_UP

_ENGAGED = (SignUpState.signed_up.value, SignUpState.checked_in.value)


class ShiftFilter(msgspec.Struct, frozen=True):
    """Which shifts: at or below a path, of a station, in a state, that end after a moment and begin before another."""

    within: str | None = None
    station: UUID | None = None
    state: ShiftState | None = None
    since: datetime | None = None
    until: datetime | None = None


async def shifts(principal: Principal, wanted: ShiftFilter, request: PageRequest) -> Page[VolunteerShift]:
    """Shifts by their beginning."""
    clauses: list[Any] = []
    if wanted.within is not None:
        clauses.append(territory.path_clause(Shift.path, wanted.within))
    if wanted.station is not None:
        clauses.append(Shift.station == wanted.station)
    if wanted.state is not None:
        clauses.append(Shift.state == wanted.state.value)
    if wanted.since is not None:
        clauses.append(Shift.ends_at > wanted.since)
    if wanted.until is not None:
        clauses.append(Shift.starts_at < wanted.until)
    return await SHIFTS.page(principal, request, clauses)


async def shifts_by_ids(principal: Principal, keys: Iterable[UUID]) -> dict[UUID, VolunteerShift]:
    """Shifts by id. One statement."""
    return await SHIFTS.by_ids(principal, keys)


async def plan(principal: Principal, command: PlanShift) -> VolunteerShift:
    """Plan a shift of at most a day at an open station, to come.

    :raises Conflict: the station is closed. Invalid: the times are no shift.
    """
    command = checked(command)
    station = await STATIONS.find(principal, command.station)
    if not clock.now() < command.starts_at < command.ends_at or (command.ends_at - command.starts_at).days >= 1:
        raise Invalid.at("ends_at", "a shift is to come, and ends after it begins, within a day", "correct the times")
    if station.closed_on is not None:
        raise Conflict(f"{station.code} was closed on {station.closed_on}")
    fields = msgspec.structs.asdict(command)
    values = {**fields, **SHIFT.begun(calendar(), fields)}
    return await SHIFTS.insert(principal, station.path, values, action="plan", organization=station.organization)


async def sign_up(principal: Principal, command: SignUpForShift) -> ShiftSignUp:
    """Take a place on a shift, as the volunteer that the caller is.

    :raises Conflict: it is full, has begun or is cancelled; or the volunteer is engaged at that time.
    """
    command = checked(command)
    volunteer = await myself(principal)
    shift = await SHIFTS.get(principal, command.shift)
    if shift.starts_at <= clock.now():
        raise Conflict("this shift has begun")
    engaged = await (
        SignUp.exists()
        .where(SignUp.volunteer == volunteer.id)
        .where(SignUp.state.is_in(list(_ENGAGED)))
        .where(SignUp.starts_at < shift.ends_at)
        .where(SignUp.ends_at > shift.starts_at)
    )
    if engaged:
        raise Conflict("you are engaged at that time already; withdraw from the other shift first")
    taken = await (
        Shift.update({Shift.taken: Shift.taken + 1})
        .where(Shift.id == shift.id)
        .where(Shift.state == ShiftState.open.value)
        .where(WhereRaw("taken < capacity"))
        .returning(Shift.taken)
    )
    if not taken:
        raise Conflict("this shift is full, or no longer open; choose another")
    values = {
        **SIGN_UP.begun(calendar()),
        "shift": shift.id,
        "volunteer": volunteer.id,
        "account": volunteer.account,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
    }
    made = await SIGN_UPS.insert(
        principal, shift.path, values, action="sign_up", organization=shift.organization, relations=(SELF,)
    )
    if taken[0]["taken"] >= shift.capacity:
        await advance(SHIFT, "fill", SYSTEM, await SHIFTS.find(SYSTEM, shift.id))
    return made


async def sign_ups(
    principal: Principal, shift: UUID | None, volunteer: UUID | None, request: PageRequest
) -> Page[ShiftSignUp]:
    """Sign-ups that the caller may see, in their order."""
    clauses: list[Any] = []
    if shift is not None:
        clauses.append(SignUp.shift == shift)
    if volunteer is not None:
        clauses.append(SignUp.volunteer == volunteer)
    return await SIGN_UPS.page(principal, request, clauses)
