"""A page reads of its rows what is wanted of them: what is read is the same, and nothing else can be used."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from gongzhi.core import parts
from gongzhi.core.actors import organizations
from gongzhi.core.actors.records import Account, Organization
from gongzhi.core.catalogue import assignments, offerings
from gongzhi.core.catalogue.assignments import AssignmentFilter, DispositionFilter
from gongzhi.core.catalogue.offerings import OfferingFilter
from gongzhi.core.catalogue.records import Offering
from gongzhi.core.db import count_statements
from gongzhi.core.errors import Internal
from gongzhi.core.paging import Page, PageRequest
from gongzhi.core.parts import Unmade, Wanted
from gongzhi.core.permissions import Binding, Principal, pinned
from gongzhi.core.rows import UNREAD
from gongzhi.testing import databases
from tests.core.places import shipped_policy

LISTS: dict[str, tuple[Callable[..., Awaitable[Page[Any]]], Any, frozenset[str]]] = {
    "offerings": (offerings.offerings, OfferingFilter, frozenset({"organization"})),
    "assignments": (assignments.assignments, AssignmentFilter, frozenset({"organization"})),
    "dispositions": (assignments.dispositions, DispositionFilter, frozenset({"organization", "target"})),
}
WITHIN = [None, "/futian/nanyuan", "/futian/nanyuan/dongyuan"]
SOME = frozenset({"item_code", "version"})
NAMES = frozenset({"code", "name"})


CALLER = Principal(account_code="admin", bindings=(Binding(role="district.admin", path="/futian"),))


@asynccontextmanager
async def district(url: str) -> AsyncIterator[Principal]:
    """The demo's database, and who may read all of it."""
    async with databases.opened(url):
        with pinned(shipped_policy()):
            yield CALLER


def wanting(*beside: str, kind: type = Organization, of: parts.Fields = None, own: parts.Fields = None) -> Wanted:
    return Wanted(own, frozenset((name, kind, of) for name in beside))


@pytest.mark.parametrize("name", LISTS)
async def test_a_page_is_the_same_with_records_beside_it(demo_url: str, name: str) -> None:
    async with district(demo_url) as caller:
        for within in WITHIN:
            await _compared(caller, within, *LISTS[name])


async def _compared(caller: Principal, within: str | None, reading: Any, wanted: Any, beside: frozenset[str]) -> None:
    first = await reading(caller, wanted(within=within), PageRequest(first=4))
    assert first.rows
    cursor = first.cursors[1] if len(first.rows) > 1 else None
    for request in (PageRequest(first=4), PageRequest(last=3), PageRequest(first=2, after=cursor)):
        plain = await reading(caller, wanted(within=within), request)
        assert not plain.beside
        asking = msgspec.structs.replace(request, wanted=wanting(*beside))
        with count_statements() as counter:
            more = await reading(caller, wanted(within=within), asking)
        assert counter.count == 1
        assert more.rows == plain.rows
        assert set(more.beside) == beside
        for key, found in more.beside.items():
            assert found == await organizations.by_ids({getattr(row, key) for row in more.rows} - {None})
        some = SOME & set(more.rows[0].__struct_fields__)
        asking = msgspec.structs.replace(request, wanted=wanting(*beside, of=NAMES, own=some))
        part = await reading(caller, wanted(within=within), asking)
        _in_part(part, more)
        assert [(page.cursors[0], page.has_next, page.has_previous) for page in (more, part)] == [
            (plain.cursors[0], plain.has_next, plain.has_previous)
        ] * 2


def _in_part(part: Page[Any], whole: Page[Any]) -> None:
    """What is read is the same; of records beside it exactly what is wanted, of rows their order and keys, too."""
    for one, other in zip(part.rows, whole.rows, strict=True):
        read = {name for name in one.__struct_fields__ if getattr(one, name) is not UNREAD}
        assert read == (SOME & set(one.__struct_fields__)) | {"id", "path", *whole.beside}
        assert all(getattr(one, name) == getattr(other, name) for name in read)
    for key, found in part.beside.items():
        assert found.keys() == whole.beside[key].keys()
        for each, record in found.items():
            assert {n for n in record.__struct_fields__ if getattr(record, n) is not UNREAD} == NAMES
            assert all(getattr(record, name) == getattr(whole.beside[key][each], name) for name in NAMES)


