"""What is set apart is nobody else's, is spent at once or in instalments, and comes back when it is released."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from gongzhi.core import ledger
from gongzhi.core.db import Database
from gongzhi.core.errors import Conflict, GongzhiError, IdempotencyMismatch, Invalid, NotFound
from gongzhi.core.ledger import Balance, Entry, Hold, HoldState, Posting, Reserve, Reversal, credit, debit
from tests.core.ledger.books import ELDERLY, balances, crowd, gift, opened, payment, posting


async def held(account: UUID, amount: Any, reference: str = "grant", **others: Any) -> Hold:
    return await ledger.hold(Reserve(account=account, amount=amount, reference=reference, **others))


async def refused(kind: type[GongzhiError], work: Any, account: UUID) -> GongzhiError:
    """The refusal, after which the account is as it was."""
    before = await ledger.balance(account)
    with pytest.raises(kind) as caught:
        await work
    assert await ledger.balance(account) == before
    assert await ledger.verify() == []
    return caught.value


async def test_what_is_held_is_not_available(database: Database) -> None:
    book = await opened()
    await ledger.post(gift(book, 500))
    made = await held(book.free, 300, source="Grant:1")
    assert (made.amount, made.spent, made.rest, made.state, made.source) == (300, 0, 300, HoldState.held, "Grant:1")
    assert await ledger.balance(book.free) == Balance("fen", 500, 300)
    assert (await ledger.balance(book.free)).available == 200
    error = await refused(Conflict, ledger.post(payment(book, 201)), book.free)
    assert error.details == {"account": "free", "available": 200, "asked": 201}
    error = await refused(Conflict, held(book.free, 201, "other"), book.free)
    assert error.details == {"account": "free", "available": 200, "asked": 201}
    await ledger.post(payment(book, 200))
    assert await ledger.balance(book.free) == Balance("fen", 300, 300)


async def test_a_hold_is_spent_in_instalments(database: Database) -> None:
    book = await opened()
    await ledger.post(gift(book, 500))
    key = (await held(book.free, 300)).id
    first = await ledger.spend_hold(key, payment(book, 100, "first"))
    assert first.hold == key
    assert await ledger.spend_hold(key, payment(book, 100, "first")) == first
    assert await ledger.balance(book.free) == Balance("fen", 400, 200)
    error = await refused(Conflict, ledger.spend_hold(key, payment(book, 201, "second")), book.free)
    assert error.details == {"hold": str(key), "available": 200, "asked": 201}
    await ledger.spend_hold(key, payment(book, 200, "second"))
    now = await ledger.find_hold(key)
    assert (now.state, now.spent, now.rest) == (HoldState.spent, 300, 0)
    assert now.settled_at is not None
    assert await balances(book) == (200, 200, 0)
    error = await refused(Conflict, ledger.spend_hold(key, payment(book, 1, "third")), book.free)
    assert error.details["available"] == 0
    await refused(Conflict, ledger.release_hold(key), book.free)


async def test_what_is_left_of_a_hold_comes_back(database: Database) -> None:
    book = await opened()
    await ledger.post(gift(book, 500))
    key = (await held(book.free, 300)).id
    await ledger.spend_hold(key, payment(book, 100))
    released = await ledger.release_hold(key)
    assert (released.state, released.spent, released.rest) == (HoldState.released, 100, 0)
    assert await ledger.release_hold(key) == released
    assert await ledger.balance(book.free) == Balance("fen", 400, 0)
    await refused(Conflict, ledger.spend_hold(key, payment(book, 1, "late")), book.free)


async def test_the_same_hold_again_is_one_hold(database: Database) -> None:
    book = await opened()
    await ledger.post(gift(book, 500))
    first = await held(book.free, 300)
    assert await held(book.free, 300, actor=uuid4()) == first
    await refused(IdempotencyMismatch, held(book.free, 301), book.free)
    await refused(IdempotencyMismatch, held(book.cash, 300), book.free)
    assert await ledger.balance(book.free) == Balance("fen", 500, 300)


async def test_money_for_a_purpose_is_held_for_it_alone(database: Database) -> None:
    book = await opened()
    await ledger.post(gift(book, 500, to=book.elderly))
    await refused(Invalid, held(book.elderly, 100), book.elderly)
    await refused(Invalid, held(book.elderly, 100, purpose="儿童"), book.elderly)
    key = (await held(book.elderly, 100, purpose=ELDERLY)).id
    await refused(Invalid, ledger.spend_hold(key, payment(book, 100, of=book.elderly)), book.elderly)
    await ledger.spend_hold(key, payment(book, 100, of=book.elderly, purpose=ELDERLY))
    assert await balances(book) == (400, 0, 400)


async def test_a_hold_pays_from_its_own_account(database: Database) -> None:
    book = await opened()
    await ledger.post(gift(book, 500))
    key = (await held(book.free, 300)).id
    elsewhere = posting("elsewhere", debit(book.cash, 5), credit(book.elderly, 5))
    await refused(Invalid, ledger.spend_hold(key, elsewhere), book.free)
    await refused(Invalid, ledger.spend_hold(key, gift(book, 5, "in")), book.free)
    await refused(NotFound, ledger.spend_hold(uuid4(), payment(book, 5)), book.free)
    await refused(NotFound, ledger.release_hold(uuid4()), book.free)


@pytest.mark.parametrize("amount", [0, -1, 1.5, True, 2**53, 10**40, "5"], ids=repr)
async def test_held_amounts_are_whole_and_positive(database: Database, amount: Any) -> None:
    book = await opened()
    await ledger.post(gift(book, 500))
    error = await refused(Invalid, held(book.free, amount), book.free)
    assert [problem.field for problem in error.problems] == ["amount"]


async def test_a_reversed_instalment_is_free_money_again(database: Database) -> None:
    book = await opened()
    await ledger.post(gift(book, 500))
    key = (await held(book.free, 300)).id
    paid = await ledger.spend_hold(key, payment(book, 300))
    await ledger.reverse(Reversal(entry=paid.id, reference="returned"))
    assert await ledger.balance(book.free) == Balance("fen", 500, 0)
    assert (await ledger.find_hold(key)).state is HoldState.spent
    assert await ledger.verify() == []


async def attempts(work: list[Any]) -> tuple[int, int]:
    """How many were done, and how many refused as Conflict."""
    answers = await crowd(work)
    done = sum(isinstance(answer, Entry | Hold) for answer in answers)
    assert all(isinstance(answer, Entry | Hold | Conflict) for answer in answers)
    return done, len(answers) - done


async def test_of_many_who_want_the_same_points_one_gets_them(database: Database) -> None:
    book = await opened()
    await ledger.post(gift(book, 500))
    assert await attempts([held(book.free, 300, f"reward-{number}") for number in range(12)]) == (1, 11)
    assert await ledger.balance(book.free) == Balance("fen", 500, 300)


async def test_of_many_who_spend_one_hold_one_does(database: Database) -> None:
    book = await opened()
    await ledger.post(gift(book, 500))
    key = (await held(book.free, 300)).id
    spendings = [ledger.spend_hold(key, payment(book, 300, f"payment-{number}")) for number in range(12)]
    assert await attempts(spendings) == (1, 11)
    assert await ledger.balance(book.free) == Balance("fen", 200, 0)
    assert await ledger.verify() == []


async def test_spending_twice_at_once_by_the_same_reference_happens_once(database: Database) -> None:
    book = await opened()
    await ledger.post(gift(book, 500))
    key = (await held(book.free, 300)).id
    same: Posting = msgspec.structs.replace(payment(book, 100), memo="instalment")
    made = await crowd(ledger.spend_hold(key, same) for _ in range(12))
    assert made == [made[0]] * 12
    assert isinstance(made[0], Entry)
    assert await ledger.balance(book.free) == Balance("fen", 400, 200)
