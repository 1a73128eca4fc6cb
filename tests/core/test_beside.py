"""Records that stand beside the rows of a page: those that would be found by their ids, and no other page for it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from gongzhi.core.actors import organizations
from gongzhi.core.catalogue import assignments, offerings
from gongzhi.core.catalogue.assignments import AssignmentFilter, DispositionFilter
from gongzhi.core.catalogue.offerings import OfferingFilter
from gongzhi.core.db import count_statements
from gongzhi.core.paging import Page, PageRequest
from gongzhi.core.permissions import Binding, Principal, pinned
from gongzhi.testing import databases
from tests.core.places import shipped_policy

LISTS: dict[str, tuple[Callable[..., Awaitable[Page[Any]]], Any, frozenset[str]]] = {
    "offerings": (offerings.offerings, OfferingFilter, frozenset({"organization"})),
    "assignments": (assignments.assignments, AssignmentFilter, frozenset({"organization"})),
    "dispositions": (assignments.dispositions, DispositionFilter, frozenset({"organization", "target"})),
}
WITHIN = [None, "/futian/nanyuan", "/futian/nanyuan/dongyuan"]


CALLER = Principal(account_code="admin", bindings=(Binding(role="district.admin", path="/futian"),))


@asynccontextmanager
async def district(url: str) -> AsyncIterator[Principal]:
    """The demo's database, and who may read all of it."""
    async with databases.opened(url):
        with pinned(shipped_policy()):
            yield CALLER


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
        with count_statements() as counter:
            more = await reading(caller, wanted(within=within), msgspec.structs.replace(request, beside=beside))
        assert counter.count == 1
        assert (more.rows, list(more.cursors)) == (plain.rows, list(plain.cursors))
        assert (more.has_next, more.has_previous) == (plain.has_next, plain.has_previous)
        assert not plain.beside
        assert len(more.beside) == len(beside)
        for (fetch, found), key in zip(more.beside, sorted(beside), strict=True):
            ids = {getattr(row, key) for row in more.rows} - {None}
            assert fetch is organizations.by_ids
            assert {each: found[each] for each in ids} == await organizations.by_ids(ids)


async def test_nothing_stands_beside_a_row_that_names_nobody(demo_url: str) -> None:
    async with district(demo_url) as caller:
        request = PageRequest(first=100, beside=frozenset({"target"}))
        page = await assignments.dispositions(caller, DispositionFilter(), request)
        ((_, found),) = page.beside
        named = {row.target for row in page.rows}
        assert None in named
        assert set(found) >= named - {None}
        assert None not in found


async def test_a_name_that_a_list_does_not_know_brings_nothing(demo_url: str) -> None:
    async with district(demo_url) as caller:
        request = PageRequest(first=1, beside=frozenset({"nobody"}))
        assert not (await offerings.offerings(caller, OfferingFilter(), request)).beside
