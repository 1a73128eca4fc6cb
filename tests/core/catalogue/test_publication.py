"""What may be published and from when, and what a publication that fails or races leaves."""

import asyncio
from datetime import date, timedelta

import pytest

from gongzhi.core import db
from gongzhi.core.catalogue import editions, tables
from gongzhi.core.catalogue.item import Category
from gongzhi.core.catalogue.reading import edition_on
from gongzhi.core.catalogue.records import Edition, FeedKind
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.db import is_retryable
from gongzhi.core.errors import Conflict, IllegalTransition, Invalid
from gongzhi.core.events.outbox import revision
from gongzhi.core.permissions import SYSTEM
from tests.core.catalogue.contents import CARE, content
from tests.core.catalogue.editing import (
    SLUG,
    codes,
    drafted,
    everything,
    publication,
    published,
    put,
    step,
    submitted,
    withdrawal,
)
from tests.core.places import TODAY, on_day

TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)


async def test_days_out_of_range_or_out_of_order_are_refused(catalogue: Catalogue) -> None:
    first = await published(catalogue, content("a"), effective_from=YESTERDAY)
    assert first.effective_from == YESTERDAY
    later = await published(catalogue, content("a"), content("b"), effective_from=date(2015, 7, 1))
    edition = await submitted(catalogue, content("a"), content("c"))
    before = await everything()
    for day in (date(1949, 9, 30), date(2200, 1, 2), YESTERDAY, TODAY, date(2015, 6, 30)):
        with pytest.raises(Invalid) as refused:
            await editions.publish(SYSTEM, catalogue, publication(edition, day))
        assert refused.value.problems[0].field == "effective_from"
    for day in (YESTERDAY, date(2200, 1, 2)):
        with pytest.raises(Invalid) as refused:
            await editions.withdraw(SYSTEM, catalogue, withdrawal(later, day))
        assert refused.value.problems[0].field == "on"
    assert await everything() == before
    await editions.withdraw(SYSTEM, catalogue, withdrawal(later))
    now = await editions.publish(SYSTEM, catalogue, publication(edition))
    assert edition_on(catalogue.snapshot, SLUG, date(2015, 8, 1)) == now


async def test_a_withdrawn_edition_gives_way_to_the_one_before_it(catalogue: Catalogue) -> None:
    first = await published(catalogue, content("a"))
    second = await published(catalogue, content("b"))
    await editions.withdraw(SYSTEM, catalogue, withdrawal(second, TOMORROW))
    assert catalogue.snapshot.current[SLUG].edition.number == 2
    with on_day(TOMORROW):
        await catalogue.refresh()
        assert catalogue.snapshot.current[SLUG].edition == first
        third = await published(catalogue, content("a"), content("c"))
        assert third.number == 3
        assert catalogue.snapshot.current[SLUG].edition == third


async def test_nothing_at_all_and_every_problem_at_once(catalogue: Catalogue) -> None:
    empty = await drafted(catalogue)
    with pytest.raises(Invalid) as refused:
        await editions.submit(SYSTEM, step(empty))
    assert [problem.field for problem in refused.value.problems] == ["items"]
    await put(catalogue, empty, content("a", category=Category(code="C1", name="别名")))
    await put(catalogue, empty, content("b", related=("zz", "value-added-services:V1", "a")))
    await put(catalogue, empty, content("c", related=("b", "yy"), category=Category(code="C1", name="又名")))
    before = await everything()
    with pytest.raises(Invalid) as refused:
        await editions.submit(SYSTEM, step(empty))
    assert [problem.field for problem in refused.value.problems] == [
        "items.1.category",
        "items.2.category",
        "items.1.related",
        "items.2.related",
    ]
    assert await everything() == before


