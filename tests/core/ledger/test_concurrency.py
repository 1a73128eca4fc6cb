"""Many at once: nobody's posting is lost, nobody waits in a circle, nobody gets what another has got."""

import asyncio
from random import Random
from uuid import UUID

import pytest

from gongzhi.core import ledger
from gongzhi.core.db import Database, is_retryable
from gongzhi.core.errors import Conflict
from gongzhi.core.ledger import AccountKind, Entry, Posting, Reversal, credit, debit
from tests.core.ledger.books import BOOK, balances, crowd, gift, opened, opening, payment, posting

POSTINGS = 1000


async def test_a_thousand_postings_by_eight_callers_on_one_account(database: Database) -> None:
    book = await opened()
    made = await crowd(ledger.post(gift(book, 3, f"{number}")) for number in range(POSTINGS))
    assert [type(entry) for entry in made] == [Entry] * POSTINGS
    assert await balances(book) == (3 * POSTINGS, 3 * POSTINGS, 0)
    (cash,) = await ledger.accounts(ids=[book.cash])
    assert cash.lines == POSTINGS
    assert await ledger.verify() == []


async def test_inside_stricter_transactions_nothing_is_lost_either(database: Database) -> None:
    """A caller that reads first (a workflow) is told to begin again; whoever does so gets through in the end."""
    book = await opened()

    async def once(reference: str) -> Entry:
        async def work() -> Entry:
            await ledger.balance(book.cash)
            return await ledger.post(gift(book, 3, reference))

        return await database.run_in_transaction(work, attempts=10)

    asked = [f"{number}" for number in range(80)]
    while asked:
        answers = dict(zip(asked, await crowd(map(once, asked)), strict=True))
        asked = [reference for reference, answer in answers.items() if not isinstance(answer, Entry)]
        assert [type(answers[reference]) for reference in asked] == [Conflict] * len(asked)
        assert all(is_retryable(answers[reference]) for reference in asked)
    assert await balances(book) == (240, 240, 0)
    assert await ledger.verify() == []


async def test_of_the_same_posting_many_times_at_once_one_is_made(database: Database) -> None:
    book = await opened()
    made = await crowd(ledger.post(gift(book, 500)) for _ in range(20))
    assert made == await ledger.entries() * 20
    assert await balances(book) == (500, 500, 0)


async def test_of_different_postings_with_one_reference_one_is_made(database: Database) -> None:
    book = await opened()
    purposes = [gift(book, 500), gift(book, 500, to=book.elderly)]
    answers = await crowd(ledger.post(each) for each in purposes * 6)
    made = [answer for answer in answers if isinstance(answer, Entry)]
    assert len(made) == 6
    assert len({entry.id for entry in made}) == 1
    assert sum(getattr(answer, "code", "") == "IDEMPOTENCY_MISMATCH" for answer in answers) == 6
    assert (await balances(book))[0] == 500


async def test_the_last_money_is_paid_out_once(database: Database) -> None:
    book = await opened()
    await ledger.post(gift(book, 500))
    answers = await crowd(ledger.post(payment(book, 200, f"{number}")) for number in range(10))
    assert sum(isinstance(answer, Entry) for answer in answers) == 2
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert [refusal.details["available"] for refusal in refused] == [100] * 8
    assert await balances(book) == (100, 100, 0)


async def test_an_entry_is_reversed_once_by_many_at_once(database: Database) -> None:
    book = await opened()
    came = await ledger.post(gift(book, 500))
    undoings = [Reversal(entry=came.id, reference=f"undo-{number}") for number in range(10)]
    answers = await crowd(map(ledger.reverse, undoings))
    assert sum(isinstance(answer, Entry) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 9
    assert await balances(book) == (0, 0, 0)


async def accounts_with(amount: int, number: int) -> list[UUID]:
    """Accounts of persons, each with an amount from a source that may be overdrawn."""
    source = await ledger.open_account(opening("issued", AccountKind.equity, may_overdraw=True))
    persons = [await ledger.open_account(opening(f"p{n}", AccountKind.liability)) for n in range(number)]
    for person in persons:
        lines = (debit(source.id, amount), credit(person.id, amount))
        await ledger.post(posting(f"start-{person.code}", *lines))
    return [person.id for person in persons]


@pytest.mark.parametrize("seed", range(3))
async def test_transfers_in_all_directions_neither_lose_nor_make_anything(database: Database, seed: int) -> None:
    random = Random(seed)
    persons = await accounts_with(20, 5)

    def transfer(number: int) -> Posting:
        giver, taker = random.sample(persons, 2)
        amount = random.randint(1, 30)
        return posting(f"t-{number}", debit(giver, amount), credit(taker, amount))

    answers = await crowd(ledger.post(transfer(number)) for number in range(120))
    made = [answer for answer in answers if isinstance(answer, Entry)]
    refused = [answer.details for answer in answers if isinstance(answer, Conflict)]
    assert len(made) + len(refused) == 120
    assert len(made) > 20
    assert all(isinstance(details["asked"], int) for details in refused)
    found = [await ledger.balance(person) for person in persons]
    assert sum(each.balance for each in found) == 100
    assert min(each.balance for each in found) >= 0
    assert sum(account.lines for account in await ledger.accounts(BOOK)) == 2 * (5 + len(made))
    assert await ledger.verify() == []


async def test_transactions_of_several_postings_in_opposite_order_all_get_through(database: Database) -> None:
    first, second, *others = await accounts_with(100, 4)

    async def both(number: int) -> None:
        order = [(first, others[0]), (second, others[1])][:: 1 if number % 2 else -1]

        async def work() -> None:
            for step, (giver, taker) in enumerate(order):
                await ledger.post(posting(f"{number}-{step}", debit(giver, 1), credit(taker, 1)))

        await database.run_in_transaction(work, attempts=10, isolation="read committed")

    for turn in range(2):
        await asyncio.gather(both(2 * turn), both(2 * turn + 1))
    assert [(await ledger.balance(each)).balance for each in (first, second, *others)] == [96, 96, 104, 104]
    assert await ledger.verify() == []
