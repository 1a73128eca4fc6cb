"""Making entries. Whatever can be refused is refused before the first row is written."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import asdict
from piccolo.table import Table

from gongzhi.core import clock
from gongzhi.core.errors import Conflict, IdempotencyMismatch
from gongzhi.core.fields import checked
from gongzhi.core.ids import uuid7
from gongzhi.core.ledger import reading
from gongzhi.core.ledger.accounts import in_transaction, lock
from gongzhi.core.ledger.checks import available_for, check_accounts, check_day, check_lines, check_purposes
from gongzhi.core.ledger.commands import Line, Posting, Reversal, credit, debit
from gongzhi.core.ledger.records import Entry, EntryLine, LedgerAccount
from gongzhi.core.ledger.tables import LedgerAccount as AccountTable
from gongzhi.core.ledger.tables import LedgerEntry, LedgerLine

Accounts = Mapping[UUID, LedgerAccount]
_KEPT = ("book", "reference", "memo", "source", "actor", "purpose")


async def post(posting: Posting) -> Entry:
    """Make an entry, or answer the one that was made of the same posting before. Five statements, however many lines.

    :raises Invalid: lines that do not balance, of another book or of several units; an amount that is not a whole
        number from 1 to MOST; money that leaves an account with a purpose for another purpose; a day to come.
    :raises Conflict: an account is closed, or has less available than is asked of it (`account`, `available`, `asked`).
    :raises IdempotencyMismatch: the reference was used in this book for something else.
    :raises NotFound: there is no such account.
    """
    posting = checked_posting(posting)

    async def work() -> Entry:
        found = await lock(line.account for line in posting.lines)
        digest = digest_of(posting)
        return await repeated(posting, digest) or await enter(posting, digest, found)

    return await in_transaction(work)


async def reverse(reversal: Reversal) -> Entry:
    """Undo an entry by its opposite, once; money may go back whatever the purpose of its account.

    :raises Conflict: it was reversed before, or is a reversal itself, or what it brought is not available any more.
    :raises IdempotencyMismatch: the reference was used in this book for something else.
    :raises NotFound: there is no such entry.
    """
    reversal = checked(reversal)

    async def work() -> Entry:
        original = await reading.entry(reversal.entry)
        posting = _opposite(original, reversal)
        found = await lock(line.account for line in posting.lines)
        digest = digest_of(posting, reverses=original.id)
        if known := await repeated(posting, digest):
            return known
        if original.reverses is not None:
            raise Conflict("this entry is a reversal itself; post what is right as a new entry")
        if await LedgerEntry.exists().where(LedgerEntry.reverses == original.id):
            raise Conflict(f"entry {original.reference} was reversed before", details={"entry": str(original.id)})
        check_day(posting.day, original.day)
        return await enter(posting, digest, found, reverses=original.id)

    return await in_transaction(work)


def checked_posting(posting: Posting) -> Posting:
    """The same posting, or Invalid for what can be known without looking at the accounts."""
    posting = checked(posting)
    check_lines(posting)
    check_day(posting.day)
    return posting


def digest_of(posting: Posting, *, reverses: UUID | None = None, hold: UUID | None = None) -> str:
    """SHA-256 of what a posting does; who asks for it, and in which words, may differ when it is repeated."""
    lines = sorted((str(line.account), line.signed) for line in posting.lines)
    content = [posting.day, posting.purpose, lines, reverses, hold]
    return hashlib.sha256(msgspec.json.encode(content)).hexdigest()


async def repeated(posting: Posting, digest: str) -> Entry | None:
    """The entry that was made of this posting before, None if its reference is new.

    :raises IdempotencyMismatch: the reference stands for another posting.
    """
    known = await reading.known(posting.book, posting.reference)
    if known is None:
        return None
    if known[1] != digest:
        raise IdempotencyMismatch(
            f"{posting.book} has another entry with the reference {posting.reference}; use a new one",
            details={"reference": posting.reference, "entry": str(known[0].id)},
        )
    return known[0]


async def enter(
    posting: Posting,
    digest: str,
    found: Accounts,
    *,
    reverses: UUID | None = None,
    hold: UUID | None = None,
    freed: Mapping[UUID, int] | None = None,
) -> Entry:
    """Write an entry over locked accounts, in three statements.

    `freed` is what of their held amounts this posting spends.
    """
    freed = freed or {}
    check_accounts(posting, found)
    if reverses is None:
        check_purposes(posting, found)
    deltas = {line.account: line.signed * found[line.account].kind.sign for line in posting.lines}
    for key, delta in deltas.items():
        available_for(found[key], delta, freed.get(key, 0))
    made = Entry(
        **{name: getattr(posting, name) for name in _KEPT},
        id=uuid7(),
        at=clock.now(),
        day=posting.day or clock.today(),
        unit=found[posting.lines[0].account].unit,
        reverses=reverses,
        hold=hold,
        lines=tuple(_line(line, found[line.account], deltas[line.account]) for line in posting.lines),
    )
    await _insert_entry(made, digest)
    await _apply(deltas, freed)
    lines = [{"id": uuid7(), "entry": made.id, "day": made.day, **asdict(line)} for line in made.lines]
    await _insert(LedgerLine, lines)
    return made


def _line(line: Line, account: LedgerAccount, delta: int) -> EntryLine:
    balance = account.balance + delta
    return EntryLine(account=account.id, amount=line.signed, balance_after=balance, number=account.lines + 1)


async def _insert_entry(made: Entry, digest: str) -> None:
    row = {**asdict(made), "digest": digest}
    del row["lines"]
    # A reference is unique. Who comes second with it meets nothing to write, or an entry that it may not see yet.
    if not await _insert(LedgerEntry, [row], "ON CONFLICT DO NOTHING RETURNING reference"):
        raise Conflict("Somebody else posts this at this moment; send it again.", details={"retryable": True})


async def _insert(table: type[Table], rows: Sequence[Mapping[str, Any]], ending: str = "") -> list[Any]:
    """Insert rows of the same columns. Written out, for Piccolo takes longer to write it than the database to do it."""
    columns, marks = ", ".join(rows[0]), f"({', '.join(['{}'] * len(rows[0]))})"
    found: list[Any] = await table.raw(
        f"INSERT INTO {table._meta.tablename} ({columns}) "  # noqa: S608  # names of our own columns
        f"VALUES {', '.join([marks] * len(rows))} {ending}",
        *(value for row in rows for value in row.values()),
    )
    return found


async def _apply(deltas: Mapping[UUID, int], freed: Mapping[UUID, int]) -> None:
    """Change all balances in one statement."""
    cases = " ".join(["WHEN {} THEN CAST({} AS BIGINT)"] * len(deltas))
    marks = ", ".join(["{}"] * len(deltas))
    values: list[Any] = [value for pair in deltas.items() for value in pair]
    held = [value for key in deltas for value in (key, freed.get(key, 0))]
    await AccountTable.raw(
        f"UPDATE ledger_account SET balance = balance + CASE id {cases} END, "  # noqa: S608  # nothing but placeholders
        f"held = held - CASE id {cases} END, lines = lines + 1 WHERE id IN ({marks})",
        *values,
        *held,
        *deltas,
    )


def _opposite(original: Entry, reversal: Reversal) -> Posting:
    lines = tuple(
        credit(line.account, line.amount) if line.amount > 0 else debit(line.account, -line.amount)
        for line in original.lines
    )
    return Posting(
        book=original.book,
        reference=reversal.reference,
        lines=lines,
        memo=reversal.memo,
        source=reversal.source or original.source,
        actor=reversal.actor,
        purpose=original.purpose,
        day=reversal.day,
    )