async def test_a_code_that_changed_is_refused_also_at_publication(catalogue: Catalogue) -> None:
    await published(catalogue, content("a", "养老"), content("b", "图书"))
    edition = await drafted(catalogue, content("x", "养老"), content("b", "图书"))
    before = await everything()
    with pytest.raises(Invalid) as refused:
        await editions.submit(SYSTEM, step(edition))
    (problem,) = refused.value.problems
    assert (problem.field, problem.remedy) == ("items.0.code", "use a")
    assert await everything() == before
    await tables.Edition.update({tables.Edition.state: "review"}).where(tables.Edition.id == edition.id)
    with pytest.raises(Invalid, match="1 problem"):
        await editions.publish(SYSTEM, catalogue, publication(edition))
    assert catalogue.snapshot.current[SLUG].edition.number == 1


async def test_a_mistaken_code_can_be_corrected_once_its_edition_is_withdrawn(catalogue: Catalogue) -> None:
    await published(catalogue, content("a", "养老"))
    mistaken = await published(catalogue, content("a", "养老"), content("BB", "图书"))
    await editions.withdraw(SYSTEM, catalogue, withdrawal(mistaken))
    corrected = await published(catalogue, content("a", "养老"), content("b", "图书", category=CARE))
    assert corrected.number == 3


async def test_a_publication_that_fails_leaves_nothing(catalogue: Catalogue) -> None:
    first = await published(catalogue, content("a"))
    edition = await submitted(catalogue, content("b"))
    change = tables.CatalogueChange
    # The feed's next entry is taken already, so that writing it fails after everything else is written.
    await change.insert(
        change(revision=2, ordinal=2, kind=FeedKind.added.value, list_slug="x", edition=first.id, at=first.created_at)
    )
    before, snapshot = await everything(), catalogue.snapshot
    with pytest.raises(Conflict):
        async with db.current().transaction():
            await editions.publish(SYSTEM, catalogue, publication(edition))
    assert await everything() == before
    assert await revision("catalogue") == 1
    assert catalogue.snapshot is snapshot
    assert not await catalogue.refresh()


async def test_a_snapshot_changes_only_when_the_publication_is_committed(catalogue: Catalogue) -> None:
    edition = await submitted(catalogue, content("a"))
    async with db.current().transaction():
        await editions.publish(SYSTEM, catalogue, publication(edition))
        assert SLUG not in catalogue.snapshot.current
    assert catalogue.snapshot.current[SLUG].edition.number == 1


async def test_of_two_publications_at_once_one_wins(catalogue: Catalogue) -> None:
    edition = await submitted(catalogue, content("a"))

    async def attempt() -> Edition:
        async with db.current().transaction():
            return await editions.publish(SYSTEM, catalogue, publication(edition))

    results = await asyncio.gather(attempt(), attempt(), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Edition"]
    assert await revision("catalogue") == 1
    assert await tables.CatalogueChange.count() == 2


async def test_publications_of_two_lists_at_once_both_come_through(catalogue: Catalogue) -> None:
    lists = (SLUG, "value-added-services")
    waiting = [await submitted(catalogue, content("a"), slug=slug) for slug in lists]

    async def attempt(edition: Edition) -> None:
        await db.current().run_in_transaction(lambda: editions.publish(SYSTEM, catalogue, publication(edition)), 5)

    await asyncio.gather(*(attempt(edition) for edition in waiting))
    assert set(catalogue.snapshot.current) == set(lists)
    assert await revision("catalogue") == 2


async def test_an_editor_and_a_submission_at_once_lose_nothing(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue, content("a"))

    async def add() -> None:
        async with db.current().transaction():
            await put(catalogue, edition, content("b"))

    async def hand_in() -> None:
        async with db.current().transaction():
            await editions.submit(SYSTEM, step(edition))

    results = await asyncio.gather(add(), hand_in(), return_exceptions=True)
    refusals = [result for result in results if result is not None]
    assert len(refusals) <= 1
    assert all(isinstance(each, IllegalTransition) or is_retryable(each) for each in refusals)
    found = await editions.edition(SYSTEM, edition.id)
    assert found.state == ("review" if results[1] is None else "draft")
    assert await codes(edition) == (["a", "b"] if results[0] is None else ["a"])
    assert found.item_count == len(await codes(edition))
