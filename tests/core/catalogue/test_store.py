"""The catalogue in memory: immutable, shared, and as new as the database says."""

import asyncio
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from gongzhi.core.catalogue import editions, reading, store, tables
from gongzhi.core.catalogue.commands import WithdrawEdition
from gongzhi.core.catalogue.item import ItemContent
from gongzhi.core.catalogue.lists import CORE_LISTS, ListKind, ListRegistry, ListSpec
from gongzhi.core.catalogue.search import SearchFilters
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.db import count_statements
from gongzhi.core.errors import Invalid, NotFound, Unavailable
from gongzhi.core.events.outbox import CATALOGUE, bumped
from gongzhi.core.paging import PageRequest
from gongzhi.core.permissions import ANONYMOUS, SYSTEM
from tests.core.catalogue.contents import content
from tests.core.catalogue.editing import SLUG, drafted, published, put
from tests.core.places import TODAY, on_day


async def test_a_catalogue_that_is_not_loaded_says_so(catalogue: Catalogue) -> None:
    with pytest.raises(NotFound, match="not loaded"):
        _ = Catalogue(ListRegistry()).snapshot


async def test_reading_what_is_in_force_executes_no_sql(catalogue: Catalogue) -> None:
    edition = await published(catalogue, content("a", "养老", related=("b",)), content("b"))
    with count_statements() as counter:
        snapshot = catalogue.snapshot
        assert [item.code for item in snapshot.items()] == ["a", "b"]
        item = snapshot.item(SLUG, "a")
        assert item is not None
        assert [hit.item for hit in snapshot.index.search("yanglao")] == [item]
        assert reading.related(snapshot, item) == [snapshot.item(SLUG, "b")]
        assert reading.edition_numbered(snapshot, SLUG, 1) == edition
        assert reading.edition_on(snapshot, SLUG, TODAY) == edition
        assert await reading.items_of(catalogue, edition) == snapshot.current[SLUG].items
        assert await reading.items_by_ids(ANONYMOUS, catalogue, [item.id]) == {item.id: item}
        page = await reading.search(ANONYMOUS, snapshot, "养老", SearchFilters(), None, PageRequest())
        assert list(page.rows) == [item]
        assert snapshot.item(SLUG, "z") is None
        assert snapshot.item("nothing", "a") is None
    assert counter.count == 0


