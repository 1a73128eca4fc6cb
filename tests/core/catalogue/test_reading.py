"""Lists, editions and items as they are asked for."""

from datetime import date

import pytest

from gongzhi.core.catalogue import reading, store
from gongzhi.core.catalogue.search import SearchFilters
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.errors import Invalid, NotFound
from gongzhi.core.paging import FixedPage, Page, PageRequest
from gongzhi.core.permissions import ANONYMOUS
from tests.core.catalogue.contents import content
from tests.core.catalogue.editing import SLUG, drafted, published

OTHER_LIST = "value-added-services"


async def test_editions_by_number_and_by_day(catalogue: Catalogue) -> None:
    first = await published(catalogue, content("a"))
    second = await published(catalogue, content("b"))
    await drafted(catalogue)
    snapshot = catalogue.snapshot
    assert reading.edition_numbered(snapshot, SLUG, 1) == first
    assert reading.edition_to_compare(snapshot, SLUG, None) == second
    for slug, number in ((SLUG, 3), (SLUG, 0), ("nothing", 1)):
        with pytest.raises(NotFound):
            reading.edition_numbered(snapshot, slug, number)
    with pytest.raises(NotFound, match="no edition of value-added-services is in force"):
        reading.edition_to_compare(snapshot, OTHER_LIST, None)
    with pytest.raises(NotFound):
        reading.edition_on(snapshot, "nothing")
    with pytest.raises(Invalid):
        reading.edition_on(snapshot, SLUG, date(1900, 1, 1))


async def test_an_item_by_its_code_in_one_list_or_in_all(catalogue: Catalogue) -> None:
    await published(catalogue, content("a"), content("b"))
    await published(catalogue, content("a"), content("v"), slug=OTHER_LIST)
    snapshot = catalogue.snapshot
    found = reading.item_coded(snapshot, "v")
    assert found is not None
    assert found.list_slug == OTHER_LIST
    assert reading.item_coded(snapshot, "a", SLUG) == snapshot.item(SLUG, "a")
    assert reading.item_coded(snapshot, "zz") is None
    with pytest.raises(Invalid, match="several lists"):
        reading.item_coded(snapshot, "a")
    with pytest.raises(NotFound):
        reading.item_coded(snapshot, "a", "nothing")


async def test_items_of_an_edition_page_by_page(catalogue: Catalogue) -> None:
    edition = await published(catalogue, *(content(f"i{number}") for number in range(5)))
    other = await published(catalogue, content("x"), slug=OTHER_LIST)
    first = await reading.page_of(catalogue, edition, PageRequest(first=2))
    assert ([item.code for item in first.rows], first.has_next) == (["i0", "i1"], True)
    rest = await reading.page_of(catalogue, edition, PageRequest(after=first.cursors[-1]))
    assert ([item.code for item in rest.rows], rest.has_next) == (["i2", "i3", "i4"], False)
    with pytest.raises(Invalid):
        await reading.page_of(catalogue, other, PageRequest(after=first.cursors[-1]))


async def test_a_page_of_a_published_edition_is_kept(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "KEPT_PAGES", 2)
    edition = await published(catalogue, *(content(f"i{number}") for number in range(3)))
    page = await reading.page_of(catalogue, edition, PageRequest(first=2))
    assert type(page) is FixedPage
    assert await reading.page_of(catalogue, edition, PageRequest(first=2)) is page
    for size in (0, 1, 3):
        assert len((await reading.page_of(catalogue, edition, PageRequest(first=size))).rows) == size
    assert len(catalogue.snapshot.current[SLUG]._pages) <= 2
    again = await reading.page_of(catalogue, edition, PageRequest(first=2))
    assert again is not page
    assert again.rows == page.rows


async def test_a_page_of_a_draft_is_not_kept(catalogue: Catalogue) -> None:
    draft = await drafted(catalogue, content("a"))
    page = await reading.page_of(catalogue, draft, PageRequest(first=2))
    assert [item.code for item in page.rows] == ["a"]
    assert type(page) is Page
    assert await reading.page_of(catalogue, draft, PageRequest(first=2)) is not page


async def test_search_results_page_by_page_best_first_across_lists(catalogue: Catalogue) -> None:
    await published(catalogue, content("a", "社区养老"), content("b", "养老"), content("c", "图书"))
    await published(catalogue, content("v", "养老"), content("w", "养老院"), slug=OTHER_LIST)
    whole = ["b", "v", "w", "a"]
    for size in (1, 2, 3, 10):
        found: list[str] = []
        cursor = None
        while True:
            request = PageRequest(first=size, after=cursor)
            page = await reading.search(ANONYMOUS, catalogue.snapshot, "养老", SearchFilters(), None, request)
            found += [item.code for item in page.rows]
            if not page.has_next:
                break
            cursor = page.cursors[-1]
        assert found == whole
    only = SearchFilters(lists=(OTHER_LIST,))
    page = await reading.search(ANONYMOUS, catalogue.snapshot, "养老", only, None, PageRequest())
    assert ([item.code for item in page.rows], await page.total()) == (["v", "w"], 2)


async def test_related_items_are_found_across_lists(catalogue: Catalogue) -> None:
    related = ("b", f"{OTHER_LIST}:v", f"{OTHER_LIST}:none", "nothing:x")
    await published(catalogue, content("a", related=related), content("b"))
    await published(catalogue, content("v"), slug=OTHER_LIST)
    item = catalogue.snapshot.item(SLUG, "a")
    assert item is not None
    assert [found.code for found in reading.related(catalogue.snapshot, item)] == ["b", "v"]
