"""Pages by keyset, against a real table; and the same rules for rows in memory."""

import base64
from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.core.db import Database, count_statements
from gongzhi.core.errors import Invalid
from gongzhi.core.events.tables import Revision
from gongzhi.core.paging import Keyset, Page, PageRequest, decode_cursor, encode_cursor, slice_rows

by_name: Keyset[str] = Keyset(
    tag="by-name", table=Revision, order=(Revision.name,), types=(str,), convert=lambda row: str(row["name"])
)
by_value: Keyset[str] = Keyset(
    tag="by-value",
    table=Revision,
    order=(Revision.value, Revision.id),
    types=(int, UUID),
    convert=lambda row: str(row["name"]),
)


async def enter(*names: str, value: int = 0) -> None:
    await Revision.insert(*(Revision(name=name, value=value) for name in names))


async def walk(keyset: Keyset[str], size: int, *, backwards: bool = False) -> list[list[str]]:
    """The rows of page after page, until there are no more."""
    pages: list[list[str]] = []
    request = PageRequest(last=size) if backwards else PageRequest(first=size)
    while True:
        page = await keyset.page(request, [])
        pages.append(list(page.rows))
        if not (page.has_previous if backwards else page.has_next):
            return pages
        request = (
            PageRequest(last=size, before=page.cursors[0])
            if backwards
            else PageRequest(first=size, after=page.cursors[-1])
        )


async def test_every_row_comes_once_in_both_directions(database: Database) -> None:
    await enter("c", "a", "e", "b", "d")
    assert await walk(by_name, 2) == [["a", "b"], ["c", "d"], ["e"]]
    assert await walk(by_name, 2, backwards=True) == [["d", "e"], ["b", "c"], ["a"]]
    assert await walk(by_name, 5) == [["a", "b", "c", "d", "e"]]


async def test_equal_sort_keys_are_told_apart_by_the_id(database: Database) -> None:
    await enter("a", "b", "c", value=1)
    await enter("z", value=0)
    assert await walk(by_value, 1) == [["z"], ["a"], ["b"], ["c"]]
    assert await walk(by_value, 3, backwards=True) == [["a", "b", "c"], ["z"]]


async def test_pages_stay_in_place_when_rows_are_entered_and_removed(database: Database) -> None:
    await enter("b", "d", "f", "h")
    first = await by_name.page(PageRequest(first=2), [])
    await enter("a", "c", "e")
    await Revision.delete().where(Revision.name == "d")
    after = await by_name.page(PageRequest(first=9, after=first.cursors[-1]), [])
    assert (list(first.rows), list(after.rows)) == (["b", "d"], ["e", "f", "h"])


async def test_a_page_is_one_statement_and_its_total_another(database: Database) -> None:
    await enter(*"abcde")
    with count_statements() as counter:
        page = await by_name.page(PageRequest(first=2), [Revision.name > "a"])
    assert counter.count == 1
    with count_statements() as counter:
        assert await page.total() == 4
    assert counter.count == 1


async def test_an_empty_page_asks_the_database_nothing(database: Database) -> None:
    await enter("a")
    with count_statements() as counter:
        page = await by_name.page(PageRequest(first=0), [])
    assert (list(page.rows), counter.count) == ([], 0)


async def test_without_a_size_twenty_rows_come(database: Database) -> None:
    await enter(*(f"{number:03}" for number in range(130)))
    assert len((await by_name.page(PageRequest(), [])).rows) == 20
    assert len((await by_name.page(PageRequest(first=100), [])).rows) == 100


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (PageRequest(first=101), "first"),
        (PageRequest(first=-1), "first"),
        (PageRequest(last=101), "last"),
        (PageRequest(last=-1), "last"),
        (PageRequest(first=1, last=1), "last"),
    ],
)
async def test_sizes_out_of_bounds_are_refused(database: Database, request_: PageRequest, field: str) -> None:
    with count_statements() as counter, pytest.raises(Invalid) as refused:
        await by_name.page(request_, [])
    assert [problem.field for problem in refused.value.problems] == [field]
    assert counter.count == 0


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


GARBLED = [
    "",
    "garbled",
    "=",
    "a",
    "游标",
    "\ud800",
    "\0",
    "a b",
    encoded(b""),
    encoded(b"{}"),
    encoded(b"7"),
    encoded(b"null"),
    encoded(b'["by-name"]'),
    encoded(b'["by-name",7]'),
    encoded(b'["by-name",null]'),
    encoded(b'["by-name","a","b"]'),
    encoded(b'["by-name","\xff"]'),
    encoded(b'["by-name","\\u0000"]'),
    encoded(b'["by-name","\\ud800"]'),
    encoded(b"[" * 5000),
    encode_cursor("by-value", [0, "01900000-0000-7000-8000-000000000000"]),
    encode_cursor("territory", ["a"]),
]


@pytest.mark.parametrize("cursor", GARBLED, ids=range(len(GARBLED)))
@pytest.mark.parametrize("field", ["after", "before"])
async def test_a_cursor_that_is_garbled_or_of_another_list_is_refused(
    database: Database, cursor: str, field: str
) -> None:
    request = PageRequest(after=cursor) if field == "after" else PageRequest(before=cursor)
    with pytest.raises(Invalid) as refused:
        await by_name.page(request, [])
    assert [problem.field for problem in refused.value.problems] == [field]


@pytest.mark.parametrize("key", [[2**63, str(UUID(int=0))], [-(2**63) - 1, str(UUID(int=0))], [10**40, "x"], [0, "x"]])
async def test_a_cursor_with_a_key_that_no_row_can_have_is_refused(database: Database, key: list[object]) -> None:
    with pytest.raises(Invalid):
        await by_value.page(PageRequest(after=encode_cursor("by-value", key)), [])


@given(st.text())
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    try:
        key = decode_cursor("t", text, (str,), "after")
    except Invalid:
        return
    assert decode_cursor("t", encode_cursor("t", key), (str,), "after") == key


def page_of(rows: Sequence[int], request: PageRequest) -> Page[int]:
    return slice_rows(rows, request, "n", lambda index, row: (row,), (int,))


@given(st.lists(st.integers(0, 50), unique=True).map(sorted), st.integers(1, 9), st.booleans())
def test_rows_in_memory_come_once_in_both_directions(rows: list[int], size: int, backwards: bool) -> None:
    seen: list[int] = []
    request = PageRequest(last=size) if backwards else PageRequest(first=size)
    while True:
        page = page_of(rows, request)
        seen = [*page.rows, *seen] if backwards else [*seen, *page.rows]
        if not (page.has_previous if backwards else page.has_next):
            break
        request = (
            PageRequest(last=size, before=page.cursors[0])
            if backwards
            else PageRequest(first=size, after=page.cursors[-1])
        )
    assert seen == rows


async def test_rows_in_memory_keep_to_the_same_rules() -> None:
    page = page_of([1, 3, 5], PageRequest(first=1, after=encode_cursor("n", [2])))
    assert (list(page.rows), page.has_next, page.has_previous, await page.total()) == ([3], True, True, 3)
    with pytest.raises(Invalid):
        page_of([1], PageRequest(after=encode_cursor("other", [1])))
    with pytest.raises(Invalid):
        page_of([1], PageRequest(first=101))
