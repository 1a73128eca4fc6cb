"""The life of an edition, from draft to withdrawal."""

import asyncio
from datetime import timedelta

import pytest

from gongzhi.core import db
from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.catalogue import editions, tables
from gongzhi.core.catalogue.commands import DraftEdition, PublishEdition, ReturnEdition, StepEdition, WithdrawEdition
from gongzhi.core.catalogue.content import digest_of
from gongzhi.core.catalogue.reading import edition_on
from gongzhi.core.catalogue.records import Edition, EditionState
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.errors import Conflict, IllegalTransition, Invalid, NotFound
from gongzhi.core.events.outbox import revision
from gongzhi.core.ids import uuid7
from gongzhi.core.permissions import ANONYMOUS, SYSTEM
from tests.core.catalogue.contents import content
from tests.core.catalogue.editing import (
    SLUG,
    codes,
    drafted,
    everything,
    publication,
    published,
    put,
    remove,
    step,
    submitted,
    withdrawal,
)
from tests.core.places import TODAY, on_day, traces

TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)


async def test_the_whole_life_of_an_edition(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue)
    assert (edition.number, edition.state, edition.item_count, edition.effective_from) == (1, "draft", 0, None)
    await put(catalogue, edition, content("b"))
    await put(catalogue, edition, content("a"))
    await put(catalogue, edition, content("c"))
    await put(catalogue, edition, content("a", "另名"), version=1)
    await remove(catalogue, edition, "c")
    assert await codes(edition) == ["b", "a"]

    review = await editions.submit(SYSTEM, step(edition))
    assert (review.state, review.version) == (EditionState.review, 2)
    back = await editions.send_back(SYSTEM, ReturnEdition(edition=edition.id, version=2, note="少一项"))
    assert (back.state, back.note) == (EditionState.draft, "少一项")
    await put(catalogue, back, content("d"))
    review = await editions.submit(SYSTEM, step(back))

    before = await traces()
    done = await editions.publish(SYSTEM, catalogue, publication(review))
    assert (done.state, done.item_count, done.effective_from, done.published_by) == ("published", 3, TODAY, None)
    contents = [content("b"), content("a", "另名"), content("d")]
    assert done.digest == digest_of(contents)
    assert await traces() == (before[0] + 1, before[1] + 1)
    assert [item.code for item in catalogue.snapshot.current[SLUG].items] == ["b", "a", "d"]
    assert catalogue.snapshot.revision == await revision("catalogue") == 1

    gone = await editions.withdraw(SYSTEM, catalogue, withdrawal(done))
    assert (gone.state, gone.withdrawn_from, gone.digest) == (EditionState.withdrawn, TODAY, done.digest)
    assert SLUG not in catalogue.snapshot.current
    assert await editions.edition(ANONYMOUS, edition.id) == gone


async def test_every_step_leaves_an_audit_line_with_its_action(catalogue: Catalogue) -> None:
    begun = await traces()
    edition = await drafted(catalogue, content("a"))
    await put(catalogue, edition, content("b"))
    await remove(catalogue, edition, "b")
    review = await editions.submit(SYSTEM, step(edition))
    back = await editions.send_back(SYSTEM, ReturnEdition(edition=edition.id, version=review.version, note="x"))
    review = await editions.submit(SYSTEM, step(back))
    done = await editions.publish(SYSTEM, catalogue, publication(review))
    await editions.withdraw(SYSTEM, catalogue, withdrawal(done))
    lines = (await AuditEntry.select(AuditEntry.action, AuditEntry.path).order_by(AuditEntry.id))[begun[0] :]
    assert [line["action"] for line in lines] == [
        "draft",
        "edit",
        "edit",
        "submit",
        "return",
        "submit",
        "publish",
        "withdraw",
    ]
    assert {line["path"] for line in lines} == {"/futian"}
    assert await traces() == (begun[0] + 8, begun[1] + 8)


async def test_each_day_has_the_edition_that_was_in_force_on_it(catalogue: Catalogue) -> None:
    first = await published(catalogue, content("a"))
    with on_day(TOMORROW):
        second = await published(catalogue, content("b"))
        snapshot = catalogue.snapshot
        assert edition_on(snapshot, SLUG) == second
        assert edition_on(snapshot, SLUG, TOMORROW) == second
        assert edition_on(snapshot, SLUG, TODAY) == first
        assert edition_on(snapshot, SLUG, YESTERDAY) is None
        past = await catalogue.published(first, SLUG)
        assert [item.code for item in past.items] == ["a"]


async def test_an_edition_takes_effect_at_midnight_of_its_day(catalogue: Catalogue) -> None:
    first = await published(catalogue, content("a"))
    second = await published(catalogue, content("b"), effective_from=TOMORROW)
    assert catalogue.snapshot.current[SLUG].edition == first
    assert edition_on(catalogue.snapshot, SLUG, TOMORROW) == second
    assert not await catalogue.refresh()
    with on_day(TOMORROW):
        assert await catalogue.refresh()
        assert catalogue.snapshot.current[SLUG].edition == second


async def test_a_draft_begins_with_the_items_of_the_newest_or_the_named_edition(catalogue: Catalogue) -> None:
    await published(catalogue, content("a"), content("b"))
    await published(catalogue, content("b", "改"), content("c"))
    for based_on, expected in ((None, ["b", "c"]), (2, ["b", "c"]), (1, ["a", "b"]), (0, [])):
        async with db.current().transaction():
            command = DraftEdition(slug=SLUG, label="n", based_on=based_on)
            edition = await editions.draft(SYSTEM, catalogue, command)
            assert (edition.number, edition.item_count) == (3, len(expected))
            assert await codes(edition) == expected
            await tables.EditionItem.delete().where(tables.EditionItem.edition == edition.id)
            await tables.Edition.delete().where(tables.Edition.id == edition.id)
    before = await everything()
    with pytest.raises(NotFound, match="no edition 9"):
        await editions.draft(SYSTEM, catalogue, DraftEdition(slug=SLUG, label="n", based_on=9))
    assert await everything() == before


