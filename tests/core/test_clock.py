import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from gongzhi.core import clock

NEW_YEARS_EVE = datetime(2015, 12, 31, 16, tzinfo=UTC)


def test_a_day_begins_at_midnight_in_china() -> None:
    assert clock.day_of(NEW_YEARS_EVE) == date(2016, 1, 1)
    assert clock.day_of(NEW_YEARS_EVE - timedelta(microseconds=1)) == date(2015, 12, 31)
    assert clock.end_of(date(2015, 12, 31)) == NEW_YEARS_EVE - timedelta(microseconds=1)


def test_now_is_in_utc_and_moves() -> None:
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().tzinfo is UTC


async def test_a_frozen_clock_stands_still_for_its_own_tasks_only() -> None:
    with clock.frozen(NEW_YEARS_EVE):
        inside = asyncio.create_task(asyncio.sleep(0, clock.today()))
        assert clock.now() == NEW_YEARS_EVE
        with clock.frozen(NEW_YEARS_EVE - timedelta(days=1)):
            assert clock.today() == date(2015, 12, 31)
        assert clock.today() == date(2016, 1, 1)
    assert await inside == date(2016, 1, 1)
    assert clock.now() > NEW_YEARS_EVE


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"), clock.frozen(datetime(2015, 1, 1)):  # noqa: DTZ001 - the case
        pass
