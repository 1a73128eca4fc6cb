"""Rates, rewards, and asking for one."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from gongzhi.api import (
    Conflict,
    Invalid,
    Page,
    PageRequest,
    Principal,
    ancestors,
    calendar,
    check_day,
    check_version,
    checked,
    clock,
    territory,
    uuid7,
)
from gongzhi.plugins.ustations import points
from gongzhi.plugins.ustations.commands import OfferReward, RequestRedemption, RestockReward, SetRate
from gongzhi.plugins.ustations.kinds import RedemptionState
from gongzhi.plugins.ustations.records import LoveBankRate, LoveBankRedemption, LoveBankReward
from gongzhi.plugins.ustations.registers import RATES, REDEMPTIONS, REWARDS, STATIONS
from gongzhi.plugins.ustations.resources import SELF
from gongzhi.plugins.ustations.stations import myself
from gongzhi.plugins.ustations.tables import Rate, Redemption, Reward
from gongzhi.plugins.ustations.workflow import REDEMPTION


async def rates(principal: Principal, path: str | None, request: PageRequest) -> Page[LoveBankRate]:
    """The rates that were ever set for a place or above it, in the order of their entry."""
    clauses = [Rate.path.is_in(ancestors((await territory.find(path)).path))] if path is not None else []
    return await RATES.page(principal, request, clauses)


async def set_rate(principal: Principal, command: SetRate) -> LoveBankRate:
    """Set a rate from today or a later day on: what was earned before stays as it is.

    :raises Invalid: the day has passed. Conflict: there is a rate from that day on.
    """
    command = checked(command)
    place = await territory.find(command.path)
    first: date = check_day(command.valid_from or clock.today(), "valid_from")
    if first < clock.today():
        raise Invalid.at("valid_from", f"{first} has passed", "points are not valued afterwards; use today or later")
    if await Rate.exists().where(Rate.path == place.path).where(Rate.valid_from == first):
        raise Conflict(f"{place.path} has a rate from {first} on already")
    values = {"points_per_hour": command.points_per_hour, "valid_from": first}
    return await RATES.insert(principal, place.path, values, action="set")


async def rewards(
    principal: Principal, within: str | None, station: UUID | None, request: PageRequest
) -> Page[LoveBankReward]:
    """Rewards that are in stock."""
    clauses: list[Any] = [Reward.stock > 0]
    if within is not None:
        clauses.append(territory.path_clause(Reward.path, within))
    if station is not None:
        clauses.append(Reward.station == station)
    return await REWARDS.page(principal, request, clauses)


async def rewards_by_ids(principal: Principal, keys: Iterable[UUID]) -> dict[UUID, LoveBankReward]:
    """Rewards by id. One statement."""
    return await REWARDS.by_ids(principal, keys)


async def offer(principal: Principal, command: OfferReward) -> LoveBankReward:
    """Offer a reward.

    :raises Conflict: the station has no Love Bank yet.
    """
    command = checked(command)
    station = await STATIONS.find(principal, command.station)
    if station.love_bank_from is None or station.love_bank_from > clock.today() or station.closed_on is not None:
        raise Conflict(f"{station.code} has no Love Bank; only stations of the pilot give rewards")
    values = {name: getattr(command, name) for name in ("name", "name_en", "cost", "stock", "provenance")}
    return await REWARDS.insert(
        principal,
        station.path,
        {**values, "station": station.id},
        action="offer",
        organization=station.organization,
    )


async def restock(principal: Principal, command: RestockReward) -> LoveBankReward:
    """Say how many of a reward there are."""
    command = checked(command)
    current = await REWARDS.find(principal, command.reward)
    decision = REWARDS.require(principal, "update", current)
    check_version(current.version, command.version, "reward")
    return await REWARDS.amend(principal, decision, current, {"stock": command.stock}, event="restock")


async def request_redemption(principal: Principal, command: RequestRedemption) -> LoveBankRedemption:
    """Ask for a reward: one of the stock and its points are set apart.

    :raises Conflict: it is out of stock, or the caller has fewer points available (`available`, `asked`).
    """
    command = checked(command)
    volunteer = await myself(principal)
    reward = await REWARDS.get(principal, command.reward)
    left = await (
        Reward.update({Reward.stock: Reward.stock - 1})
        .where(Reward.id == reward.id)
        .where(Reward.stock > 0)
        .returning(Reward.stock)
    )
    if not left:
        raise Conflict("this reward is out of stock; choose another")
    key = uuid7()
    held = await points.reserve(volunteer, reward.cost, key, principal.account_id)
    values = {
        **REDEMPTION.begun(calendar()),
        "id": key,
        "reward": reward.id,
        "volunteer": volunteer.id,
        "account": volunteer.account,
        "cost": reward.cost,
        "hold": held,
    }
    return await REDEMPTIONS.insert(
        principal, reward.path, values, action="request", organization=reward.organization, relations=(SELF,)
    )


async def redemptions(
    principal: Principal, state: RedemptionState | None, volunteer: UUID | None, request: PageRequest
) -> Page[LoveBankRedemption]:
    """Redemptions that the caller may see, in their order."""
    clauses: list[Any] = []
    if state is not None:
        clauses.append(Redemption.state == state.value)
    if volunteer is not None:
        clauses.append(Redemption.volunteer == volunteer)
    return await REDEMPTIONS.page(principal, request, clauses)
