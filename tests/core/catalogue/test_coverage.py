"""Which communities offer which items, and what is missing."""

from datetime import date, timedelta

import pytest

from gongzhi.core.actors.records import Organization
from gongzhi.core.catalogue import offerings
from gongzhi.core.catalogue.commands import CreateOffering, UpdateOffering
from gongzhi.core.catalogue.coverage import Coverage, coverage
from gongzhi.core.catalogue.records import Offering, OfferingStatus
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.db import count_statements
from gongzhi.core.errors import Invalid, NotFound
from gongzhi.core.permissions import ANONYMOUS, SYSTEM
from gongzhi.core.territory.records import Level
from tests.core.actors.people import organization
from tests.core.catalogue.contents import content
from tests.core.catalogue.editing import SLUG, published
from tests.core.places import TODAY, place

NANYUAN, DONGYUAN, BADENG = "/futian/nanyuan", "/futian/nanyuan/dongyuan", "/futian/nanyuan/badeng"
MEILIN = "/futian/meilin"
MEILIN_COMMUNITIES = (f"{MEILIN}/meilin1", f"{MEILIN}/meiting", f"{MEILIN}/xiamei")


@pytest.fixture
async def center(catalogue: Catalogue) -> Organization:
    """A service centre of the whole district, and the items a to c in force."""
    await published(catalogue, content("a"), content("b"), content("c"))
    return await organization("center", "service_center", "/futian")


async def offered(catalogue: Catalogue, code: str, path: str, provider: str = "center", **more: object) -> Offering:
    command = CreateOffering(list_slug=SLUG, item_code=code, path=path, organization=provider, **more)
    return await offerings.create(SYSTEM, catalogue, command)


async def covered(catalogue: Catalogue, path: str = "/futian", on: date | None = None) -> dict[str, tuple[str, ...]]:
    found = await coverage(ANONYMOUS, catalogue, path, SLUG, on)
    return {item.item.code: item.offered_in for item in found.items}


def counts(found: Coverage) -> dict[str, tuple[int, int, int]]:
    return {each.place.path: (each.communities, each.offered, each.possible) for each in found.places}


async def test_the_matrix_the_counts_and_the_gaps(catalogue: Catalogue, center: Organization) -> None:
    other = await organization("other", "service_center", DONGYUAN)
    await offered(catalogue, "a", DONGYUAN)
    await offered(catalogue, "a", DONGYUAN, "other")
    await offered(catalogue, "b", MEILIN)
    found = await coverage(ANONYMOUS, catalogue, "/futian", SLUG)
    a, b, c = found.items
    assert (a.offered_in, a.providers) == ((DONGYUAN,), tuple(sorted((center.id, other.id))))
    assert a.missing_in == (*MEILIN_COMMUNITIES, BADENG)
    assert (b.offered_in, b.missing_in) == (MEILIN_COMMUNITIES, (BADENG, DONGYUAN))
    assert (c.offered_in, c.providers, len(c.missing_in)) == ((), (), 5)
    assert (found.offered, found.possible, found.day) == (4, 15, TODAY)
    assert counts(found) == {
        "/futian": (5, 4, 15),
        MEILIN: (3, 3, 9),
        **dict.fromkeys(MEILIN_COMMUNITIES, (1, 1, 3)),
        NANYUAN: (2, 1, 6),
        BADENG: (1, 0, 3),
        DONGYUAN: (1, 1, 3),
    }


async def test_an_offering_reaches_what_lies_below_it_and_one_in_a_grid_its_community(
    catalogue: Catalogue, center: Organization
) -> None:
    await place(f"{DONGYUAN}/g001", Level.grid)
    await offered(catalogue, "a", "/futian")
    await offered(catalogue, "b", NANYUAN)
    await offered(catalogue, "c", f"{DONGYUAN}/g001")
    everywhere = (*MEILIN_COMMUNITIES, BADENG, DONGYUAN)
    assert await covered(catalogue) == {"a": everywhere, "b": (BADENG, DONGYUAN), "c": (DONGYUAN,)}
    assert await covered(catalogue, "/") == await covered(catalogue)
    found = await coverage(ANONYMOUS, catalogue, "/futian", SLUG)
    assert f"{DONGYUAN}/g001" not in counts(found)


async def test_a_part_says_the_same_as_the_whole(catalogue: Catalogue, center: Organization) -> None:
    await offered(catalogue, "a", "/futian")
    await offered(catalogue, "b", NANYUAN)
    await offered(catalogue, "c", BADENG)
    whole = counts(await coverage(ANONYMOUS, catalogue, "/futian", SLUG))
    for path in (NANYUAN, MEILIN, DONGYUAN, BADENG):
        part = counts(await coverage(ANONYMOUS, catalogue, path, SLUG))
        assert part == {key: value for key, value in whole.items() if key == path or key.startswith(f"{path}/")}
    assert await covered(catalogue, DONGYUAN) == {"a": (DONGYUAN,), "b": (DONGYUAN,), "c": ()}


async def test_only_what_is_offered_on_the_day_counts(catalogue: Catalogue, center: Organization) -> None:
    await offered(catalogue, "a", DONGYUAN, valid_from=date(2015, 1, 1), valid_to=TODAY)
    await offered(catalogue, "b", DONGYUAN, valid_from=TODAY + timedelta(days=1))
    paused = await offered(catalogue, "c", DONGYUAN)
    command = UpdateOffering(offering=paused.id, version=1, status=OfferingStatus.suspended)
    await offerings.revise(SYSTEM, command)
    assert await covered(catalogue) == {"a": (), "b": (), "c": ()}
    assert (await covered(catalogue, on=date(2015, 2, 1)))["a"] == (DONGYUAN,)
    assert (await covered(catalogue, on=TODAY + timedelta(days=1)))["b"] == (DONGYUAN,)


async def test_a_list_without_an_edition_covers_nothing(catalogue: Catalogue, center: Organization) -> None:
    found = await coverage(ANONYMOUS, catalogue, NANYUAN, "value-added-services")
    assert (found.items, found.offered, found.possible) == ((), 0, 0)
    assert counts(found)[NANYUAN] == (2, 0, 0)


async def test_two_statements_whatever_the_size(catalogue: Catalogue, center: Organization) -> None:
    for expected in (0, 3):
        with count_statements() as counter:
            found = await coverage(ANONYMOUS, catalogue, "/futian", SLUG)
        assert (counter.count, found.offered) == (2, expected)
        if not expected:
            for code in "abc":
                await offered(catalogue, code, DONGYUAN)


async def test_unknown_places_lists_and_days(catalogue: Catalogue, center: Organization) -> None:
    for path, slug, day, refusal in (
        ("/luohu", SLUG, TODAY, NotFound),
        ("/futian", "nothing", TODAY, NotFound),
        ("no path", SLUG, TODAY, Invalid),
        ("/futian", SLUG, date(1900, 1, 1), Invalid),
    ):
        with pytest.raises(refusal):
            await coverage(ANONYMOUS, catalogue, path, slug, day)
