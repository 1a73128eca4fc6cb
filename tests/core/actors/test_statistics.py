"""The profile of committees: counted by hand for a few people whose every share is known."""

from datetime import date

import pytest

from gongzhi.core.actors import statistics
from gongzhi.core.actors.kinds import Education
from gongzhi.core.actors.statistics import CommitteeStatistics, completed_years
from gongzhi.core.db import Database, count_statements
from gongzhi.core.errors import Invalid
from gongzhi.core.permissions import ANONYMOUS, SYSTEM
from gongzhi.core.territory.records import Level
from tests.core.actors.people import committee, organization, person, post
from tests.core.places import TODAY, place

DONGYUAN, BADENG = "/futian/nanyuan/dongyuan", "/futian/nanyuan/badeng"


async def two_committees() -> None:
    """Four people in two committees: two directors, one deputy and one member; one also leads the party there."""
    await committee("c1")
    await committee("c2", BADENG)
    await organization("p1", "general_party_organization", DONGYUAN)
    await organization("m1", "peoples_mediation_committee", DONGYUAN, parent="c1")
    await person("director-1", date(1975, 6, 1), Education.college)
    await person("director-2", date(1975, 6, 2), Education.secondary)
    await person("deputy", date(1985, 1, 1), Education.master)
    await person("member")
    await person("resident", date(1990, 1, 1), Education.doctor)
    await post("director-1", "c1", "director")
    await post("director-1", "c1", "member")
    await post("director-1", "p1", "secretary")
    await post("director-2", "c2", "director")
    await post("deputy", "c1", "deputy_director")
    await post("member", "c1", "member")
    await post("member", "p1", "member")
    await post("resident", "c1", "resident")
    await post("resident", "m1", "member")


async def test_people_are_counted_once_and_only_members_count(district: Database) -> None:
    await two_committees()
    with count_statements() as counter:
        found = await statistics.committee_statistics(SYSTEM, "/futian", TODAY)
    assert counter.count == 2
    assert found == CommitteeStatistics(
        members=4,
        average_age=(40 + 39 + 30) / 3,
        college_count=2,
        college_share=0.5,
        directors=2,
        directors_college_share=0.5,
        leaders=3,
        cross_appointed=1,
        cross_share=1 / 3,
    )


async def test_a_place_counts_its_own_committees_as_they_were_on_the_day(district: Database) -> None:
    await two_committees()
    await place("/futian/nanyuan/dongyuan2", Level.community)
    await committee("c3", "/futian/nanyuan/dongyuan2")
    await post("resident", "c3", "director")
    own = await statistics.committee_statistics(SYSTEM, DONGYUAN, TODAY)
    assert (own.members, own.directors, own.leaders, own.cross_appointed) == (3, 1, 2, 1)
    await post("resident", "c2", "member", date(2015, 6, 2), date(2015, 6, 3))
    days = (date(2015, 6, 1), date(2015, 6, 2), date(2015, 6, 3))
    members = [(await statistics.committee_statistics(SYSTEM, BADENG, day)).members for day in days]
    assert members == [1, 2, 1]


async def test_a_post_in_the_party_that_is_over_is_no_cross_appointment(district: Database) -> None:
    await committee("c1")
    await organization("p1", "general_party_organization", DONGYUAN)
    await person("li")
    await post("li", "c1", "director")
    await post("li", "p1", "secretary", date(2014, 1, 1), TODAY)
    counts = [
        (await statistics.committee_statistics(SYSTEM, "/futian", day)).cross_appointed
        for day in (date(2013, 12, 31), date(2015, 5, 31), TODAY)
    ]
    assert counts == [0, 1, 0]


async def test_without_anybody_there_is_nothing_to_divide_by(district: Database) -> None:
    await committee("c1")
    assert await statistics.committee_statistics(ANONYMOUS, "/futian", TODAY) == CommitteeStatistics(
        members=0,
        average_age=None,
        college_count=0,
        college_share=None,
        directors=0,
        directors_college_share=None,
        leaders=0,
        cross_appointed=0,
        cross_share=None,
    )


async def test_a_day_out_of_range_is_refused(district: Database) -> None:
    with pytest.raises(Invalid) as refused:
        await statistics.committee_statistics(SYSTEM, "/futian", date(1949, 9, 30))
    assert [problem.field for problem in refused.value.problems] == ["on"]


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(1980, 6, 1), date(2015, 5, 31), 34),
        (date(1980, 6, 1), date(2015, 6, 1), 35),
        (date(1980, 2, 29), date(2015, 2, 28), 34),
        (date(1980, 2, 29), date(2015, 3, 1), 35),
    ],
)
def test_ages_are_completed_years(born: date, on: date, age: int) -> None:
    assert completed_years(born, on) == age
