"""A fund's books: its cash, and for each purpose what it may spend on it.

A gift adds to the cash and to the money of its purpose; an instalment takes from both. What a grant is promised is held
on the money of its purpose, so that nobody else can be promised it.
"""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from uuid import UUID

from gongzhi.api import ledger
from gongzhi.plugins.foundations.records import (
    CommunityFund,
    Donation,
    FundGrant,
    PurposeBalance,
    PurposeStatement,
)

BOOK, UNIT = "foundations", "fen"


def label(fund: UUID) -> str:
    """How the book names a fund."""
    return f"CommunityFund:{fund}"


async def money_for(fund: CommunityFund, purpose: str | None) -> ledger.LedgerAccount:
    """What a fund has for a purpose, None being any; opened when it is first needed."""
    word = f"for:{sha256(purpose.encode()).hexdigest()[:16]}" if purpose is not None else "free"
    return await _account(fund, f"{fund.id}:{word}", "equity", purpose)


async def receive(gift: Donation, fund: CommunityFund, actor: UUID | None) -> UUID:
    """Enter a gift that arrived; answers the entry."""
    source = f"Donation:{gift.id}"
    cash, money = await _cash(fund), await money_for(fund, gift.purpose)
    lines = (ledger.debit(cash.id, gift.amount), ledger.credit(money.id, gift.amount))
    entry = await ledger.post(
        ledger.Posting(book=BOOK, reference=source, lines=lines, memo="捐赠", source=source, actor=actor)
    )
    return entry.id


async def give_back(gift: Donation, entry: UUID, actor: UUID | None) -> None:
    """Undo a gift.

    :raises Conflict: it was spent, or is promised to a grant.
    """
    source = f"Donation:{gift.id}"
    await ledger.reverse(
        ledger.Reversal(entry=entry, reference=f"{source}:refund", memo="退回", source=source, actor=actor)
    )


async def promise(grant: FundGrant, fund: CommunityFund, actor: UUID | None) -> UUID:
    """Hold a grant's amount; answers the hold.

    :raises Conflict: the fund has less for that purpose.
    """
    source = f"FundGrant:{grant.id}"
    money = await money_for(fund, grant.purpose)
    held = await ledger.hold(
        ledger.Reserve(
            account=money.id,
            amount=grant.amount,
            reference=source,
            source=source,
            actor=actor,
            purpose=grant.purpose,
        )
    )
    return held.id


async def pay(grant: FundGrant, fund: CommunityFund, hold: UUID, amount: int, number: int, actor: UUID | None) -> UUID:
    """Pay an instalment from what is held; answers the entry.

    :raises Conflict: less is left of it.
    """
    source = f"FundGrant:{grant.id}"
    cash, money = await _cash(fund), await money_for(fund, grant.purpose)
    posting = ledger.Posting(
        book=BOOK,
        reference=f"{source}:{number}",
        lines=(ledger.debit(money.id, amount), ledger.credit(cash.id, amount)),
        memo="资助拨付",
        source=source,
        actor=actor,
        purpose=grant.purpose,
    )
    return (await ledger.spend_hold(hold, posting)).id


async def balances(funds: Iterable[UUID]) -> dict[UUID, list[PurposeBalance]]:
    """What each of these funds has, by purpose; money for any purpose first. One statement."""
    wanted = {label(fund): fund for fund in funds}
    owner = next(iter(wanted)) if len(wanted) == 1 else None
    found: dict[UUID, list[PurposeBalance]] = {fund: [] for fund in wanted.values()}
    for each in await ledger.accounts(BOOK, owner=owner):
        if each.kind == "equity" and each.owner in wanted:
            found[wanted[each.owner]].append(PurposeBalance(each.purpose, each.balance, each.held))
    for shown in found.values():
        shown.sort(key=lambda each: (each.purpose is not None, each.purpose or ""))
    return found


async def statements(fund: UUID, first: date, last: date) -> list[PurposeStatement]:
    """A period of a fund, both days within, by purpose."""
    found = [each for each in await ledger.accounts(BOOK, owner=label(fund)) if each.kind == "equity"]
    shown: list[PurposeStatement] = []
    for account in sorted(found, key=lambda each: (each.purpose is not None, each.purpose or "")):
        over = await ledger.statement(account.id, first, last)
        shown.append(PurposeStatement(account.purpose, over.opening, over.incoming, over.outgoing, over.closing))
    return shown


async def _cash(fund: CommunityFund) -> ledger.LedgerAccount:
    return await _account(fund, f"{fund.id}:cash", "asset", None)


async def _account(fund: CommunityFund, code: str, kind: str, purpose: str | None) -> ledger.LedgerAccount:
    return await ledger.open_account(
        ledger.OpenAccount(
            book=BOOK,
            code=code,
            owner=label(fund.id),
            path=fund.path,
            unit=UNIT,
            kind=ledger.AccountKind(kind),
            purpose=purpose,
        )
    )
