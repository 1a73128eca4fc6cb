"""Rows entered and changed: as Piccolo does it, in fewer round trips, and together or not at all."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from gongzhi.core.actors.kinds import ActorKind
from gongzhi.core.actors.tables import Organization
from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.catalogue.tables import Offering
from gongzhi.core.db import Database, count_statements, current
from gongzhi.core.db import lines as joining
from gongzhi.core.errors import Conflict, Internal
from gongzhi.core.events.tables import Event
from gongzhi.core.writing import append, change, enter, insert

FOUNDED = date(2001, 2, 3)


def organization(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "kind": ActorKind.org, "subkind": "foundation", "name": code, "path": "/a", **more}


def event(**more: Any) -> dict[str, Any]:
    return {"kind": "a.b", "record": "A:1", "path": "/a", **more}


async def stored(code: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = await Organization.select(*Organization.all_columns()).where(Organization.code == code)
    return rows[0]


async def codes() -> list[str]:
    return sorted(row["code"] for row in await Organization.select(Organization.code))


async def test_a_row_is_entered_as_piccolo_enters_it(database: Database) -> None:
    await insert(Organization, organization("first"))  # Piccolo writes the text of the first
    made = await insert(Organization, organization("second", valid_from=FOUNDED, contact='{"phone": "1"}'))
    row = Organization(**organization("third", valid_from=FOUNDED, contact='{"phone": "1"}'))
    await Organization.insert(row)
    ours, piccolo = await stored("second"), await stored("third")
    assert ours == {**piccolo, "id": made["id"], "code": "second", "name": "second"}
    assert made == {**row.to_dict(), "id": made["id"], "code": "second", "name": "second", "kind": ActorKind.org}
    assert ours["id"] != (await stored("first"))["id"]


async def test_columns_that_are_missing_or_unknown_are_named(database: Database) -> None:
    with pytest.raises(ValueError, match="Organization has no colour, shape"):
        await insert(Organization, organization("a", colour=1, shape=2))
    with pytest.raises(ValueError, match="organization wasn't provided"):
        await insert(Offering, {"path": "/a"})
    assert await codes() == []


async def test_a_row_that_was_made_is_entered_with_what_it_refers_to(database: Database) -> None:
    parent = Organization(**organization("parent"))
    await enter(parent)
    await enter(Organization(**organization("child", parent=parent)))
    assert (await stored("child"))["parent"] == parent.id
    with pytest.raises(Conflict):
        await enter(Organization(**organization("parent")))
    assert await codes() == ["child", "parent"]


TAKEN = ("organization_code_key", Conflict("There is such a code."))


@pytest.mark.parametrize("code", ["a", "b"])
async def test_what_is_taken_is_said_in_the_words_of_who_appends(database: Database, code: str) -> None:
    """On PostgreSQL the index is known by its name, on SQLite lines are sent one by one."""
    await insert(Organization, organization("a"))
    await insert(Organization, organization("b"))
    key = (await stored(code))["id"]

    async def work() -> None:
        async with database.transaction():
            await append(Event, event())
            await append(Organization, organization(code), TAKEN)
            await append(Event, event())

    with pytest.raises(Conflict, match="There is such a code") as refused:
        await work()
    assert refused.value is TAKEN[1]
    with pytest.raises(Conflict, match="There is such a code"):
        await append(Organization, organization(code), TAKEN)
    with pytest.raises(Conflict, match="There is such a code"):
        async with database.transaction(), database.savepoint():
            await append(Organization, organization(code), TAKEN)
    assert await codes() == ["a", "b"]
    assert await Event.count() == 0
    assert (await stored(code))["id"] == key


async def test_what_else_is_refused_is_said_in_general_words(database: Database) -> None:
    key = uuid4()
    await insert(Event, event(id=key))
    taken = ("another_index", Conflict("not this one"))

    async def work() -> None:
        async with database.transaction():
            await append(Organization, organization("a"), taken)
            await append(Event, event(id=key))

    with pytest.raises(Conflict, match="Another record has this value already"):
        await work()
    assert await codes() == []


async def test_what_was_appended_can_be_sent_at_once(database: Database) -> None:
    await insert(Organization, organization("a"))

    async def work() -> None:
        async with database.transaction():
            await append(Organization, organization("a"), TAKEN)
            await database.send_appended()
            raise AssertionError("it was not refused")

    with pytest.raises(Conflict, match="There is such a code"):
        await work()
    await database.send_appended()  # outside of a transaction there is nothing to send


async def test_lines_are_sent_together_before_the_next_statement(database: Database) -> None:
    with count_statements() as counter:
        async with database.transaction():
            made = await append(Organization, organization("a"))
            await append(AuditEntry, {"actor_label": "x", "action": "a", "resource": "r", "path": "/a"})
            await append(Event, event())
            assert counter.count == 0
            assert (await stored("a"))["id"] == made["id"]
            await append(Event, event(record="A:2"))
    assert counter.count == (3 if database.dialect == "postgresql" else 5)
    assert await codes() == ["a"]
    assert await AuditEntry.count() == 1
    assert [row["record"] for row in await Event.select(Event.record).order_by(Event.id)] == ["A:1", "A:2"]


@pytest.mark.parametrize("number", [1, joining.MOST, joining.MOST + 1, 3 * joining.MOST + 2])
async def test_any_number_of_lines_is_sent(database: Database, number: int) -> None:
    with count_statements() as counter:
        async with database.transaction():
            for each in range(number):
                await append(Event, event(record=f"A:{each}", path=f"/p{each}"))
    assert counter.count == (-(-number // joining.MOST) if database.dialect == "postgresql" else number)
    found = await Event.select(Event.record, Event.path).order_by(Event.id)
    assert [(row["record"], row["path"]) for row in found] == [(f"A:{n}", f"/p{n}") for n in range(number)]


async def test_a_line_that_cannot_be_written_undoes_the_whole_transaction(database: Database) -> None:
    key = uuid4()
    await insert(Event, event(id=key))

    async def work() -> None:
        async with database.transaction():
            await insert(Organization, organization("a"))
            await append(Event, event(id=key))

    with pytest.raises(Conflict):
        await work()
    assert await codes() == []
    assert await Event.count() == 1
    async with database.transaction():
        await insert(Organization, organization("a"))
    assert await codes() == ["a"]


async def test_a_failed_line_is_the_last_of_its_transaction(database: Database) -> None:
    key = uuid4()
    await insert(Event, event(id=key))

    async def work() -> None:
        async with database.transaction():
            await append(Event, event(id=key))
            with pytest.raises(Conflict):
                await codes()
            await append(Event, event())

    with pytest.raises(Internal):
        await work()
    assert await Event.count() == 1


async def test_what_is_rolled_back_was_never_sent(database: Database) -> None:
    async def work() -> None:
        async with database.transaction():
            await append(Organization, organization("a"))
            raise Conflict("no")

    with count_statements() as counter, pytest.raises(Conflict):
        await work()
    assert counter.count == 0
    assert await codes() == []


async def test_a_savepoint_undoes_its_own_lines_and_no_others(database: Database) -> None:
    key = uuid4()

    async def undone(error: Exception | None) -> None:
        async with current().savepoint():
            await append(Organization, organization("inside"))
            await append(Event, event(id=key))
            if error:
                raise error

    async with database.transaction():
        await append(Event, event(id=key))
        with pytest.raises(Conflict, match="no"):
            await undone(Conflict("no"))
        with pytest.raises(Conflict, match="has this value already"):
            await undone(None)
        await append(Organization, organization("after"))
    assert await codes() == ["after"]
    assert await Event.count() == 1


async def test_without_a_transaction_a_line_is_written_at_once(database: Database) -> None:
    await append(Event, event())
    assert await Event.count() == 1


async def test_a_row_is_changed_only_as_it_was_seen(database: Database) -> None:
    made = await insert(Organization, organization("a"))
    key = {"id": made["id"], "version": 1}
    assert await change(Organization, key, {"kind": ActorKind.party, Organization.name: "b", "version": 2})
    assert not await change(Organization, key, {"kind": ActorKind.org, Organization.name: "c", "version": 2})
    assert not await change(Organization, {"id": UUID(int=1), "version": 2}, {"name": "c"})
    assert await change(Organization, {"id": made["id"]}, {"version": Organization.version + 5})
    found = await stored("a")
    assert (found["kind"], found["name"], found["version"]) == ("party", "b", 7)


async def test_a_change_is_written_once_for_its_columns(database: Database) -> None:
    made = await insert(Organization, organization("a"))
    with count_statements() as counter:
        for number in range(3):
            assert await change(Organization, {"id": made["id"]}, {"name": str(number), "valid_to": None})
    assert len(set(counter.statements)) == 1
    assert (await stored("a"))["name"] == "2"


def test_joined_lines_number_their_values_on() -> None:
    texts = ("INSERT INTO a VALUES ($1, $2)", "INSERT INTO b VALUES ($1)", "INSERT INTO c VALUES ($1, $2)")
    assert joining.joined(texts) == (
        "WITH line_0 AS (INSERT INTO a VALUES ($1, $2)), line_1 AS (INSERT INTO b VALUES ($3)) "
        "INSERT INTO c VALUES ($4, $5)"
    )
    assert joining.joined(texts[:1]) == texts[0]
