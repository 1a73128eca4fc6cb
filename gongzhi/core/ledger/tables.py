"""Accounts, entries with their lines, holds and numbers."""

from piccolo.columns import UUID, BigInt, Boolean, Date, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from gongzhi.core.columns import CodeColumn, PathColumn, primary_key


class LedgerAccount(Table, tablename="ledger_account"):
    """What is counted for somebody. `balance` and `held` are on the normal side of `kind`; `lines` counts its lines.

    The database itself refuses a balance below what is held (unless `may_overdraw`), and any change of what the
    account is.
    """

    id = primary_key()
    book = CodeColumn()
    code = CodeColumn(length=160)
    owner = Varchar(length=100, index=True)
    path = PathColumn(index=True)
    unit = Varchar(length=32)
    kind = Varchar(length=16)
    purpose = Varchar(length=160, null=True, default=None)
    may_overdraw = Boolean(default=False)
    balance = BigInt(default=0)
    held = BigInt(default=0)
    lines = BigInt(default=0)
    opened_at = Timestamptz()
    closed_at = Timestamptz(null=True, default=None)


class LedgerHold(Table, tablename="ledger_hold"):
    """An amount set apart on an account. `spent` of it was posted; the rest is held while `state` is held."""

    id = primary_key()
    account = ForeignKey(LedgerAccount, on_delete=OnDelete.restrict, null=False, index=True)
    book = CodeColumn()
    reference = Varchar(length=200)
    amount = BigInt()
    spent = BigInt(default=0)
    state = Varchar(length=16)
    purpose = Varchar(length=160, null=True, default=None)
    source = Varchar(length=100, default="", index=True)
    actor = UUID(null=True, default=None)
    at = Timestamptz()
    settled_at = Timestamptz(null=True, default=None)


class LedgerEntry(Table, tablename="ledger_entry"):
    """One posting. `digest` is SHA-256 of what was posted, by which the same reference is told from another posting.

    Only ever inserted: the database refuses to change or delete one, and likewise a line.
    """

    id = primary_key()
    at = Timestamptz()
    day = Date()
    book = CodeColumn()
    unit = Varchar(length=32)
    reference = Varchar(length=200)
    memo = Varchar(length=500, default="")
    purpose = Varchar(length=160, null=True, default=None)
    source = Varchar(length=100, default="", index=True)
    actor = UUID(null=True, default=None)
    reverses = UUID(null=True, default=None)
    hold = UUID(null=True, default=None, index=True)
    digest = Varchar(length=64)


class LedgerLine(Table, tablename="ledger_line"):
    """What an entry did to an account. `amount` is positive for a debit, negative for a credit.

    `number` counts the account's lines from 1 without a gap; `balance_after` is the account's balance with this one, on
    its normal side. `day` is the entry's.
    """

    id = primary_key()
    entry = ForeignKey(LedgerEntry, on_delete=OnDelete.restrict, null=False, index=True)
    account = ForeignKey(LedgerAccount, on_delete=OnDelete.restrict, null=False)
    day = Date()
    amount = BigInt()
    balance_after = BigInt()
    number = BigInt()


class LedgerNumber(Table, tablename="ledger_number"):
    """The last number given out in a series of receipts."""

    id = primary_key()
    series = CodeColumn(length=160, unique=True)
    last = BigInt(default=0)