async def test_after_a_commit_only_what_was_published_is_asked_for(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bumped(CATALOGUE)
    with count_statements() as counter:
        await catalogue.follow(before)
    assert counter.count == 0
    await published(catalogue, content("a"))
    await catalogue.follow(before)
    assert [item.code for item in catalogue.snapshot.items()] == ["a"]

    async def away(name: str) -> int:
        raise Unavailable("away")

    monkeypatch.setattr(store, "revision", away)
    await catalogue.follow(before)  # the change is done, and must not sound as if it were not


async def test_an_item_in_memory_cannot_be_changed(catalogue: Catalogue) -> None:
    await published(catalogue, content("a"))
    item = catalogue.snapshot.current[SLUG].items[0]
    for target in (item, item.category, item.cost, catalogue.snapshot):
        with pytest.raises(AttributeError):
            setattr(target, target.__struct_fields__[0], None)


async def test_a_past_edition_is_read_once_and_kept(catalogue: Catalogue) -> None:
    first = await published(catalogue, content("a"))
    await published(catalogue, content("b"))
    with count_statements() as counter:
        past = await catalogue.published(first, SLUG)
        assert await catalogue.published(first, SLUG) is past
    assert counter.count == 1
    assert [item.code for item in past.items] == ["a"]


async def test_of_many_past_editions_those_read_last_are_kept(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "KEPT_EDITIONS", 2)
    past = [await published(catalogue, content("a", f"第{number}版")) for number in range(4)][:3]
    for edition in (past[0], past[1], past[0], past[2]):
        await catalogue.published(edition, SLUG)
    with count_statements() as counter:
        for edition in (past[0], past[2]):
            await catalogue.published(edition, SLUG)
    assert counter.count == 0
    with count_statements() as counter:
        await catalogue.published(past[1], SLUG)
    assert counter.count == 1


async def test_another_worker_sees_a_publication_when_it_refreshes(catalogue: Catalogue) -> None:
    other = Catalogue(ListRegistry())
    await other.ensure_lists()
    assert await other.refresh()
    await published(catalogue, content("a"))
    assert SLUG not in other.snapshot.current
    held = other.snapshot
    assert await other.refresh()
    assert SLUG not in held.current
    assert [item.code for item in other.snapshot.current[SLUG].items] == ["a"]
    with count_statements() as counter:
        assert not await other.refresh()
    assert counter.count == 1
    await published(catalogue, content("v"), slug="value-added-services")
    kept = other.snapshot.current[SLUG]
    assert await other.refresh()
    assert other.snapshot.current[SLUG] is kept
    edition = kept.edition
    command = WithdrawEdition(edition=edition.id, version=edition.version)
    await editions.withdraw(SYSTEM, catalogue, command)
    assert await other.refresh()
    assert list(other.snapshot.current) == ["value-added-services"]


async def test_refreshes_at_once_load_once(catalogue: Catalogue) -> None:
    other = Catalogue(ListRegistry())
    await published(catalogue, content("a"))
    assert sorted(await asyncio.gather(*(other.refresh() for _ in range(5)))) == [False] * 4 + [True]


async def test_a_new_day_is_a_new_snapshot(catalogue: Catalogue) -> None:
    await published(catalogue, content("a"))
    with on_day(TODAY + timedelta(days=1)):
        assert await catalogue.refresh()
        assert catalogue.snapshot.day == TODAY + timedelta(days=1)


async def test_lists_are_entered_once_also_by_workers_that_start_together(catalogue: Catalogue) -> None:
    await tables.ServiceList.delete(force=True)
    await asyncio.gather(*(Catalogue(ListRegistry()).ensure_lists() for _ in range(4)))
    rows = await tables.ServiceList.select(tables.ServiceList.slug)
    assert sorted(row["slug"] for row in rows) == sorted(spec.slug for spec in CORE_LISTS)


async def test_a_list_that_is_not_installed_any_more_is_left_out(catalogue: Catalogue) -> None:
    extra = ListSpec(slug="extra", name="x", name_en="x", kind=ListKind.items, declared_by="plugin")
    wider = Catalogue(ListRegistry([*CORE_LISTS, extra]))
    await wider.ensure_lists()
    await wider.refresh()
    await published(wider, content("x"), slug="extra")
    assert "extra" in wider.snapshot.current
    await catalogue.refresh()
    assert "extra" not in catalogue.snapshot.lists
    assert list(catalogue.snapshot.items()) == []


async def test_one_slug_has_one_declarer() -> None:
    registry = ListRegistry()
    taken = ListSpec(slug=SLUG, name="x", name_en="x", kind=ListKind.items, declared_by="plugin")
    with pytest.raises(Invalid, match="declared by core and by plugin"):
        registry.add(taken)
    assert registry.get(SLUG).declared_by == "core"


async def test_search_can_be_limited_to_what_is_offered_somewhere(catalogue: Catalogue) -> None:
    await published(catalogue, content("a", "养老甲"), content("b", "养老乙"))
    page = await reading.search(
        ANONYMOUS, catalogue.snapshot, "养老", SearchFilters(), "/futian/nanyuan", PageRequest()
    )
    assert list(page.rows) == []


async def test_items_by_ids_leave_out_drafts_of_others(catalogue: Catalogue) -> None:
    await published(catalogue, content("a"))
    await published(catalogue, content("b"))
    draft = await drafted(catalogue)
    hidden, _ = await put(catalogue, draft, content("c"))
    rows = await tables.EditionItem.select(tables.EditionItem.id, tables.EditionItem.code)
    ids: dict[str, UUID] = {row["code"]: row["id"] for row in rows}
    seen = await reading.items_by_ids(ANONYMOUS, catalogue, ids.values())
    assert sorted(item.code for item in seen.values()) == ["a", "b"]
    seen = await reading.items_by_ids(SYSTEM, catalogue, ids.values())
    assert sorted(item.code for item in seen.values()) == ["a", "b", "c"]
    assert seen[hidden.id].name == hidden.name


async def test_content_survives_the_way_into_memory_and_back(catalogue: Catalogue) -> None:
    raw = {
        "code": "F1",
        "name": "职能",
        "category": {"code": "C1", "name": "类", "name_en": "Class"},
        "basis": [{"name": "法", "article": "第一条", "kind": "law", "verification": "article_checked"}],
        "documents": [{"name": "身份证", "required": False}],
        "form": [{"code": "f", "name": "栏", "kind": "choice", "choices": ["甲", "乙"]}],
        "cost": {"kind": "paid", "fen": 100},
        "attributes": {"kind": "assisting", "subcommittee": "culture"},
    }
    whole = msgspec.convert(raw, ItemContent)
    await published(catalogue, whole, slug="committee-functions")
    item = catalogue.snapshot.current["committee-functions"].items[0]
    assert store.content.content_of(item) == whole
