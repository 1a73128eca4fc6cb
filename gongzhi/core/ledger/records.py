"""What the ledger answers. Amounts are whole minor units of the account's unit."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

MOST = 9_000_000_000_000_000
"""The largest amount and balance: below 2^53, so that JSON and JavaScript keep it exactly."""


class AccountKind(StrEnum):
    """The five kinds of double entry. Assets and expenses grow by debits, the others by credits."""

    asset = "asset"
    liability = "liability"
    equity = "equity"
    income = "income"
    expense = "expense"

    @property
    def sign(self) -> int:
        """1 where a debit makes the balance larger, -1 where a credit does."""
        return 1 if self in (AccountKind.asset, AccountKind.expense) else -1


class HoldState(StrEnum):
    """Whether a hold still holds. A released one may have been spent in part before."""

    held = "held"
    spent = "spent"
    released = "released"


class LedgerAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted for `owner` (`Fund:0190…`). Money with a `purpose` may only go out for that purpose."""

    id: UUID
    book: str
    code: str
    owner: str
    path: str
    unit: str
    kind: AccountKind
    purpose: str | None
    may_overdraw: bool
    balance: int
    held: int
    lines: int
    opened_at: datetime
    closed_at: datetime | None

    @property
    def available(self) -> int:
        """What may go out: the balance without what is held."""
        return self.balance - self.held


class Balance(msgspec.Struct, frozen=True):
    """What an account has, what of it is held, and in which unit."""

    unit: str
    balance: int
    held: int

    @property
    def available(self) -> int:
        """What may go out."""
        return self.balance - self.held


class EntryLine(msgspec.Struct, frozen=True, kw_only=True):
    """A debit (positive) or credit (negative) of an account, and its balance afterwards, on its normal side."""

    account: UUID
    amount: int
    balance_after: int
    number: int


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A posting as it stands in the book for ever. `hold` is the hold that it spent from, `reverses` what it undoes."""

    id: UUID
    at: datetime
    day: date
    book: str
    unit: str
    reference: str
    memo: str
    purpose: str | None
    source: str
    actor: UUID | None
    reverses: UUID | None
    hold: UUID | None
    lines: tuple[EntryLine, ...]

    @property
    def amount(self) -> int:
        """The sum of its debits, which is that of its credits."""
        return sum(line.amount for line in self.lines if line.amount > 0)


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """An amount set apart on an account, and what was spent of it."""

    id: UUID
    account: UUID
    book: str
    reference: str
    amount: int
    spent: int
    state: HoldState
    purpose: str | None
    source: str
    actor: UUID | None
    at: datetime
    settled_at: datetime | None

    @property
    def rest(self) -> int:
        """What is still held."""
        return self.amount - self.spent if self.state is HoldState.held else 0


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a statement. `amount` is positive where the balance grew; `balance` runs over the statement."""

    entry: UUID
    day: date
    at: datetime
    reference: str
    memo: str
    source: str
    account: UUID
    purpose: str | None
    reverses: UUID | None
    amount: int
    balance: int


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One or several accounts over a period, both days within: opening + incoming - outgoing = closing."""

    accounts: tuple[UUID, ...]
    unit: str
    first_day: date
    last_day: date
    opening: int
    incoming: int
    outgoing: int
    closing: int
    lines: tuple[StatementLine, ...]


class TrialBalance(msgspec.Struct, frozen=True, kw_only=True):
    """The accounts of a book in one unit, by code, and the sums of their debit and credit balances, which are equal."""

    book: str
    unit: str
    debits: int
    credits: int
    accounts: tuple[LedgerAccount, ...]
