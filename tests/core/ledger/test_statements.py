"""Statements add up, by the day that entries are on."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from gongzhi.core import clock, ledger
from gongzhi.core.db import Database, count_statements
from gongzhi.core.errors import Invalid, Limited, NotFound
from gongzhi.core.ledger import AccountKind, Reversal, statements
from tests.core.ledger.books import BOOK, ELDERLY, Book, gift, opened, opening, payment

JUNE = [date(2015, 6, day) for day in range(1, 31)]


async def filled() -> Book:
    """Gifts and payments on four days of June, entered out of their order."""
    book = await opened()
    await ledger.post(gift(book, 1000, "a", day=JUNE[0], memo="捐赠", source="Donation:1"))
    await ledger.post(gift(book, 500, "c", to=book.elderly, day=JUNE[9]))
    await ledger.post(payment(book, 300, "d", of=book.elderly, purpose=ELDERLY, day=JUNE[19]))
    await ledger.post(gift(book, 70, "b", day=JUNE[4]))
    return book


async def test_a_statement_adds_up(database: Database) -> None:
    book = await filled()
    with count_statements() as counter:
        found = await ledger.statement(book.cash, JUNE[4], JUNE[19])
    assert counter.count == 3
    assert (found.accounts, found.unit) == ((book.cash,), "fen")
    assert (found.opening, found.incoming, found.outgoing, found.closing) == (1000, 570, 300, 1270)
    assert [(line.day, line.reference, line.amount, line.balance) for line in found.lines] == [
        (JUNE[4], "b", 70, 1070),
        (JUNE[9], "c", 500, 1570),
        (JUNE[19], "d", -300, 1270),
    ]


async def test_a_statement_of_several_accounts_tells_their_purposes(database: Database) -> None:
    book = await filled()
    found = await ledger.statement([book.free, book.elderly], JUNE[0], JUNE[29])
    assert (found.opening, found.incoming, found.outgoing, found.closing) == (0, 1570, 300, 1270)
    assert [(line.purpose, line.amount) for line in found.lines] == [
        (None, 1000),
        (None, 70),
        (ELDERLY, 500),
        (ELDERLY, -300),
    ]
    assert [(line.account, line.memo, line.source) for line in found.lines][0] == (book.free, "捐赠", "Donation:1")


async def test_periods_that_follow_each_other_join(database: Database) -> None:
    book = await filled()
    for day in (JUNE[0], JUNE[4], JUNE[9], JUNE[10], JUNE[19]):
        before = await ledger.statement(book.cash, JUNE[0], day)
        after = await ledger.statement(book.cash, day + timedelta(days=1), JUNE[29])
        assert before.closing == after.opening == await ledger.balance_as_of(book.cash, day)
        assert after.closing == 1270


async def test_a_period_without_lines(database: Database) -> None:
    book = await filled()
    found = await ledger.statement(book.free, JUNE[20], JUNE[29])
    assert (found.opening, found.closing, found.lines) == (1070, 1070, ())
    assert await ledger.balance_as_of(book.free, date(2015, 5, 31)) == 0


async def test_a_reversal_stands_on_its_own_day(database: Database) -> None:
    book = await filled()
    (mistake,) = await ledger.entries(source="Donation:1")
    with clock.frozen(clock.end_of(JUNE[24])):
        await ledger.reverse(Reversal(entry=mistake.id, reference="undo"))
    found = await ledger.statement(book.free, JUNE[20], JUNE[29])
    assert (found.opening, found.outgoing, found.closing) == (1070, 1000, 70)
    assert [(line.day, line.reverses) for line in found.lines] == [(JUNE[24], mistake.id)]


async def test_what_cannot_be_stated(database: Database) -> None:
    book = await filled()
    with pytest.raises(Invalid) as caught:
        await ledger.statement(book.cash, JUNE[1], JUNE[0])
    assert [problem.field for problem in caught.value.problems] == ["last_day"]
    with pytest.raises(Invalid) as caught:
        await ledger.statement([book.cash, book.free], JUNE[0], JUNE[1])
    assert [problem.field for problem in caught.value.problems] == ["accounts"]
    with pytest.raises(NotFound):
        await ledger.statement(uuid4(), JUNE[0], JUNE[1])
    with pytest.raises(NotFound):
        await ledger.statement([], JUNE[0], JUNE[1])
    with pytest.raises(NotFound):
        await ledger.balance_as_of(uuid4(), JUNE[0])


async def test_a_statement_has_a_limit(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    book = await filled()
    monkeypatch.setattr(statements, "MOST_LINES", 3)
    with pytest.raises(Limited) as caught:
        await ledger.statement(book.cash, JUNE[0], JUNE[29])
    assert caught.value.details == {"limit": "statement_lines", "value": 3}
    assert len((await ledger.statement(book.cash, JUNE[0], JUNE[10])).lines) == 3


async def test_a_book_balances_in_each_unit(database: Database) -> None:
    book = await filled()
    await ledger.open_account(opening("minutes", AccountKind.liability, unit="minutes"))
    fen, minutes = await ledger.trial_balance(BOOK)
    assert (fen.unit, fen.debits, fen.credits) == ("fen", 1270, 1270)
    assert [(account.code, account.balance) for account in fen.accounts] == [
        ("cash", 1270),
        ("elderly", 200),
        ("free", 1070),
    ]
    assert (minutes.unit, minutes.debits, minutes.credits) == ("minutes", 0, 0)
    assert await ledger.trial_balance("nothing") == []
    assert book.cash == fen.accounts[0].id
