"""Accounts are opened once, follow their owner, and are closed when they are empty."""

from typing import Any
from uuid import uuid4

import msgspec
import pytest

from gongzhi.core import ledger
from gongzhi.core.db import Database
from gongzhi.core.errors import Conflict, Invalid, NotFound
from gongzhi.core.ledger import AccountKind, Balance, Reserve
from tests.core.ledger.books import BOOK, OWNER, crowd, gift, opened, opening, payment


async def test_opening_again_answers_the_same_account(database: Database) -> None:
    wanted = opening("cash", AccountKind.asset)
    first = await ledger.open_account(wanted)
    assert (first.book, first.code, first.owner, first.kind) == (BOOK, "cash", OWNER, AccountKind.asset)
    assert (first.balance, first.held, first.available, first.closed_at) == (0, 0, 0, None)
    assert await ledger.open_account(wanted) == first
    assert await ledger.find_account(BOOK, "cash") == first
    assert len(await ledger.accounts()) == 1


@pytest.mark.parametrize(
    "change",
    [{"kind": AccountKind.equity}, {"unit": "points"}, {"owner": "Fund:2"}, {"purpose": "a"}, {"may_overdraw": True}],
    ids=lambda change: next(iter(change)),
)
async def test_a_code_stands_for_one_account(database: Database, change: dict[str, Any]) -> None:
    wanted = opening("cash", AccountKind.asset)
    first = await ledger.open_account(wanted)
    with pytest.raises(Conflict) as caught:
        await ledger.open_account(msgspec.structs.replace(wanted, **change))
    assert caught.value.details == {"account": "cash", "differing": list(change)}
    assert await ledger.accounts() == [first]


@pytest.mark.parametrize(
    ("field", "value"),
    [("book", ""), ("code", "a b"), ("unit", "Fen"), ("unit", ""), ("path", "nanyuan"), ("purpose", ""), ("kind", "x")],
)
async def test_what_no_account_can_be(database: Database, field: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        await ledger.open_account(msgspec.structs.replace(opening("cash", AccountKind.asset), **{field: value}))
    assert [problem.field for problem in caught.value.problems] == [field]
    assert await ledger.accounts() == []


async def test_many_who_open_one_account_at_once_get_the_same(database: Database) -> None:
    wanted = opening("cash", AccountKind.asset)
    found = await crowd(ledger.open_account(wanted) for _ in range(12))
    assert found == [await ledger.find_account(BOOK, "cash")] * 12


async def test_accounts_are_found_by_owner_and_place(database: Database) -> None:
    here = await ledger.open_account(opening("a", AccountKind.asset))
    there = await ledger.open_account(opening("b", AccountKind.asset, owner="Fund:2", path="/futian/lianhua"))
    other = await ledger.open_account(opening("a", AccountKind.asset, book="love-bank"))
    assert await ledger.accounts(BOOK) == [here, there]
    assert await ledger.accounts(owner=OWNER) == [here, other]
    assert await ledger.accounts(within="/futian") == [here, there, other]
    assert await ledger.accounts(BOOK, within="/futian/lianhua") == [there]
    assert await ledger.accounts(ids=[other.id]) == [other]
    assert await ledger.accounts(ids=[]) == []
    with pytest.raises(NotFound):
        await ledger.find_account(BOOK, "c")


async def test_an_account_follows_its_owner(database: Database) -> None:
    book = await opened()
    await ledger.post(gift(book, 500))
    moved = await ledger.move_account(book.free, "/futian/lianhua")
    assert (moved.path, moved.balance) == ("/futian/lianhua", 500)
    assert (await ledger.open_account(opening("free", AccountKind.equity))).path == "/futian/lianhua"
    with pytest.raises(Invalid):
        await ledger.move_account(book.free, "nowhere")
    with pytest.raises(NotFound):
        await ledger.move_account(uuid4(), "/futian")
    with pytest.raises(NotFound):
        await ledger.balance(uuid4())


async def test_only_an_empty_account_is_closed_and_then_unused(database: Database) -> None:
    book = await opened()
    await ledger.post(gift(book, 500))
    with pytest.raises(Conflict) as caught:
        await ledger.close_account(book.free)
    assert caught.value.details == {"account": "free", "balance": 500, "held": 0}
    await ledger.post(payment(book, 500))
    closed = await ledger.close_account(book.free)
    assert closed.closed_at is not None
    assert await ledger.close_account(book.free) == closed
    with pytest.raises(Conflict) as caught:
        await ledger.post(gift(book, 1, "late"))
    assert caught.value.details == {"account": "free"}
    with pytest.raises(Conflict):
        await ledger.hold(Reserve(account=book.free, amount=1, reference="late"))
    assert await ledger.balance(book.free) == Balance("fen", 0, 0)
    assert await ledger.balance(book.cash) == Balance("fen", 0, 0)
    with pytest.raises(NotFound):
        await ledger.close_account(uuid4())
