from datetime import date

import pytest

from gongzhi.core.db import Database
from gongzhi.core.errors import Invalid
from gongzhi.core.territory.tables import Territory
from gongzhi.core.validity import EARLIEST, LATEST, check_day, check_term, in_force

FIRST, LAST = date(2015, 1, 1), date(2016, 1, 1)


async def test_a_term_holds_from_its_first_day_until_the_day_before_its_last(database: Database) -> None:
    terms = {"both": (FIRST, LAST), "from": (FIRST, None), "to": (None, LAST), "ever": (None, None)}
    terms["empty"] = (FIRST, FIRST)
    await Territory.insert(
        *(
            Territory(code=name, path=f"/{name}", level="district", name=name, valid_from=low, valid_to=high)
            for name, (low, high) in terms.items()
        )
    )
    found = {}
    for day in (date(2014, 12, 31), FIRST, date(2015, 12, 31), LAST):
        clause = in_force(Territory.valid_from, Territory.valid_to, day)
        rows = await Territory.select(Territory.code).where(clause).order_by(Territory.code)
        found[day] = [row["code"] for row in rows]
    assert list(found.values()) == [
        ["ever", "to"],
        ["both", "ever", "from", "to"],
        ["both", "ever", "from", "to"],
        ["ever", "from"],
    ]


@pytest.mark.parametrize("day", [date(1949, 9, 30), date(2200, 1, 2), date.min, date.max])
def test_a_day_out_of_range_is_refused(day: date) -> None:
    with pytest.raises(Invalid) as refused:
        check_day(day, "on")
    assert [problem.field for problem in refused.value.problems] == ["on"]


def test_the_bounds_are_in_range() -> None:
    assert (check_day(EARLIEST, "on"), check_day(LATEST, "on")) == (EARLIEST, LATEST)


@pytest.mark.parametrize(
    ("low", "high", "field"),
    [
        (FIRST, FIRST, "valid_to"),
        (LAST, FIRST, "valid_to"),
        (date.min, None, "valid_from"),
        (None, date.max, "valid_to"),
    ],
)
def test_a_term_that_cannot_be_is_refused(low: date | None, high: date | None, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_term(low, high)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_term_may_be_open_on_either_side_and_last_one_day() -> None:
    check_term(None, None)
    check_term(FIRST, None)
    check_term(None, LAST)
    check_term(FIRST, date(2015, 1, 2))
    with pytest.raises(Invalid):
        check_term(date(2015, 1, 2), FIRST)
