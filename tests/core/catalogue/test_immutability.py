"""What is published never changes, not even by SQL past all services."""

import pytest

from gongzhi.core.catalogue import editions, tables
from gongzhi.core.catalogue.commands import WithdrawEdition
from gongzhi.core.catalogue.content import encode
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.errors import Conflict
from gongzhi.core.ids import uuid7
from gongzhi.core.permissions import SYSTEM
from tests.core.catalogue.contents import content
from tests.core.catalogue.editing import codes, drafted, published

REFUSED = {
    "an item is changed": "UPDATE edition_item SET document = '{}' WHERE edition = '%(edition)s'",
    "an item is renamed": "UPDATE edition_item SET name = 'x' WHERE edition = '%(edition)s'",
    "an item is moved out": "UPDATE edition_item SET edition = '%(draft)s', code = 'z' WHERE edition = '%(edition)s'",
    "an item is moved in": "UPDATE edition_item SET edition = '%(edition)s', code = 'z' WHERE edition = '%(draft)s'",
    "an item is removed": "DELETE FROM edition_item WHERE edition = '%(edition)s'",
    "it is reopened": "UPDATE edition SET state = 'draft' WHERE id = '%(edition)s'",
    "its digest is changed": "UPDATE edition SET digest = 'x' WHERE id = '%(edition)s'",
    "its label is changed": "UPDATE edition SET label = 'x' WHERE id = '%(edition)s'",
    "its first day is changed": "UPDATE edition SET effective_from = '2014-01-01' WHERE id = '%(edition)s'",
    "withdrawing changes more": "UPDATE edition SET state = 'withdrawn', note = 'x' WHERE id = '%(edition)s'",
    "it is removed": "DELETE FROM edition WHERE id = '%(edition)s'",
    "the feed is changed": "UPDATE catalogue_change SET code = 'x'",
    "the feed is cut": "DELETE FROM catalogue_change",
}


@pytest.mark.parametrize("sql", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("withdrawn", [False, True])
async def test_raw_sql_changes_nothing_that_is_published(catalogue: Catalogue, sql: str, withdrawn: bool) -> None:
    edition = await published(catalogue, content("a"), content("b"))
    draft = await drafted(catalogue, content("c"))
    if withdrawn:
        command = WithdrawEdition(edition=edition.id, version=edition.version)
        edition = await editions.withdraw(SYSTEM, catalogue, command)
    before = await _rows()
    with pytest.raises(Conflict) as refused:
        await tables.Edition.raw(sql % {"edition": edition.id, "draft": draft.id})
    assert refused.value.details["kind"] == "trigger"
    assert await _rows() == before


async def test_raw_sql_adds_nothing_to_what_is_published(catalogue: Catalogue) -> None:
    edition = await published(catalogue, content("a"))
    row = tables.EditionItem(
        id=uuid7(), edition=edition.id, code="z", name="z", position=9, document=encode(content("z")).decode()
    )
    with pytest.raises(Conflict) as refused:
        await tables.EditionItem.insert(row)
    assert refused.value.details["kind"] == "trigger"
    assert await codes(edition) == ["a"]


async def test_raw_sql_changes_a_draft(catalogue: Catalogue) -> None:
    draft = await drafted(catalogue, content("a"), content("b"))
    await tables.Edition.raw(f"UPDATE edition SET label = 'x' WHERE id = '{draft.id}'")
    await tables.Edition.raw(f"DELETE FROM edition_item WHERE edition = '{draft.id}' AND code = 'b'")
    assert (await editions.edition(SYSTEM, draft.id)).label == "x"
    assert await codes(draft) == ["a"]


async def _rows() -> tuple[object, ...]:
    found = [tables.Edition, tables.EditionItem, tables.CatalogueChange]
    return tuple([await table.select().order_by(table._meta.primary_key) for table in found])
