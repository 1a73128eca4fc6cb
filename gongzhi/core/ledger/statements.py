"""What accounts did over a period, and whether a whole book adds up."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from piccolo.query.functions import Sum

from gongzhi.core.errors import Invalid, Limited, NotFound
from gongzhi.core.ledger.accounts import accounts as accounts_of
from gongzhi.core.ledger.records import LedgerAccount, Statement, StatementLine, TrialBalance
from gongzhi.core.ledger.tables import LedgerLine
from gongzhi.core.validity import check_day

MOST_LINES = 20_000
"""Lines in one statement."""
_FROM_ENTRY = ("day", "at", "reference", "memo", "source", "reverses")


async def balance_as_of(account: UUID, day: date) -> int:
    """What an account had at the end of a civil day, counting entries by the day that they are on.

    :raises NotFound: there is no such account.
    """
    (found,) = await _same_side([account])
    return await _total_until(found.kind.sign, [account], check_day(day, "day"))


async def statement(wanted: UUID | Collection[UUID], first_day: date, last_day: date) -> Statement:
    """One or several accounts from the first day to the last, both within. Three statements.

    Several must be of one unit and grow on the same side; what moves between them is in and out alike.

    :raises Invalid: the period ends before it begins, or accounts that cannot be added up.
    :raises NotFound: there is no such account.
    :raises Limited: more than 20,000 lines; ask for a shorter period.
    """
    if check_day(last_day, "last_day") < check_day(first_day, "first_day"):
        raise Invalid.at("last_day", f"{last_day} is before {first_day}")
    found = await _same_side([wanted] if isinstance(wanted, UUID) else wanted)
    sign, keys = found[0].kind.sign, [account.id for account in found]
    opening = await _total_until(sign, keys, first_day - timedelta(days=1))
    lines = _running(opening, found, await _lines(keys, first_day, last_day))
    incoming = sum(line.amount for line in lines if line.amount > 0)
    outgoing = -sum(line.amount for line in lines if line.amount < 0)
    return Statement(
        accounts=tuple(keys),
        unit=found[0].unit,
        first_day=first_day,
        last_day=last_day,
        opening=opening,
        incoming=incoming,
        outgoing=outgoing,
        closing=opening + incoming - outgoing,
        lines=lines,
    )


async def trial_balance(book: str) -> list[TrialBalance]:
    """The balances of a book at this moment, one list a unit. One statement."""
    found = await accounts_of(book)
    return [_trial(book, unit, [account for account in found if account.unit == unit]) for unit in _units(found)]


async def _same_side(wanted: Iterable[UUID]) -> list[LedgerAccount]:
    keys = list(dict.fromkeys(wanted))
    found = await accounts_of(ids=keys)
    missing = set(keys) - {account.id for account in found}
    if missing or not found:
        raise NotFound(f"there is no ledger account {', '.join(map(str, sorted(missing))) or 'named'}")
    if len({(account.unit, account.kind.sign) for account in found}) > 1:
        raise Invalid.at("accounts", "accounts of several units or sides cannot be added up", "ask for each alone")
    return found


async def _total_until(sign: int, keys: list[UUID], day: date) -> int:
    rows = (
        await LedgerLine.select(Sum(LedgerLine.amount, alias="total"))
        .where(LedgerLine.account.is_in(keys))
        .where(LedgerLine.day <= day)
    )
    return sign * int(rows[0]["total"] or 0)


async def _lines(keys: list[UUID], first_day: date, last_day: date) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (
        await LedgerLine.select(
            LedgerLine.entry,
            LedgerLine.account,
            LedgerLine.amount,
            *(getattr(LedgerLine.entry, name).as_alias(f"entry_{name}") for name in _FROM_ENTRY),
        )
        .where(LedgerLine.account.is_in(keys))
        .where(LedgerLine.day >= first_day)
        .where(LedgerLine.day <= last_day)
        .order_by(LedgerLine.day)
        .order_by(LedgerLine.id)
        .limit(MOST_LINES + 1)
    )
    if len(rows) > MOST_LINES:
        raise Limited(
            f"This statement has more than {MOST_LINES} lines; ask for a shorter period.",
            limit="statement_lines",
            value=MOST_LINES,
        )
    return rows


def _running(opening: int, found: list[LedgerAccount], rows: list[dict[str, Any]]) -> tuple[StatementLine, ...]:
    known = {account.id: account for account in found}
    lines, balance = [], opening
    for row in rows:
        account = known[row["account"]]
        amount = row["amount"] * account.kind.sign
        balance += amount
        lines.append(
            StatementLine(
                entry=row["entry"],
                account=account.id,
                purpose=account.purpose,
                amount=amount,
                balance=balance,
                **{name: row[f"entry_{name}"] for name in _FROM_ENTRY},
            )
        )
    return tuple(lines)


def _units(found: Iterable[LedgerAccount]) -> list[str]:
    return sorted({account.unit for account in found})


def _trial(book: str, unit: str, found: list[LedgerAccount]) -> TrialBalance:
    signed = [account.balance * account.kind.sign for account in found]
    return TrialBalance(
        book=book,
        unit=unit,
        debits=sum(amount for amount in signed if amount > 0),
        credits=-sum(amount for amount in signed if amount < 0),
        accounts=tuple(found),
    )