async def test_rows_become_records_when_somebody_looks(demo_url: str) -> None:
    async with district(demo_url) as caller:
        page = await offerings.offerings(caller, OfferingFilter(), PageRequest(first=3, wanted=wanting("organization")))
    rows = page.rows
    assert isinstance(rows, Unmade)
    assert rows._records is None
    assert len(rows) == len(rows.rows) == 3
    first = rows[0]
    assert isinstance(first, Offering)
    assert [first, *rows[1:]] == list(rows) == rows
    assert all(one is other for one, other in zip(rows, rows, strict=True)), "they are made once"
    assert rows != list(rows)[1:]
    assert rows != 3
    once, again = (page.beside["organization"] for _ in range(2))
    assert once is again, "they are, too"
    with pytest.raises(KeyError):
        page.beside["nobody"]


async def test_cursors_that_nobody_wants_are_not_read(demo_url: str) -> None:
    async with district(demo_url) as caller:
        for beside in ((), ("organization",)):
            wanted = Wanted(SOME, wanting(*beside, of=NAMES).beside, cursors=False)
            for request in (PageRequest(first=4, wanted=wanted), PageRequest(last=3, wanted=wanted)):
                page = await offerings.offerings(caller, OfferingFilter(within=WITHIN[1]), request)
                whole = await offerings.offerings(
                    caller, OfferingFilter(within=WITHIN[1]), msgspec.structs.replace(request, wanted=parts.EVERYTHING)
                )
                assert [row.item_code for row in page.rows] == [row.item_code for row in whole.rows]
                assert all(row.path is UNREAD and row.id is UNREAD for row in page.rows)
                with pytest.raises(Internal, match="cursor"):
                    page.cursors[0]


async def test_nothing_stands_beside_a_row_that_names_nobody(demo_url: str) -> None:
    async with district(demo_url) as caller:
        page = await assignments.dispositions(
            caller, DispositionFilter(), PageRequest(first=100, wanted=wanting("target"))
        )
        named = {row.target for row in page.rows}
        assert None in named
        assert set(page.beside["target"]) == named - {None}


@pytest.mark.parametrize("wanted", [wanting("nobody"), wanting("organization", kind=Account)], ids=["name", "kind"])
async def test_what_a_list_does_not_know_brings_nothing(demo_url: str, wanted: Wanted) -> None:
    async with district(demo_url) as caller:
        page = await offerings.offerings(caller, OfferingFilter(), PageRequest(first=1, wanted=wanted))
        assert not page.beside
        assert page.rows


async def test_there_is_an_end_of_statements(demo_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    keyset = assignments._keyset
    monkeypatch.setattr(parts, "MOST", len(keyset._reader._known))
    async with district(demo_url) as caller:
        for name in ("note", "valid_to", "list_slug"):
            wanted = wanting("organization", of=frozenset({"kind"}), own=frozenset({name}))
            await _whole(caller, wanted)
    assert len(keyset._reader._known) <= parts.MOST + 1


async def test_what_is_no_field_may_read_all_of_them(demo_url: str) -> None:
    async with district(demo_url) as caller:
        await _whole(caller, wanting("organization", of=frozenset({"__hash__"}), own=frozenset({"id", "no field"})))


async def _whole(caller: Principal, wanted: Wanted) -> None:
    """All of each row is read, and of what stands beside it."""
    page = await assignments.assignments(caller, AssignmentFilter(), PageRequest(first=1, wanted=wanted))
    (row,) = page.rows
    assert row == (await assignments.assignments(caller, AssignmentFilter(), PageRequest(first=1))).rows[0]
    assert page.beside["organization"] == await organizations.by_ids([row.organization])


@pytest.mark.parametrize(
    "use",
    [bool, str, len, list, hash, lambda it: it == 1, lambda it: it.name, lambda it: f"{it}", lambda it: it < 1],
    ids=["bool", "str", "len", "list", "hash", "equal", "attribute", "format", "less"],
)
def test_what_was_not_read_cannot_be_used(use: Callable[[Any], Any]) -> None:
    with pytest.raises(Internal, match="not read"):
        use(UNREAD)


def test_what_was_not_read_is_not_told() -> None:
    with pytest.raises(TypeError):
        msgspec.json.encode({"name": UNREAD})
