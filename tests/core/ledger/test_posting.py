"""Entries balance, happen once, take nothing that is not there, and are never changed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from gongzhi.core import clock, ledger
from gongzhi.core.db import Database, count_statements
from gongzhi.core.errors import Conflict, GongzhiError, IdempotencyMismatch, Invalid, NotFound
from gongzhi.core.ledger import MOST, AccountKind, Reversal, credit, debit
from gongzhi.core.ledger.tables import LedgerEntry, LedgerLine
from tests.core.ledger.books import BOOK, ELDERLY, Book, balances, gift, opened, opening, payment, posting


async def nothing_is_wrong() -> None:
    assert await ledger.verify() == []


async def refused(kind: type[GongzhiError], command: Any, book: Book) -> GongzhiError:
    """The refusal of a posting, after which nothing is written."""
    before = (await balances(book), await LedgerEntry.count(), await LedgerLine.count())
    with pytest.raises(kind) as caught:
        await ledger.post(command)
    assert (await balances(book), await LedgerEntry.count(), await LedgerLine.count()) == before
    await nothing_is_wrong()
    return caught.value


def fields(error: GongzhiError) -> list[str | None]:
    assert isinstance(error, Invalid)
    return [problem.field for problem in error.problems]


async def test_money_comes_in_and_goes_out(database: Database) -> None:
    book = await opened()
    person = uuid4()
    came = await ledger.post(gift(book, 500, memo="捐赠", source="Donation:1", actor=person, day=date(2015, 6, 1)))
    assert (came.book, came.unit, came.memo, came.source, came.actor) == (BOOK, "fen", "捐赠", "Donation:1", person)
    assert (came.amount, came.day) == (500, date(2015, 6, 1))
    assert [(line.account, line.amount, line.balance_after, line.number) for line in came.lines] == [
        (book.cash, 500, 500, 1),
        (book.free, -500, 500, 1),
    ]
    went = await ledger.post(payment(book, 200))
    assert went.day == clock.today()
    assert [(line.amount, line.balance_after, line.number) for line in went.lines] == [(200, 300, 2), (-200, 300, 2)]
    assert await balances(book) == (300, 300, 0)
    assert await ledger.entry(came.id) == came
    assert await ledger.entries(source="Donation:1") == [came]
    assert await ledger.entries(account=book.free) == [came, went]
    assert await ledger.entries(ids=[]) == []
    await nothing_is_wrong()


async def test_a_posting_of_two_lines_is_five_statements(database: Database) -> None:
    book = await opened()
    with count_statements() as counter:
        await ledger.post(gift(book, 500))
    assert counter.count == 5


async def test_many_lines_are_five_statements_too(database: Database) -> None:
    book = await opened()
    split = posting("split", debit(book.cash, 900), credit(book.free, 500), credit(book.elderly, 400))
    with count_statements() as counter:
        await ledger.post(split)
    assert counter.count == 5
    assert await balances(book) == (900, 500, 400)


async def test_nothing_goes_out_that_is_not_there(database: Database) -> None:
    book = await opened()
    await ledger.post(gift(book, 500))
    error = await refused(Conflict, payment(book, 501), book)
    assert error.details["available"] == 500
    assert error.details["asked"] == 501
    assert error.details["account"] in ("cash", "free")
    await ledger.post(payment(book, 500))
    assert await balances(book) == (0, 0, 0)


async def test_an_account_may_be_opened_to_be_overdrawn(database: Database) -> None:
    loan = await ledger.open_account(opening("loan", AccountKind.liability, may_overdraw=True))
    book = await opened()
    await ledger.post(posting("advance", debit(loan.id, 70), credit(book.free, 70)))
    assert (await ledger.balance(loan.id)).balance == -70
    await nothing_is_wrong()


async def test_money_for_a_purpose_goes_out_for_it_alone(database: Database) -> None:
    book = await opened()
    await ledger.post(gift(book, 500, to=book.elderly))
    assert fields(await refused(Invalid, payment(book, 100, of=book.elderly), book)) == ["purpose"]
    assert fields(await refused(Invalid, payment(book, 100, of=book.elderly, purpose="儿童"), book)) == ["purpose"]
    paid = await ledger.post(payment(book, 100, of=book.elderly, purpose=ELDERLY))
    assert paid.purpose == ELDERLY
    assert await balances(book) == (400, 0, 400)


async def test_the_same_posting_again_answers_the_first_entry(database: Database) -> None:
    book = await opened()
    first = await ledger.post(gift(book, 500))
    again = await ledger.post(gift(book, 500, memo="said otherwise", actor=uuid4()))
    assert again == first
    swapped = posting("gift", credit(book.free, 500), debit(book.cash, 500))
    assert await ledger.post(swapped) == first
    assert await balances(book) == (500, 500, 0)
    assert await LedgerEntry.count() == 1


@pytest.mark.parametrize(
    "change",
    [{"amount": 501}, {"to": "elderly"}, {"purpose": ELDERLY}, {"day": date(2015, 6, 1)}],
    ids=["amount", "account", "purpose", "day"],
)
async def test_another_posting_needs_another_reference(database: Database, change: dict[str, Any]) -> None:
    book = await opened()
    first = await ledger.post(gift(book, 500))
    if "to" in change:
        change = {"to": book.elderly}
    error = await refused(IdempotencyMismatch, gift(**{"book": book, "amount": 500, **change}), book)
    assert error.details == {"reference": "gift", "entry": str(first.id)}


async def test_books_have_references_of_their_own(database: Database) -> None:
    book = await opened()
    first = await ledger.post(gift(book, 500))
    points = [
        await ledger.open_account(opening(code, kind, book="love-bank", unit="points"))
        for code, kind in (("cash", AccountKind.expense), ("li", AccountKind.liability))
    ]
    lines = (debit(points[0].id, 30), credit(points[1].id, 30))
    second = await ledger.post(msgspec.structs.replace(gift(book, 1), book="love-bank", lines=lines))
    assert (second.reference, second.unit) == ("gift", "points")
    assert second.id != first.id


@pytest.mark.parametrize(
    "amount",
    [0, -1, -MOST, MOST + 1, 2**53, 2**63, 10**40, 1.5, 1.0, float("nan"), float("inf"), True, "5", None, Decimal(5)],
    ids=repr,
)
async def test_amounts_are_whole_positive_and_exact(database: Database, amount: Any) -> None:
    book = await opened()
    await ledger.post(gift(book, 500))
    error = await refused(Invalid, payment(book, amount), book)
    assert fields(error) == ["lines.0.amount"]


async def test_the_largest_amount_is_exact_and_no_account_holds_more(database: Database) -> None:
    book = await opened()
    await ledger.post(gift(book, MOST))
    assert await balances(book) == (MOST, MOST, 0)
    await refused(Conflict, gift(book, 1, "more"), book)


async def test_lines_balance(database: Database) -> None:
    book = await opened()
    lopsided = posting("a", debit(book.cash, 500), credit(book.free, 499))
    assert fields(await refused(Invalid, lopsided, book)) == ["lines"]
    assert fields(await refused(Invalid, posting("b", debit(book.cash, 500)), book)) == ["lines"]
    assert fields(await refused(Invalid, posting("c"), book)) == ["lines"]
    twice = posting("d", debit(book.cash, 500), credit(book.cash, 500))
    assert fields(await refused(Invalid, twice, book)) == ["lines"]


async def test_lines_are_of_one_book_and_one_unit(database: Database) -> None:
    book = await opened()
    points = await ledger.open_account(opening("points", AccountKind.asset, unit="points"))
    other = await ledger.open_account(opening("cash", AccountKind.asset, book="love-bank"))
    mixed = posting("a", debit(book.cash, 5), credit(points.id, 5))
    assert fields(await refused(Invalid, mixed, book)) == ["lines.1.account"]
    foreign = posting("b", debit(other.id, 5), credit(book.free, 5))
    assert fields(await refused(Invalid, foreign, book)) == ["lines.0.account"]
    await refused(NotFound, posting("c", debit(book.cash, 5), credit(uuid4(), 5)), book)


async def test_a_day_to_come_is_refused(database: Database) -> None:
    book = await opened()
    tomorrow = clock.today() + timedelta(days=1)
    assert fields(await refused(Invalid, gift(book, 5, day=tomorrow), book)) == ["day"]
    assert fields(await refused(Invalid, gift(book, 5, day=date(1900, 1, 1)), book)) == ["day"]


async def test_an_entry_is_reversed_once(database: Database) -> None:
    book = await opened()
    came = await ledger.post(gift(book, 500, to=book.elderly, source="Donation:1"))
    undo = Reversal(entry=came.id, reference="refund", memo="退款")
    undone = await ledger.reverse(undo)
    assert (undone.reverses, undone.source, undone.memo) == (came.id, "Donation:1", "退款")
    assert [(line.account, line.amount, line.balance_after) for line in undone.lines] == [
        (book.cash, -500, 0),
        (book.elderly, 500, 0),
    ]
    assert await ledger.reverse(undo) == undone
    with pytest.raises(Conflict):
        await ledger.reverse(msgspec.structs.replace(undo, reference="again"))
    with pytest.raises(Conflict):
        await ledger.reverse(Reversal(entry=undone.id, reference="back"))
    with pytest.raises(NotFound):
        await ledger.reverse(Reversal(entry=uuid4(), reference="nothing"))
    assert await LedgerEntry.count() == 2
    await nothing_is_wrong()


async def test_what_was_spent_cannot_be_given_back(database: Database) -> None:
    book = await opened()
    came = await ledger.post(gift(book, 500))
    await ledger.post(payment(book, 200))
    with pytest.raises(Conflict) as caught:
        await ledger.reverse(Reversal(entry=came.id, reference="refund"))
    assert (caught.value.details["available"], caught.value.details["asked"]) == (300, 500)
    assert await balances(book) == (300, 300, 0)


async def test_a_reversal_is_not_dated_before_its_entry(database: Database) -> None:
    book = await opened()
    came = await ledger.post(gift(book, 500, day=date(2015, 6, 2)))
    with pytest.raises(Invalid):
        await ledger.reverse(Reversal(entry=came.id, reference="refund", day=date(2015, 6, 1)))
    undone = await ledger.reverse(Reversal(entry=came.id, reference="refund", day=date(2015, 6, 2)))
    assert undone.day == date(2015, 6, 2)


async def test_a_posting_is_undone_with_the_transaction_that_it_was_made_in(database: Database) -> None:
    book = await opened()

    async def work() -> None:
        await ledger.post(gift(book, 500))
        raise OSError("the next step fails")

    with pytest.raises(OSError, match="next step"):
        await database.run_in_transaction(work)
    assert await balances(book) == (0, 0, 0)
    assert await LedgerEntry.count() == 0


async def test_a_refusal_that_is_caught_leaves_nothing_in_the_transaction(database: Database) -> None:
    book = await opened()
    async with database.transaction():
        with pytest.raises(Conflict):
            await ledger.post(payment(book, 1))
        await ledger.post(gift(book, 500))
    assert await balances(book) == (500, 500, 0)
    assert await LedgerEntry.count() == 1
    await nothing_is_wrong()
