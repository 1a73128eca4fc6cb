"""What is asked of the ledger: accounts to open, entries to post, amounts to set apart."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from gongzhi.core.fields import Code, Path
from gongzhi.core.ledger.records import MOST, AccountKind

AccountCode = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,159}$(?!\n)",
        description="Letters, digits, dot, underscore, colon, hyphen; at most 160; unique within the book.",
    ),
]
Unit = Annotated[str, Meta(pattern=r"^[a-z][a-z_-]{0,31}$(?!\n)", description="What is counted: fen, minutes, points.")]
Reference = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=r"\S", description="Names a posting or hold once in its book.")
]
Label = Annotated[str, Meta(max_length=100, description="A record: its type's name, a colon, its id.")]
Purpose = Annotated[str, Meta(min_length=1, max_length=160, pattern=r"\S", description="What the money is given for.")]
Memo = Annotated[str, Meta(max_length=500, description="What happened, in the words of the book.")]
Amount = Annotated[int, Meta(ge=1, le=MOST, description="Whole minor units.")]


class OpenAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account of `owner` (a record's label). `unit` is a word: fen, minutes, points."""

    book: Code
    code: AccountCode
    owner: Label
    path: Path
    unit: Unit
    kind: AccountKind
    purpose: Purpose | None = None
    may_overdraw: bool = False


class Side(StrEnum):
    """Left or right."""

    debit = "debit"
    credit = "credit"


class Line(msgspec.Struct, frozen=True):
    """One side of a posting; `debit` and `credit` make one."""

    account: UUID
    side: Side
    amount: Amount

    @property
    def signed(self) -> int:
        """The amount as it is stored: a credit is negative."""
        return self.amount if self.side is Side.debit else -self.amount


def debit(account: UUID, amount: int) -> Line:
    """Adds to an asset or expense, takes from a liability, equity or income."""
    return Line(account, Side.debit, amount)


def credit(account: UUID, amount: int) -> Line:
    """Takes from an asset or expense, adds to a liability, equity or income."""
    return Line(account, Side.credit, amount)


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """An entry to be made: accounts of one book and one unit, each once; as much debit as credit.

    `reference` makes it happen once. `source` is the record that it follows from. `purpose` is what the money is spent
    for, and must be that of each account with a purpose that money leaves. `day` is today if left out, never later.
    """

    book: Code
    reference: Reference
    lines: Annotated[tuple[Line, ...], Meta(min_length=2, max_length=100)]
    memo: Memo = ""
    source: Label = ""
    actor: UUID | None = None
    purpose: Purpose | None = None
    day: date | None = None


class Reversal(msgspec.Struct, frozen=True, kw_only=True):
    """An entry to be undone, once, by its opposite; on `day`, today if left out and never before the entry's own."""

    entry: UUID
    reference: Reference
    memo: Memo = ""
    source: Label = ""
    actor: UUID | None = None
    day: date | None = None


class Reserve(msgspec.Struct, frozen=True, kw_only=True):
    """An amount of an account to be set apart, for the account's purpose if it has one."""

    account: UUID
    amount: Amount
    reference: Reference
    source: Label = ""
    actor: UUID | None = None
    purpose: Purpose | None = None
