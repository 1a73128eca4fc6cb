"""Every test here runs in a small district, on a fixed day, by the shipped policy."""

from collections.abc import AsyncIterator

import pytest

from gongzhi.core.actors.records import Organization
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.db import Database
from gongzhi.core.permissions import pinned
from tests.core.actors.people import committee, organization, station
from tests.core.catalogue.contents import content
from tests.core.catalogue.editing import owned_lists, published
from tests.core.catalogue.offers import BADENG
from tests.core.catalogue.tasks import DONGYUAN, MEITING, NANYUAN, TASKS
from tests.core.places import TODAY, on_day, shipped_policy, small_district


@pytest.fixture
async def catalogue(database: Database) -> AsyncIterator[Catalogue]:
    """The small district with core's lists, which belong to a district office and have no editions yet."""
    with pinned(shipped_policy()), on_day(TODAY):
        await small_district()
        yield await owned_lists()


@pytest.fixture
async def home(catalogue: Catalogue) -> Organization:
    """The station of Dongyuan, with everybody who may take over its tasks t1 to t6."""
    await published(catalogue, *(content(f"t{number}") for number in range(1, 7)), slug=TASKS)
    await committee("committee", DONGYUAN)
    await organization("social", "social_organization", NANYUAN)
    await organization("property", "property_company", DONGYUAN)
    await organization("far", "social_organization", MEITING)
    await organization("bureau", "line_department", "/futian")
    return await station("station", DONGYUAN)


@pytest.fixture
async def center(catalogue: Catalogue) -> Organization:
    """A service centre at Dongyuan that serves Badeng too, and a list with the items a to c in force."""
    await published(catalogue, content("a", "养老"), content("b", "托老"), content("c", "图书"))
    return await organization("center", "service_center", DONGYUAN, serves=(BADENG,))
