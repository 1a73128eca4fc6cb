"""Organizations that end: merged or dissolved, with their history."""

import asyncio
from datetime import date, timedelta

import pytest

from gongzhi.core.actors import areas, memberships, mergers, organizations
from gongzhi.core.actors.commands import DissolveOrganization, MergeOrganizations, MergeSource
from gongzhi.core.actors.kinds import Position
from gongzhi.core.actors.memberships import MembershipFilter
from gongzhi.core.actors.organizations import OrganizationFilter
from gongzhi.core.actors.records import Organization, OrganizationStatus
from gongzhi.core.db import Database, count_statements
from gongzhi.core.errors import Conflict, Forbidden, Invalid, NotFound
from gongzhi.core.paging import PageRequest
from gongzhi.core.permissions import ANONYMOUS, SYSTEM
from gongzhi.core.territory.records import Level
from tests.core.actors.people import committee, organization, person, post, station
from tests.core.places import FOUNDED, TODAY, holding, on_day, place, traces

MEITING, MEILIN1, XIAMEI = "/futian/meilin/meiting", "/futian/meilin/meilin1", "/futian/meilin/xiamei"
DONGYUAN = "/futian/nanyuan/dongyuan"
DAY = date(2015, 7, 1)
EVE = DAY - timedelta(days=1)


async def merge(into: str, *sources: str, on: date = DAY) -> Organization:
    named = tuple(MergeSource(code=code) for code in sources)
    return await mergers.merge(SYSTEM, MergeOrganizations(sources=named, into=into, effective_on=on))


async def codes(**wanted: object) -> list[str]:
    page = await organizations.organizations(ANONYMOUS, OrganizationFilter(**wanted), PageRequest(first=100))
    return [row.code for row in page.rows]


async def posts(found: Organization, on: date) -> list[Position]:
    page = await memberships.memberships(SYSTEM, MembershipFilter(organization=found.id, on=on), PageRequest())
    return [row.position for row in page.rows]


async def test_thirteen_stations_become_eight_and_every_community_stays_served(district: Database) -> None:
    communities = [f"/futian/meilin/c{number:02}" for number in range(1, 14)]
    for number, path in enumerate(communities, start=1):
        await place(path, Level.community)
        await station(f"s{number:02}", path)
    for into, source in (("s01", "s09"), ("s02", "s10"), ("s03", "s11"), ("s04", "s12"), ("s05", "s13")):
        await merge(into, source)
    station_only = {"within": "/futian/meilin"}
    assert len(await codes(**station_only, on=EVE)) == 13
    assert await codes(**station_only, on=DAY) == [f"s{number:02}" for number in range(1, 9)]
    assert len(await codes(**station_only, include_closed=True)) == 13
    for number, path in enumerate(communities, start=1):
        assert await codes(serving=path, on=EVE) == [f"s{number:02}"]
        assert len(await codes(serving=path, on=DAY)) == 1
    assert await codes(serving=communities[8], on=DAY) == ["s01"]


async def test_a_merger_says_what_became_of_whom(district: Database) -> None:
    for code, path in (("s1", MEITING), ("s2", MEILIN1), ("s3", XIAMEI)):
        await station(code, path)
    target = await merge("s1", "s2", "s1")
    await merge("s1", "s3", on=date(2015, 8, 1))
    assert target.version == 1
    with count_statements() as counter:
        found = await mergers.absorbed([target.id])
    assert counter.count == 1
    assert [(each.code, each.valid_to) for each in found[target.id]] == [("s2", DAY), ("s3", date(2015, 8, 1))]
    source = await organizations.organization(ANONYMOUS, "s2")
    assert (source.status, source.merged_into, source.version) == (OrganizationStatus.merged, target.id, 2)
    assert await mergers.absorbed([source.id]) == {source.id: []}
    assert await mergers.absorbed([]) == {}


async def test_a_merger_passes_on_what_was_served_once_and_with_its_terms(district: Database) -> None:
    await station("s1", MEITING, serves=(DONGYUAN,))
    await station("s2", MEILIN1, serves=(DONGYUAN, XIAMEI, MEITING))
    target = await merge("s1", "s2")
    served = (await areas.areas_of([target.id], DAY))[target.id]
    assert [(area.path, area.valid_from, area.valid_to) for area in served] == [
        (MEILIN1, DAY, None),
        (XIAMEI, DAY, None),
        (DONGYUAN, FOUNDED, None),
    ]
    source = await organizations.organization(ANONYMOUS, "s2")
    assert [len((await areas.areas_of([source.id], day))[source.id]) for day in (EVE, DAY)] == [3, 0]


async def test_posts_end_with_their_organization_and_stay_readable(district: Database) -> None:
    await station("s1", MEITING)
    source = await station("s2", MEILIN1)
    for code in ("a1", "a2", "a3"):
        await person(code)
    await post("a1", "s2", "head")
    await post("a2", "s2", "clerk", valid_to=date(2015, 6, 15))
    await post("a3", "s2", "clerk", valid_from=date(2015, 9, 1))
    await merge("s1", "s2")
    assert await posts(source, date(2015, 6, 10)) == [Position.head, Position.clerk]
    assert await posts(source, EVE) == [Position.head]
    assert await posts(source, DAY) == []
    assert await posts(source, date(2015, 9, 1)) == []


