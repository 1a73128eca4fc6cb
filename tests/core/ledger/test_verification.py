"""The database refuses to falsify a book, and if somebody gets past it, a recount tells."""

import pytest

from gongzhi.core import ledger
from gongzhi.core.db import Database
from gongzhi.core.errors import Conflict
from gongzhi.core.ledger import Reserve
from tests.core.ledger.books import BOOK, Book, balances, gift, opened, payment


async def filled() -> Book:
    """A gift of 500, of which 200 were spent of a hold of 300."""
    book = await opened()
    await ledger.post(gift(book, 500))
    held = await ledger.hold(Reserve(account=book.free, amount=300, reference="grant"))
    await ledger.spend_hold(held.id, payment(book, 200))
    return book


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET memo = 'otherwise'",
        "UPDATE ledger_entry SET day = '2015-06-01'",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_line SET amount = amount + 1",
        "DELETE FROM ledger_line",
        "DELETE FROM ledger_account",
        "UPDATE ledger_account SET kind = 'income'",
        "UPDATE ledger_account SET purpose = 'another'",
        "UPDATE ledger_account SET may_overdraw = NOT may_overdraw",
        "UPDATE ledger_account SET balance = 99 WHERE code = 'free'",
        "UPDATE ledger_account SET held = 301 WHERE code = 'free'",
        "UPDATE ledger_account SET held = -1",
        "DELETE FROM ledger_hold",
        "UPDATE ledger_hold SET amount = 1000",
        "UPDATE ledger_hold SET spent = 0",
        "UPDATE ledger_hold SET spent = 301",
    ],
)
async def test_the_database_refuses_to_falsify_a_book(database: Database, statement: str) -> None:
    book = await filled()
    with pytest.raises(Conflict) as caught:
        await database.execute(statement)
    assert caught.value.details["kind"] == "trigger"
    assert await balances(book) == (300, 300, 0)
    assert await ledger.verify() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_hold SET state = 'held'",
        "UPDATE ledger_account SET balance = 1 WHERE code = 'elderly'",
        "UPDATE ledger_account SET closed_at = NULL WHERE code = 'elderly'",
    ],
)
async def test_what_is_settled_stays_settled(database: Database, statement: str) -> None:
    book = await filled()
    held = await ledger.hold(Reserve(account=book.free, amount=1, reference="short"))
    await ledger.release_hold(held.id)
    await ledger.close_account(book.elderly)
    with pytest.raises(Conflict) as caught:
        await database.execute(statement)
    assert caught.value.details["kind"] == "trigger"
    assert (await ledger.accounts(ids=[book.elderly]))[0].closed_at is not None


async def tamper(database: Database, statement: str) -> None:
    """Run a statement past the triggers, as somebody with the database's own tools could."""
    async with database.transaction():
        if database.dialect == "sqlite":
            for row in await database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                await database.execute(f"DROP TRIGGER {row['name']}")
        else:
            await database.execute("SET LOCAL session_replication_role = replica")
        await database.execute(statement)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE ledger_account SET balance = 301 WHERE code = 'free'", {("balance-differs", "account free")}),
        ("UPDATE ledger_account SET lines = 9 WHERE code = 'cash'", {("balance-differs", "account cash")}),
        ("UPDATE ledger_account SET held = 99 WHERE code = 'free'", {("holds-differ", "account free")}),
        (
            "UPDATE ledger_line SET amount = 501 WHERE amount = 500",
            {("entry-unbalanced", "entry gift"), ("balance-differs", "account cash")},
        ),
        (
            "DELETE FROM ledger_line WHERE amount = 500",
            {("entry-unbalanced", "entry gift"), ("balance-differs", "account cash")},
        ),
        ("UPDATE ledger_entry SET unit = 'points' WHERE reference = 'gift'", {("entry-mixed", "entry gift")}),
        (
            "UPDATE ledger_hold SET spent = 199",
            {("hold-misspent", "hold grant"), ("holds-differ", "account free")},
        ),
        (
            "UPDATE ledger_hold SET state = 'spent'",
            {("hold-misspent", "hold grant"), ("holds-differ", "account free")},
        ),
        (
            "UPDATE ledger_account SET balance = 99 WHERE code = 'free'",
            {("balance-differs", "account free"), ("overdrawn", "account free")},
        ),
    ],
)
async def test_a_recount_tells_what_is_wrong(database: Database, statement: str, found: set[tuple[str, str]]) -> None:
    await filled()
    assert await ledger.verify() == []
    await tamper(database, statement)
    assert {(finding.kind, finding.record) for finding in await ledger.verify(BOOK)} == found
    assert await ledger.verify("another") == []


async def test_a_finding_says_in_words_what_is_wrong(database: Database) -> None:
    await filled()
    await tamper(database, "UPDATE ledger_account SET balance = 301 WHERE code = 'free'")
    (finding,) = await ledger.verify()
    assert str(finding) == "foundations: account free has 301, its 2 lines add up to 300"