async def test_a_list_has_one_open_edition_at_a_time(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue, content("a"))
    before = await everything()
    with pytest.raises(Conflict, match="edition 1 of basic-services is in draft"):
        await drafted(catalogue)
    assert await everything() == before
    await editions.submit(SYSTEM, step(edition))
    with pytest.raises(Conflict, match="is in review"):
        await drafted(catalogue)
    assert (await drafted(catalogue, slug="value-added-services")).number == 1


async def test_of_two_drafts_at_once_one_wins(catalogue: Catalogue) -> None:
    async def attempt(label: str) -> None:
        async with db.current().transaction():
            await drafted(catalogue, content(label), label=label)

    results = await asyncio.gather(attempt("x"), attempt("y"), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    rows = await tables.Edition.select(tables.Edition.label)
    assert [row["label"] for row in rows] == ["x" if results[0] is None else "y"]
    assert await tables.EditionItem.count() == 1


async def test_the_database_itself_refuses_a_second_open_edition(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue)
    row = await tables.Edition.select().where(tables.Edition.id == edition.id).first()
    assert row is not None
    for changes in ({"number": 2}, {"state": "published"}):
        with pytest.raises(Conflict) as refused:
            await tables.Edition.insert(tables.Edition(**{**row, "id": uuid7(), **changes}))
        assert refused.value.details["kind"] == "unique"
    assert await tables.Edition.count() == 1


async def test_steps_out_of_order_are_refused(catalogue: Catalogue) -> None:
    edition = await drafted(catalogue, content("a"))

    async def refused(edition: Edition, *steps: str) -> None:
        before = await everything()
        for attempt in steps:
            with pytest.raises(IllegalTransition) as caught:
                await STEPS[attempt](catalogue, edition)
            assert caught.value.details == {
                "state": edition.state.value,
                "allowed": sorted(editions.STEPS[edition.state]),
            }
        assert await everything() == before

    await refused(edition, "return", "publish", "withdraw")
    edition = await editions.submit(SYSTEM, step(edition))
    await refused(edition, "submit", "withdraw", "edit")
    edition = await editions.publish(SYSTEM, catalogue, publication(edition))
    await refused(edition, "submit", "return", "publish", "edit", "remove")
    edition = await editions.withdraw(SYSTEM, catalogue, withdrawal(edition))
    await refused(edition, "submit", "return", "publish", "withdraw", "edit", "remove")


STEPS = {
    "submit": lambda catalogue, edition: editions.submit(SYSTEM, step(edition)),
    "return": lambda catalogue, edition: editions.send_back(
        SYSTEM, ReturnEdition(edition=edition.id, version=edition.version, note="x")
    ),
    "publish": lambda catalogue, edition: editions.publish(SYSTEM, catalogue, publication(edition)),
    "withdraw": lambda catalogue, edition: editions.withdraw(SYSTEM, catalogue, withdrawal(edition)),
    "edit": lambda catalogue, edition: put(catalogue, edition, content("a", "x"), version=1),
    "remove": lambda catalogue, edition: remove(catalogue, edition, "a"),
}


async def test_a_stale_version_changes_nothing(catalogue: Catalogue) -> None:
    edition = await submitted(catalogue, content("a"))
    before = await everything()
    for version in (1, 3):
        for attempt in (
            editions.submit(SYSTEM, StepEdition(edition=edition.id, version=version)),
            editions.send_back(SYSTEM, ReturnEdition(edition=edition.id, version=version, note="x")),
            editions.publish(SYSTEM, catalogue, PublishEdition(edition=edition.id, version=version)),
            editions.withdraw(SYSTEM, catalogue, WithdrawEdition(edition=edition.id, version=version)),
        ):
            with pytest.raises(Conflict, match="version 2"):
                await attempt
    assert await everything() == before


async def test_unknown_editions_and_lists_are_not_found(catalogue: Catalogue) -> None:
    unknown = uuid7()
    with pytest.raises(NotFound, match=f"no edition '{unknown}'"):
        await editions.edition(SYSTEM, unknown)
    with pytest.raises(NotFound):
        await editions.publish(SYSTEM, catalogue, PublishEdition(edition=unknown, version=1))
    with pytest.raises(NotFound, match="no list 'nothing'"):
        await editions.draft(SYSTEM, catalogue, DraftEdition(slug="nothing", label="n"))
    with pytest.raises(NotFound):
        await editions.open_editions(SYSTEM, unknown)
    assert await editions.by_ids([unknown]) == {}


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (DraftEdition(slug=SLUG, label=""), "label"),
        (DraftEdition(slug=SLUG, label=" "), "label"),
        (DraftEdition(slug=SLUG, label="x" * 121), "label"),
        (DraftEdition(slug=SLUG, label="n", note="x" * 2001), "note"),
        (DraftEdition(slug=SLUG, label="n", based_on=-1), "based_on"),
        (DraftEdition(slug="x" * 65, label="n"), "slug"),
    ],
)
async def test_a_wrong_draft_is_refused_with_its_field(catalogue: Catalogue, command: DraftEdition, field: str) -> None:
    before = await everything()
    with pytest.raises(Invalid) as refused:
        await editions.draft(SYSTEM, catalogue, command)
    assert refused.value.problems[0].field == field
    assert await everything() == before