async def test_what_cannot_merge_is_refused_and_nothing_changes(district: Database) -> None:
    await station("s1", MEITING)
    await station("s2", MEILIN1)
    await station("ended", XIAMEI)
    await mergers.dissolve(SYSTEM, DissolveOrganization(code="ended", version=1, effective_on=TODAY))
    await committee("c1", MEITING)
    await committee("c2", XIAMEI)
    await organization("c2-m", "peoples_mediation_committee", XIAMEI, parent="c2")
    before = await traces()
    for into, sources, refusal, message in (
        ("s1", ("s1",), Invalid, "other than the one"),
        ("s1", ("zz",), NotFound, "zz"),
        ("zz", ("s1",), NotFound, "zz"),
        ("s1", ("s2", "c1"), Invalid, "one kind"),
        ("s1", ("s2", "ended"), Conflict, "dissolved on 2015-06-01"),
        ("ended", ("s2",), Invalid, "has not existed since 2015-06-01"),
        ("c1", ("c2",), Conflict, "c2-m"),
    ):
        with pytest.raises(refusal, match=message):
            async with district.transaction():
                await merge(into, *sources)
    for day in (FOUNDED, date(1900, 1, 1), date(2300, 1, 1)):
        with pytest.raises(Invalid):
            await merge("s1", "s2", on=day)
    stale = MergeOrganizations(sources=(MergeSource(code="s2", version=4),), into="s1", effective_on=DAY)
    with pytest.raises(Conflict, match="version 1"):
        await mergers.merge(SYSTEM, stale)
    assert await traces() == before
    assert await codes(on=DAY) == ["c1", "c2", "c2-m", "s1", "s2"]


async def test_nothing_merges_into_what_itself_will_end(district: Database) -> None:
    await station("s1", MEITING)
    await station("s2", MEILIN1)
    await mergers.dissolve(SYSTEM, DissolveOrganization(code="s1", version=1, effective_on=date(2016, 1, 1)))
    with pytest.raises(Conflict, match="ends on 2016-01-01"):
        await merge("s1", "s2")


async def test_a_successor_can_be_merged_in_its_turn(district: Database) -> None:
    for code, path in (("s1", MEITING), ("s2", MEILIN1), ("s3", XIAMEI)):
        await station(code, path)
    await merge("s2", "s1")
    await merge("s3", "s2", on=date(2015, 8, 1))
    assert await codes(serving=MEITING, on=DAY) == ["s2"]
    assert await codes(serving=MEITING, on=date(2015, 8, 1)) == ["s3"]


async def test_only_the_district_administrator_merges(district: Database) -> None:
    await station("s1", MEITING)
    source = await station("s2", MEILIN1)
    await person("a1")
    await post("a1", "s2", "head")
    command = MergeOrganizations(sources=(MergeSource(code="s2", version=1),), into="s1", effective_on=DAY)
    before = await traces()
    for caller in (
        holding("station.head", MEILIN1, source.id),
        holding("district.admin", "/futian/nanyuan"),
        holding("district.admin", MEITING),
    ):
        with pytest.raises(Forbidden):
            await mergers.merge(caller, command)
    assert await traces() == before
    assert (await mergers.merge(holding("district.admin", "/futian"), command)).code == "s1"
    assert await traces() == (before[0] + 2, before[1] + 2)


async def test_a_dissolved_organization_keeps_its_past(district: Database) -> None:
    created = await committee("c1", DONGYUAN, serves=(MEITING,))
    await person("a1")
    await post("a1", "c1", "director")
    ended = await mergers.dissolve(SYSTEM, DissolveOrganization(code="c1", version=1, effective_on=DAY))
    assert (ended.status, ended.valid_to, ended.merged_into) == (OrganizationStatus.dissolved, DAY, None)
    assert [await codes(serving=MEITING, on=day) for day in (EVE, DAY)] == [["c1"], []]
    assert [await posts(created, day) for day in (EVE, DAY)] == [[Position.director], []]
    with on_day(EVE):
        assert await codes() == ["c1"]
    with on_day(DAY):
        assert await codes() == []
    with pytest.raises(Conflict, match="dissolved on 2015-07-01 already"):
        await mergers.dissolve(SYSTEM, DissolveOrganization(code="c1", version=2))


async def test_of_two_mergers_at_once_one_wins(district: Database) -> None:
    for code, path in (("s1", MEITING), ("s2", MEILIN1), ("s3", XIAMEI)):
        await station(code, path)

    async def attempt(into: str) -> None:
        async with district.transaction():
            await merge(into, "s3")

    results = await asyncio.gather(attempt("s1"), attempt("s2"), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    winner = "s1" if results[0] is None else "s2"
    assert await codes(serving=XIAMEI, on=DAY) == [winner]
