"""A small book for tests: cash in hand, free money, and money for one purpose."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from gongzhi.core import ledger
from gongzhi.core.ledger import AccountKind, Line, OpenAccount, Posting, credit, debit

BOOK = "foundations"
OWNER = "Fund:1"
ELDERLY = "助老"
AT_ONCE = 8
"""Callers at the same time: few enough that none waits too long for a connection, on a loaded machine either."""
T = TypeVar("T")


class Book(msgspec.Struct, frozen=True):
    """The ids of its accounts."""

    cash: UUID
    free: UUID
    elderly: UUID


def opening(code: str, kind: AccountKind, **others: Any) -> OpenAccount:
    """An account of the test's book, in fen."""
    values = {"book": BOOK, "owner": OWNER, "path": "/futian/nanyuan", "unit": "fen"}
    return OpenAccount(**{**values, "code": code, "kind": kind, **others})


async def opened() -> Book:
    """The three accounts, empty."""
    cash = await ledger.open_account(opening("cash", AccountKind.asset))
    free = await ledger.open_account(opening("free", AccountKind.equity))
    elderly = await ledger.open_account(opening("elderly", AccountKind.equity, purpose=ELDERLY))
    return Book(cash.id, free.id, elderly.id)


def posting(reference: str, *lines: Line, **others: Any) -> Posting:
    """A posting in the test's book."""
    return Posting(book=BOOK, reference=reference, lines=lines, **others)


def gift(book: Book, amount: int, reference: str = "gift", to: UUID | None = None, **others: Any) -> Posting:
    """Money that comes in."""
    return posting(reference, debit(book.cash, amount), credit(to or book.free, amount), **others)


def payment(book: Book, amount: int, reference: str = "payment", of: UUID | None = None, **others: Any) -> Posting:
    """Money that goes out."""
    return posting(reference, debit(of or book.free, amount), credit(book.cash, amount), **others)


async def balances(book: Book) -> tuple[int, int, int]:
    """Cash, free and restricted money."""
    found = [await ledger.balance(account) for account in (book.cash, book.free, book.elderly)]
    return found[0].balance, found[1].balance, found[2].balance


async def crowd(work: Iterable[Awaitable[T]]) -> list[T | BaseException]:
    """What came of each, or its refusal, with `AT_ONCE` of them under way at any time."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def taken(one: Awaitable[T]) -> T:
        async with turns:
            return await one

    return await asyncio.gather(*map(taken, work), return_exceptions=True)
