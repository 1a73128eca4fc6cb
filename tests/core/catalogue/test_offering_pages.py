"""Offerings found by place, item, provider and day, page by page."""

from datetime import date

import pytest

from gongzhi.core.actors.records import Organization
from gongzhi.core.catalogue import offerings, reading
from gongzhi.core.catalogue.offerings import OfferingFilter
from gongzhi.core.catalogue.records import Offering
from gongzhi.core.catalogue.search import SearchFilters
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.db import count_statements
from gongzhi.core.errors import Invalid
from gongzhi.core.ids import uuid7
from gongzhi.core.paging import PageRequest, encode_cursor
from gongzhi.core.permissions import ANONYMOUS
from gongzhi.core.territory.records import Level
from tests.core.actors.people import organization
from tests.core.catalogue.editing import SLUG
from tests.core.catalogue.offers import BADENG, DONGYUAN, MEITING, TOMORROW, YESTERDAY, found, offered
from tests.core.places import TODAY, on_day, place


async def test_offerings_are_found_by_place_item_provider_and_day(catalogue: Catalogue, center: Organization) -> None:
    await organization("other", "service_center", MEITING)
    await offered(catalogue, "a")
    await offered(catalogue, "b", BADENG, valid_from=TOMORROW)
    await offered(catalogue, "c", BADENG, valid_from=date(2015, 1, 1), valid_to=TODAY)
    await offered(catalogue, "a", MEITING, organization="other")
    assert await found() == ["meiting:a", "dongyuan:a"]
    assert await found(within="/futian/nanyuan") == ["dongyuan:a"]
    assert await found(within="/futian/nan") == []
    assert await found(on=TOMORROW) == ["meiting:a", "badeng:b", "dongyuan:a"]
    assert await found(on=YESTERDAY) == ["badeng:c"]
    assert await found(status=None) == ["meiting:a", "badeng:b", "badeng:c", "dongyuan:a"]
    assert await found(organization=center.id, status=None) == ["badeng:b", "badeng:c", "dongyuan:a"]
    assert await found(list_slug=SLUG, item_code="a") == ["meiting:a", "dongyuan:a"]
    assert await found(list_slug="value-added-services") == []
    with on_day(TOMORROW):
        assert await found() == ["meiting:a", "badeng:b", "dongyuan:a"]
    for wanted in ({"within": "no path"}, {"on": date(1900, 1, 1)}):
        with pytest.raises(Invalid):
            await found(**wanted)


async def test_pages_join_without_gaps_in_both_directions(catalogue: Catalogue, center: Organization) -> None:
    for number in range(7):
        await offered(catalogue, "abc"[number % 3], (DONGYUAN, BADENG)[number % 2], location=str(number))
    whole = await offerings.offerings(ANONYMOUS, OfferingFilter(), PageRequest(first=100))
    assert len(whole.rows) == await whole.total() == 7
    for size in (1, 2, 3, 7):
        ahead: list[Offering] = []
        cursor: str | None = None
        while True:
            with count_statements() as counter:
                page = await offerings.offerings(ANONYMOUS, OfferingFilter(), PageRequest(first=size, after=cursor))
            assert counter.count == 1
            ahead.extend(page.rows)
            if not page.has_next:
                break
            cursor = page.cursors[-1]
        assert ahead == list(whole.rows)
    last = await offerings.offerings(ANONYMOUS, OfferingFilter(), PageRequest(last=2, before=whole.cursors[5]))
    assert list(last.rows) == list(whole.rows)[3:5]
    assert last.has_previous
    with pytest.raises(Invalid):
        await found(PageRequest(after=encode_cursor("assignment", [DONGYUAN, str(uuid7())])))
    with pytest.raises(Invalid):
        await found(PageRequest(first=101))


async def test_search_finds_what_is_offered_at_below_or_above_a_place(
    catalogue: Catalogue, center: Organization
) -> None:
    await organization("district", "service_center", "/futian")
    await offered(catalogue, "a")
    await offered(catalogue, "b", "/futian", organization="district")
    await offered(catalogue, "c", valid_from=TOMORROW)

    async def codes(path: str, query: str = "") -> list[str]:
        page = await reading.search(ANONYMOUS, catalogue.snapshot, query, SearchFilters(), path, PageRequest())
        return [item.code for item in page.rows]

    assert await codes(DONGYUAN) == ["a", "b"]
    assert await codes("/futian/nanyuan", "yanglao") == ["a"]
    assert await codes(MEITING) == ["b"]
    assert await codes("/") == ["a", "b"]
    with count_statements() as counter:
        await codes(DONGYUAN, "老")
    assert counter.count == 1


async def test_a_place_whose_name_begins_like_anothers_is_not_within_it(
    catalogue: Catalogue, center: Organization
) -> None:
    await organization("district", "service_center", "/futian")
    paths = ["/futian/nanyuan", "/futian/nanyuan-east", "/futian/nanyuan2", DONGYUAN, "/futian"]
    for path in paths[1:3]:
        await place(path, Level.subdistrict)
    for path in paths:
        await offered(catalogue, "a", path, organization="district")
    assert await found(within="/futian/nanyuan") == ["nanyuan:a", "dongyuan:a"]
    assert await found(within="/futian/nanyuan-east") == ["nanyuan-east:a"]
    assert await found(within="/futian") == ["futian:a", "nanyuan:a", "nanyuan-east:a", "dongyuan:a", "nanyuan2:a"]
    assert await found(within="/") == await found(within="/futian")
