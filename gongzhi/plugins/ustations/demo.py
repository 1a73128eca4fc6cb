"""Invented stations, volunteers, shifts and rewards, in the published numbers, marked synthetic."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from gongzhi.api import (
    LOCAL_ISSUER,
    SYSTEM,
    CreateAccount,
    Principal,
    Provenance,
    accounts,
    clock,
    principal_for,
    territory,
)
from gongzhi.plugins.ustations import rewards, shifts, stations
from gongzhi.plugins.ustations.commands import (
    OfferReward,
    OpenStation,
    PlanShift,
    RegisterVolunteer,
    SetRate,
    SignUpForShift,
    StartLoveBank,
)
from gongzhi.plugins.ustations.records import UStation

DISTRICT, HOME = "/futian", "/futian/nanyuan/dongyuan"
STATIONS = 13
PILOTS = ("meilin-yicun", "fu-an")
"""梅林一村 and 福安: where the source has the Love Bank at work."""
VOLUNTEERS = {"demo-volunteer": "演示志愿者甲", "demo-volunteer-2": "演示志愿者乙"}
RATE = 10
_SYNTHETIC = Provenance.synthetic
_FIRST_DAY = timedelta(days=30)


async def enter() -> Mapping[str, int]:
    """Enter them all, in Dongyuan, the two pilots, and communities after them in the order of their paths."""
    opened = await _stations()
    home = next(station for station in opened if station.path == HOME)
    await rewards.set_rate(SYSTEM, SetRate(path=DISTRICT, points_per_hour=RATE))
    people = [await _volunteer(code, name) for code, name in VOLUNTEERS.items()]
    return {
        "U-stations": len(opened),
        "volunteers": len(people),
        "volunteer shifts": await _shifts(home, people[0]),
        "Love Bank rewards": await _rewards([station for station in opened if station.love_bank_from]),
    }


async def _stations() -> list[UStation]:
    places = [place for place in await territory.all_below(DISTRICT) if place.level == "community"]
    first = [place for place in places if place.path == HOME or place.path.rpartition("/")[2] in PILOTS]
    chosen = [*first, *(place for place in places if place not in first)][:STATIONS]
    made: list[UStation] = []
    for place in chosen:
        slug = place.path.rpartition("/")[2]
        command = OpenStation(
            code=f"{slug}-u-station",
            name=f"{place.name}U站",
            name_en=f"{slug.capitalize()} U-station",
            path=place.path,
            organization=f"{slug}-centre" if place.path == HOME else None,
            provenance=_SYNTHETIC,
        )
        station = await stations.open_station(SYSTEM, command)
        if slug in PILOTS:
            begin = StartLoveBank(station=station.id, version=1, valid_from=clock.today() - _FIRST_DAY)
            station = await stations.start_love_bank(SYSTEM, begin)
        made.append(station)
    return made


async def _volunteer(code: str, name: str) -> Principal:
    command = CreateAccount(code=code, name=name, issuer=LOCAL_ISSUER, subject=code, provenance=_SYNTHETIC)
    await accounts.create(SYSTEM, command)
    given = RegisterVolunteer(path=HOME, phone="0755-00000003", account=code, provenance=_SYNTHETIC)
    await stations.register(SYSTEM, given)
    return await principal_for(code)


async def _shifts(station: UStation, volunteer: Principal) -> int:
    """Two afternoons of the coming week, and one place taken."""
    for ahead, task in ((2, "图书角整理"), (4, "长者陪伴")):
        starts = _at(ahead, 14)
        command = PlanShift(
            station=station.id, task=task, starts_at=starts, ends_at=starts + timedelta(hours=3), capacity=2
        )
        planned = await shifts.plan(SYSTEM, command)
        if ahead == 2:
            await shifts.sign_up(volunteer, SignUpForShift(shift=planned.id))
    return 2


async def _rewards(pilots: list[UStation]) -> int:
    for station in pilots:
        for name, english, cost in (("环保袋", "Shopping bag", 20), ("理发一次", "Haircut", 50)):
            command = OfferReward(
                station=station.id, name=name, name_en=english, cost=cost, stock=10, provenance=_SYNTHETIC
            )
            await rewards.offer(SYSTEM, command)
    return 2 * len(pilots)


def _at(days: int, hour: int) -> datetime:
    return clock.end_of(clock.today() + timedelta(days=days - 1)) + timedelta(microseconds=1, hours=hour)
