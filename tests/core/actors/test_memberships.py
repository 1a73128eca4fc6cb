"""Posts: who may give them, for which term, and what a caller holds because of them."""

import asyncio
from datetime import date
from uuid import uuid4

import pytest

from gongzhi.core.actors import memberships, organizations
from gongzhi.core.actors.callers import principal_for
from gongzhi.core.actors.commands import Appoint, EndMembership, SetServiceAreas
from gongzhi.core.actors.kinds import Position
from gongzhi.core.actors.memberships import MembershipFilter
from gongzhi.core.db import Database, count_statements
from gongzhi.core.errors import Conflict, Forbidden, GongzhiError, Invalid, NotFound, Unauthenticated
from gongzhi.core.paging import PageRequest
from gongzhi.core.permissions import ANONYMOUS, SYSTEM, Principal
from tests.core.actors.people import committee, organization, person, post, station
from tests.core.places import FOUNDED, TODAY, holding, traces

DONGYUAN, BADENG, MEITING = "/futian/nanyuan/dongyuan", "/futian/nanyuan/badeng", "/futian/meilin/meiting"
LATER = date(2016, 1, 1)


async def positions(request: PageRequest | None = None, **wanted: object) -> list[str]:
    page = await memberships.memberships(SYSTEM, MembershipFilter(**wanted), request or PageRequest())
    return [row.position.value for row in page.rows]


async def held(code: str, day: date = TODAY) -> list[tuple[str, str]]:
    account = await principal_for(code)
    assert account.account_id is not None
    return [
        (one.organization_code, one.position.value)
        for one in await memberships.active_bindings(account.account_id, day)
    ]


async def test_an_appointment_is_held_from_its_first_day_until_the_day_before_its_last(district: Database) -> None:
    await committee("c1")
    await person("li")
    audits, events = await traces()
    made = await post("li", "c1", "director", date(2015, 1, 1), LATER)
    assert (made.position, made.valid_from, made.valid_to, made.version) == ("director", date(2015, 1, 1), LATER, 1)
    assert await traces() == (audits + 1, events + 1)
    days = (date(2014, 12, 31), date(2015, 1, 1), date(2015, 12, 31), LATER)
    assert [await held("li", day) for day in days] == [[], [("c1", "director")], [("c1", "director")], []]


async def test_bindings_carry_every_place_served_and_take_one_statement(district: Database) -> None:
    first = await station("s1", MEITING, serves=(DONGYUAN, BADENG))
    await committee("c1")
    li = await person("li")
    await post("li", "s1", "head")
    await post("li", "c1", "member")
    with count_statements() as counter:
        found = await memberships.active_bindings(li.id, TODAY)
    assert counter.count == 1
    assert [(one.organization_code, one.paths) for one in found] == [
        ("s1", (MEITING, BADENG, DONGYUAN)),
        ("c1", (DONGYUAN,)),
    ]
    await organizations.set_service_areas(SYSTEM, SetServiceAreas(code="s1", version=first.version, paths=()))
    assert [one.paths for one in await memberships.active_bindings(li.id, TODAY)] == [(MEITING,), (DONGYUAN,)]


async def test_an_organization_that_ended_gives_no_binding(district: Database) -> None:
    await committee("c1", valid_from=date(2015, 1, 1))
    await person("li")
    await post("li", "c1", "director", date(2015, 1, 1))
    assert await held("li", date(2014, 12, 31)) == []
    assert await held("li") == [("c1", "director")]
    assert await memberships.active_bindings(uuid4(), TODAY) == []


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"position": Position.head}, Invalid, "position"),
        ({"valid_from": date(1900, 1, 1)}, Invalid, "valid_from"),
        ({"valid_to": date(2201, 1, 1)}, Invalid, "valid_to"),
        ({"valid_to": FOUNDED}, Invalid, "valid_to"),
        ({"valid_from": date(1999, 12, 31)}, Invalid, "organization"),
        ({"note": "x" * 2001}, Invalid, "note"),
        ({"account": "nobody"}, NotFound, None),
        ({"organization": "nothing"}, NotFound, None),
    ],
)
async def test_a_wrong_appointment_is_refused_and_nothing_changes(
    district: Database, changes: dict[str, object], refusal: type[GongzhiError], field: str | None
) -> None:
    await committee("c1")
    await person("li")
    before = await traces()
    values = {"account": "li", "organization": "c1", "position": Position.director, "valid_from": FOUNDED, **changes}
    with pytest.raises(refusal) as refused:
        await memberships.appoint(SYSTEM, Appoint(**values))
    problems = getattr(refused.value, "problems", ())
    assert [problem.field for problem in problems] == ([field] if field else [])
    assert await positions(include_ended=True) == []
    assert await traces() == before


