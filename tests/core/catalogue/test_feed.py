"""The change feed: complete, ordered, resumable."""

import pytest

from gongzhi.core.catalogue import editions, feed, tables
from gongzhi.core.catalogue.commands import WithdrawEdition
from gongzhi.core.catalogue.content import decode
from gongzhi.core.catalogue.item import ItemContent
from gongzhi.core.catalogue.records import Edition, FeedEntry, FeedKind
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.db import count_statements
from gongzhi.core.errors import Invalid
from gongzhi.core.paging import PageRequest, encode_cursor
from gongzhi.core.permissions import ANONYMOUS, SYSTEM
from tests.core.catalogue.contents import content
from tests.core.catalogue.editing import SLUG, published

OTHER_LIST = "value-added-services"


async def entries(slug: str | None = None, after: str | None = None) -> list[FeedEntry]:
    page = await feed.changes(ANONYMOUS, slug, PageRequest(first=100, after=after))
    return list(page.rows)


def told(found: list[FeedEntry]) -> list[tuple[int, str, str]]:
    return [(entry.revision, entry.kind.value, entry.code) for entry in found]


async def withdraw(catalogue: Catalogue, edition: Edition) -> None:
    command = WithdrawEdition(edition=edition.id, version=edition.version)
    await editions.withdraw(SYSTEM, catalogue, command)


async def replayed() -> dict[str, ItemContent]:
    """What somebody holds who applied every entry in turn."""
    held: dict[str, ItemContent] = {}
    for entry in await entries(SLUG):
        if entry.kind is FeedKind.removed:
            del held[entry.code]
        elif entry.kind in (FeedKind.added, FeedKind.changed):
            row = await tables.EditionItem.select().where(tables.EditionItem.id == entry.item).first()
            assert row is not None
            assert row["edition"] == entry.edition
            held[entry.code] = decode(row["document"])
    return held


async def test_the_feed_tells_every_change_with_removals(catalogue: Catalogue) -> None:
    assert await entries() == []
    await published(catalogue, content("a"), content("b"), content("c"))
    await published(catalogue, content("c"), content("b", "新"), content("d"))
    assert told(await entries()) == [
        (1, "published", ""),
        (1, "added", "a"),
        (1, "added", "b"),
        (1, "added", "c"),
        (2, "published", ""),
        (2, "changed", "b"),
        (2, "added", "d"),
        (2, "removed", "a"),
    ]
    assert [entry.ordinal for entry in await entries()] == [0, 1, 2, 3, 0, 1, 2, 3]


async def test_whoever_applies_every_entry_holds_the_newest_edition(catalogue: Catalogue) -> None:
    await published(catalogue, content("a"), content("b"))
    second = await published(catalogue, content("b", "新"), content("c"))
    third = await published(catalogue, content("c", "改"), content("d"))
    assert await replayed() == {"c": content("c", "改"), "d": content("d")}
    await withdraw(catalogue, second)
    assert told(await entries())[-1] == (4, "withdrawn", "")
    assert await replayed() == {"c": content("c", "改"), "d": content("d")}
    await withdraw(catalogue, third)
    assert told(await entries())[-5:] == [
        (5, "withdrawn", ""),
        (5, "added", "a"),
        (5, "added", "b"),
        (5, "removed", "c"),
        (5, "removed", "d"),
    ]
    assert await replayed() == {"a": content("a"), "b": content("b")}
    await published(catalogue, content("a", "又"), content("b"))
    assert told(await entries())[-2:] == [(6, "published", ""), (6, "changed", "a")]
    assert await replayed() == {"a": content("a", "又"), "b": content("b")}


async def test_a_withdrawn_only_edition_leaves_nothing(catalogue: Catalogue) -> None:
    await withdraw(catalogue, await published(catalogue, content("a")))
    assert told(await entries())[-2:] == [(2, "withdrawn", ""), (2, "removed", "a")]
    assert await replayed() == {}


async def test_a_cursor_resumes_where_it_stopped_also_after_further_changes(catalogue: Catalogue) -> None:
    await published(catalogue, content("a"), content("b"))
    page = await feed.changes(ANONYMOUS, None, PageRequest(first=2))
    assert (told(list(page.rows)), page.has_next) == ([(1, "published", ""), (1, "added", "a")], True)
    await published(catalogue, content("b"), content("c"))
    rest = await entries(after=page.cursors[-1])
    assert told(rest) == [(1, "added", "b"), (2, "published", ""), (2, "added", "c"), (2, "removed", "a")]
    page = await feed.changes(ANONYMOUS, None, PageRequest(first=100))
    assert (page.has_next, await page.total()) == (False, 6)
    assert await entries(after=page.cursors[-1]) == []
    await published(catalogue, content("v"), slug=OTHER_LIST)
    assert told(await entries(after=page.cursors[-1])) == [(3, "published", ""), (3, "added", "v")]


async def test_pages_of_every_size_give_the_same_order(catalogue: Catalogue) -> None:
    await published(catalogue, *(content(f"i{number}") for number in range(7)))
    await published(catalogue, content("i3"), slug=OTHER_LIST)
    whole = await entries()
    assert len(whole) == 10
    for size in (1, 2, 3, 9):
        found: list[FeedEntry] = []
        cursor = None
        while True:
            page = await feed.changes(ANONYMOUS, None, PageRequest(first=size, after=cursor))
            found.extend(page.rows)
            if not page.has_next:
                break
            cursor = page.cursors[-1]
        assert found == whole


async def test_one_list_alone(catalogue: Catalogue) -> None:
    await published(catalogue, content("a"))
    await published(catalogue, content("v"), slug=OTHER_LIST)
    assert told(await entries(OTHER_LIST)) == [(2, "published", ""), (2, "added", "v")]
    assert {entry.list_slug for entry in await entries(SLUG)} == {SLUG}
    assert await entries("nothing") == []


async def test_cursors_of_another_kind_are_refused(catalogue: Catalogue) -> None:
    await published(catalogue, content("a"))
    for cursor in (
        encode_cursor("offering", ["/futian", "01900000-0000-7000-8000-000000000001"]),
        encode_cursor("catalogue-change", [1]),
        encode_cursor("catalogue-change", [1, "0"]),
        encode_cursor("catalogue-change", [1, 0, 0]),
        "",
        "x",
        "养老",
        "\ud800",
    ):
        with pytest.raises(Invalid) as refused:
            await entries(after=cursor)
        assert refused.value.problems[0].field == "after"


async def test_a_page_is_one_statement(catalogue: Catalogue) -> None:
    await published(catalogue, content("a"))
    with count_statements() as counter:
        await entries()
    assert counter.count == 1
