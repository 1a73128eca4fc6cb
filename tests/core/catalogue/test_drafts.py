"""Editing a draft item by item: versions, order, and several editors at once."""

import asyncio

import msgspec
import pytest

from gongzhi.core import db
from gongzhi.core.audit.log import digest
from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.catalogue import drafts, editions, tables
from gongzhi.core.catalogue.content import encode
from gongzhi.core.catalogue.item import Cost
from gongzhi.core.catalogue.lists import FunctionAttributes, FunctionKind, SubcommitteeKind
from gongzhi.core.catalogue.reading import items_of
from gongzhi.core.catalogue.records import Edition
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.db import is_retryable
from gongzhi.core.errors import Conflict, Invalid, NotFound
from gongzhi.core.ids import uuid7
from gongzhi.core.permissions import SYSTEM
from tests.core.catalogue.contents import content
from tests.core.catalogue.editing import SLUG, codes, drafted, everything, put, remove


async def versions(catalogue: Catalogue, edition: Edition) -> dict[str, int]:
    found = await drafts.draft_items(edition, catalogue.registry.get(SLUG))
    return {item.code: version for item, version in found}


async def test_items_keep_their_order_and_their_ids_through_changes(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue)
    first, version = await put(catalogue, edition, content("b"))
    assert (first.position, first.edition_number, version) == (0, 1, 1)
    await put(catalogue, edition, content("a"))
    changed, version = await put(catalogue, edition, content("b", "新"), version=1)
    assert (changed.id, changed.name, changed.position, version) == (first.id, "新", 0, 2)
    await remove(catalogue, edition, "b", 2)
    last, _ = await put(catalogue, edition, content("c"))
    assert last.position == 2
    assert await codes(edition) == ["a", "c"]
    assert (await editions.edition(SYSTEM, edition.id)).item_count == 2
    assert [(item.code, item.version) for item in await items_of(catalogue, edition)] == [("a", 1), ("c", 1)]


async def test_an_audit_line_names_what_changed_of_an_item(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue)
    item, _ = await put(catalogue, edition, content("a"))
    await put(catalogue, edition, content("a", "新"), version=1)
    await remove(catalogue, edition, "a", 2)
    lines = await AuditEntry.select().where(AuditEntry.record == f"Item:{item.id}").order_by(AuditEntry.id)
    assert [msgspec.json.decode(line["changed"]) for line in lines] == [
        ["code", "document"],
        ["document"],
        ["code", "document"],
    ]
    old, new = ({"code": "a", "document": encode(each).decode()} for each in (content("a"), content("a", "新")))
    salts = [line["record_salt"] for line in lines]
    assert [len(salt) for salt in {*salts}] == [32, 32, 32], "each line has a salt of its own"
    assert [(line["before_digest"], line["after_digest"]) for line in lines] == [
        ("", digest(old, salts[0])),
        (digest(old, salts[1]), digest(new, salts[1])),
        (digest(new, salts[2]), ""),
    ]
    assert lines[1]["before_digest"] != lines[1]["after_digest"]


async def test_wrong_versions_and_unknown_items_change_nothing(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue, content("a"), content("b"))
    await put(catalogue, edition, content("a", "新"), version=1)
    before = await everything()
    with pytest.raises(Conflict, match="item a changed since version 1"):
        await put(catalogue, edition, content("a", "旧"), version=1)
    with pytest.raises(Conflict, match="has an item a already"):
        await put(catalogue, edition, content("a", "旧"))
    with pytest.raises(NotFound, match="no item z"):
        await put(catalogue, edition, content("z"), version=1)
    with pytest.raises(Conflict, match="item a changed since version 1"):
        await remove(catalogue, edition, "a", 1)
    with pytest.raises(NotFound, match="no item 'z'"):
        await remove(catalogue, edition, "z", 1)
    assert await everything() == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "no spaces"}, "content.code"),
        ({"code": ""}, "content.code"),
        ({"code": "x" * 65}, "content.code"),
        ({"name": "  "}, "content.name"),
        ({"description": "x" * 4001}, "content.description"),
        ({"processing_days": -1}, "content.processing_days"),
        ({"cost": Cost(fen=-1)}, "content.cost.fen"),
        ({"attributes": {"kind": "x"}}, "content.attributes"),
        ({"audience": ("aliens",)}, "content.audience.0"),
    ],
)
async def test_a_wrong_item_is_refused_with_its_field(
    catalogue: Catalogue, changes: dict[str, object], field: str
) -> None:
    edition = await drafted(catalogue)
    before = await everything()
    with pytest.raises(Invalid) as refused:
        await put(catalogue, edition, msgspec.structs.replace(content("a"), **changes))
    assert refused.value.problems[0].field == field
    assert await everything() == before