async def test_one_person_holds_several_posts_but_each_once_at_a_time(district: Database) -> None:
    await committee("c1")
    await organization("p1", "general_party_organization", DONGYUAN)
    await person("li")
    await post("li", "c1", "director", date(2015, 1, 1), LATER)
    await post("li", "p1", "secretary")
    for start, stop in ((date(2014, 1, 1), None), (date(2015, 12, 31), None), (FOUNDED, date(2015, 1, 2))):
        with pytest.raises(Conflict, match="already; end that post first"):
            await post("li", "c1", "director", start, stop)
    await post("li", "c1", "director", LATER)
    await post("li", "c1", "director", FOUNDED, date(2015, 1, 1))
    assert await positions(include_ended=True) == ["director", "secretary", "director", "director"]


async def test_of_two_appointments_at_once_the_post_is_given_once(district: Database) -> None:
    await committee("c1")
    await person("li")

    async def appoint() -> None:
        async with district.transaction():
            await post("li", "c1", "director")

    results = await asyncio.gather(appoint(), appoint(), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    assert await positions() == ["director"]


async def test_a_post_ends_once_and_stays_readable(district: Database) -> None:
    await committee("c1")
    li = await person("li")
    made = await post("li", "c1", "director")
    ended = await memberships.end(SYSTEM, EndMembership(id=made.id, version=1, note="moved"))
    assert (ended.valid_to, ended.note, ended.version) == (TODAY, "moved", 2)
    assert await held("li") == []
    assert await positions(account=li.id) == []
    assert await positions(account=li.id, on=date(2015, 5, 31)) == ["director"]
    before = await traces()
    with pytest.raises(Conflict, match="at version 2"):
        await memberships.end(SYSTEM, EndMembership(id=made.id, version=1))
    with pytest.raises(Conflict, match="ends on 2015-06-01 already"):
        await memberships.end(SYSTEM, EndMembership(id=made.id, version=2))
    with pytest.raises(Invalid, match="begins only on"):
        await memberships.end(SYSTEM, EndMembership(id=made.id, version=2, on=date(1999, 1, 1)))
    with pytest.raises(NotFound):
        await memberships.end(SYSTEM, EndMembership(id=uuid4(), version=1))
    assert (await memberships.by_ids([made.id]))[made.id] == ended
    assert await traces() == before


async def test_an_empty_term_never_took_effect_and_blocks_nothing(district: Database) -> None:
    await committee("c1")
    await person("li")
    made = await post("li", "c1", "director")
    await memberships.end(SYSTEM, EndMembership(id=made.id, version=1, on=FOUNDED))
    assert await held("li", FOUNDED) == []
    await post("li", "c1", "director")
    assert await held("li", FOUNDED) == [("c1", "director")]


async def test_a_director_appoints_in_the_own_committee_only(district: Database) -> None:
    await committee("c1")
    await committee("c2", BADENG)
    for code in ("li", "wu"):
        await person(code)
    await post("li", "c1", "director")
    other = await post("wu", "c2", "member")
    director = await principal_for("li")
    before = await traces()
    callers: tuple[tuple[Principal, type[GongzhiError]], ...] = (
        (ANONYMOUS, Unauthenticated),
        (director, Forbidden),
        (holding("auditor", "/futian"), Forbidden),
    )
    for caller, refusal in callers:
        with pytest.raises(refusal):
            await memberships.appoint(caller, Appoint(account="wu", organization="c2", position=Position.director))
        with pytest.raises(GongzhiError):
            await memberships.end(caller, EndMembership(id=other.id, version=1))
    assert await traces() == before
    assert (await memberships.by_ids([other.id]))[other.id] == other
    made = await memberships.appoint(director, Appoint(account="wu", organization="c1", position=Position.member))
    assert made.recorded_by == director.account_id


async def test_lists_are_paged_filtered_and_only_for_those_who_may_read(district: Database) -> None:
    mine = await committee("c1")
    other = await committee("c2", BADENG)
    for number in range(5):
        await person(f"a{number}")
        await post(f"a{number}", "c1", "member")
    await post("a0", "c2", "director")
    with count_statements() as counter:
        page = await memberships.memberships(SYSTEM, MembershipFilter(within="/futian/nanyuan"), PageRequest(first=4))
    assert (len(page.rows), page.has_next, counter.count) == (4, True, 1)
    rest = await positions(PageRequest(first=4, after=page.cursors[-1]), within="/futian/nanyuan")
    assert rest == ["member", "director"]
    assert await positions(within=BADENG) == ["director"]
    assert await positions(organization=mine.id, position=Position.director) == []
    reader = holding("committee.member", DONGYUAN, mine.id)
    request = PageRequest()
    assert len((await memberships.memberships(reader, MembershipFilter(organization=mine.id), request)).rows) == 5
    for wanted in (MembershipFilter(organization=other.id), MembershipFilter(within="/futian"), MembershipFilter()):
        with pytest.raises(GongzhiError) as refused:
            await memberships.memberships(reader, wanted, request)
        assert refused.value.code in {"FORBIDDEN", "NOT_FOUND"}
    with pytest.raises(NotFound):
        await memberships.memberships(SYSTEM, MembershipFilter(organization=uuid4()), request)
