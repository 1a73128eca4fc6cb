"""A place and an organization found together: what each would be found alone, and the same refusals."""

from datetime import timedelta
from typing import Any

import pytest

from gongzhi.core.actors import organizations
from gongzhi.core.actors.finding import place_and_organization
from gongzhi.core.actors.tables import Organization
from gongzhi.core.db import Database, count_statements
from gongzhi.core.errors import GongzhiError, Invalid, NotFound
from gongzhi.core.territory import service as territory
from gongzhi.core.territory.tables import Territory
from tests.core.actors.people import committee
from tests.core.places import TODAY

DONGYUAN = "/futian/nanyuan/dongyuan"


async def test_both_are_found_by_one_statement(district: Database) -> None:
    await committee("c1")
    with count_statements() as counter:
        found = await place_and_organization(DONGYUAN, "c1")
    assert counter.count == 1
    assert found == (await territory.find(DONGYUAN), await organizations.find("c1"))


async def alone(path: str, code: str) -> GongzhiError:
    try:
        await territory.find(path)
        await organizations.find(code)
    except GongzhiError as error:
        return error
    raise AssertionError("both were found")


REFUSED: list[tuple[str, str, type[GongzhiError]]] = [
    ("/futian/nowhere", "c1", NotFound),
    (DONGYUAN, "nobody", NotFound),
    ("/futian/nowhere", "nobody", NotFound),
    ("/futian/nowhere/" + "n" * 200, "c1", NotFound),
    (DONGYUAN, "n" * 200, NotFound),
    ("no path", "c1", Invalid),
]


async def test_what_is_not_there_is_refused_as_it_is_alone(district: Database) -> None:
    await committee("c1")
    for path, code, error in REFUSED:
        with pytest.raises(error) as refused:
            await place_and_organization(path, code)
        told = await alone(path, code)
        assert (refused.value.message, refused.value.details) == (told.message, told.details)


async def test_what_does_not_exist_today_is_refused_as_it_is_alone(district: Database) -> None:
    await committee("c1")
    always: dict[Any, Any] = {"valid_from": None, "valid_to": None}
    terms: list[dict[Any, Any]] = [{"valid_to": TODAY}, {"valid_from": TODAY + timedelta(days=1)}]
    for table, column, value in ((Territory, Territory.path, DONGYUAN), (Organization, Organization.code, "c1")):
        for term in terms:
            await table.update({**always, **term}).where(column == value)
            with pytest.raises(Invalid) as refused:
                await place_and_organization(DONGYUAN, "c1")
            told = await alone(DONGYUAN, "c1")
            assert (refused.value.message, refused.value.details) == (told.message, told.details)
        await table.update(always).where(column == value)