async def test_attributes_are_those_of_the_list(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue, slug="committee-functions")
    item, _ = await put(catalogue, edition, content("F1", attributes={"kind": "statutory"}))
    assert item.attributes == FunctionAttributes(kind=FunctionKind.statutory, subcommittee=SubcommitteeKind.plenary)
    before = await everything()
    for wrong, field in (
        ({}, "content.attributes"),
        ({"kind": "none"}, "content.attributes.kind"),
        ({"kind": "statutory", "more": 1}, "content.attributes"),
    ):
        with pytest.raises(Invalid) as refused:
            await put(catalogue, edition, content("F2", attributes=wrong))
        assert refused.value.problems[0].field == field
    assert await everything() == before


async def test_two_editors_of_one_item_meet_and_nothing_is_lost(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue, content("a"))

    async def attempt(name: str) -> int:
        async with db.current().transaction():
            return (await put(catalogue, edition, content("a", name), version=1))[1]

    results = await asyncio.gather(attempt("甲"), attempt("乙"), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "int"]
    (found,) = await drafts.draft_contents(edition.id)
    assert found.name == ("甲" if results[0] == 2 else "乙")
    assert await versions(catalogue, edition) == {"a": 2}


async def test_editors_of_several_items_all_come_through(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue)

    async def add(code: str) -> None:
        await db.current().run_in_transaction(lambda: put(catalogue, edition, content(code)), attempts=20)

    await asyncio.gather(*(add(code) for code in "abcdef"))
    assert sorted(await codes(edition)) == list("abcdef")
    assert (await editions.edition(SYSTEM, edition.id)).item_count == 6
    positions = [item.position for item, _ in await drafts.draft_items(edition, catalogue.registry.get(SLUG))]
    assert positions == list(range(6))


async def test_of_two_editors_who_add_one_code_one_wins(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue)

    async def attempt(name: str) -> None:
        async with db.current().transaction():
            await put(catalogue, edition, content("a", name))

    results = await asyncio.gather(attempt("甲"), attempt("乙"), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    assert (await editions.edition(SYSTEM, edition.id)).item_count == 1


async def test_a_change_and_a_removal_at_once_do_not_both_happen(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue, content("a"), content("b"))

    async def change() -> None:
        async with db.current().transaction():
            await put(catalogue, edition, content("a", "新"), version=1)

    async def take_out() -> None:
        async with db.current().transaction():
            await remove(catalogue, edition, "a", 1)

    results = await asyncio.gather(change(), take_out(), return_exceptions=True)
    (refusal,) = [result for result in results if result is not None]
    assert isinstance(refusal, Conflict | NotFound) or is_retryable(refusal)
    assert await codes(edition) == (["a", "b"] if results[0] is None else ["b"])


async def test_replacing_everything_counts_a_changed_item_as_edited(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue, content("a"), content("b"), content("c"), content("d"))
    ids = {item.code: item.id for item, _ in await drafts.draft_items(edition, catalogue.registry.get(SLUG))}
    await drafts.replace_all(edition, [content("d"), content("b", "新"), content("e"), content("a")])
    assert await codes(edition) == ["d", "b", "e", "a"]
    assert await versions(catalogue, edition) == {"d": 1, "b": 2, "e": 1, "a": 1}
    kept = {item.code: item.id for item, _ in await drafts.draft_items(edition, catalogue.registry.get(SLUG))}
    assert {code: kept[code] for code in "abd"} == {code: ids[code] for code in "abd"}
    assert (await editions.edition(SYSTEM, edition.id)).item_count == 4
    with pytest.raises(Conflict, match="item b changed since version 1"):
        await put(catalogue, edition, content("b", "别"), version=1)
    await drafts.replace_all(edition, [])
    assert await codes(edition) == []


async def test_an_item_stands_in_an_edition_once_says_the_database_too(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue, content("a"))
    row = await tables.EditionItem.select().first()
    assert row is not None
    with pytest.raises(Conflict) as refused:
        await tables.EditionItem.insert(tables.EditionItem(**{**row, "id": uuid7()}))
    assert refused.value.details["kind"] == "unique"
    assert await codes(edition) == ["a"]
