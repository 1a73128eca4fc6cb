"""What a posting must be, and what its accounts must allow."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from gongzhi.core import clock, validity
from gongzhi.core.errors import Conflict, Invalid
from gongzhi.core.ledger.commands import Posting
from gongzhi.core.ledger.records import MOST, LedgerAccount


def check_lines(posting: Posting) -> None:
    """Invalid unless the lines balance, each on an account of its own."""
    if len({line.account for line in posting.lines}) != len(posting.lines):
        raise Invalid.at("lines", "an account stands in two lines", "put both into one, or post two entries")
    if missing := sum(line.signed for line in posting.lines):
        raise Invalid.at("lines", f"debits and credits differ by {abs(missing)}", "make them equal")


def check_day(day: date | None, earliest: date = validity.EARLIEST) -> None:
    """Invalid for a day to come, or before `earliest`. None stands for today."""
    today = clock.today()
    if not earliest <= (day or today) <= today:
        raise Invalid.at(
            "day", f"{day or today} is not from {earliest} to {today}", "name the day on which it happened"
        )


def check_accounts(posting: Posting, found: Mapping[UUID, LedgerAccount]) -> None:
    """Invalid unless all are of the posting's book and of one unit; Conflict for one that is closed."""
    unit = found[posting.lines[0].account].unit
    for number, line in enumerate(posting.lines):
        account = found[line.account]
        if account.book != posting.book:
            raise Invalid.at(f"lines.{number}.account", f"{account.code} is of {account.book}, not of {posting.book}")
        if account.unit != unit:
            raise Invalid.at(f"lines.{number}.account", f"{account.code} counts {account.unit}, not {unit}")
        check_open(account)


def check_open(account: LedgerAccount) -> None:
    """Conflict for a closed account."""
    if account.closed_at is not None:
        raise Conflict(f"account {account.code} is closed; use another one", details={"account": account.code})


def check_purposes(posting: Posting, found: Mapping[UUID, LedgerAccount]) -> None:
    """Invalid if money leaves an account with a purpose for another purpose, or for none."""
    for line in posting.lines:
        account = found[line.account]
        if line.signed * account.kind.sign < 0:
            check_purpose(account, posting.purpose)


def check_purpose(account: LedgerAccount, purpose: str | None) -> None:
    """Invalid unless what this account has may be used for this purpose."""
    if account.purpose is not None and account.purpose != purpose:
        raise Invalid.at(
            "purpose",
            f"account {account.code} is only for {account.purpose!r}, not for {purpose or 'anything else'!r}",
            "use unrestricted money, or an account with this purpose",
        )


def available_for(account: LedgerAccount, delta: int, freed: int = 0) -> None:
    """Conflict if an account has less available than goes out (`delta` below 0), or would hold more than MOST.

    `freed` is what of the held amount is available to this posting alone.
    """
    after = account.balance + delta
    if abs(after) > MOST:
        raise Conflict(f"account {account.code} cannot hold more than {MOST}", details={"account": account.code})
    if delta < 0 and not account.may_overdraw and after < account.held - freed:
        raise Conflict(
            f"account {account.code} has {account.available + freed} {account.unit} available, {-delta} are asked for",
            details={"account": account.code, "available": account.available + freed, "asked": -delta},
        )
