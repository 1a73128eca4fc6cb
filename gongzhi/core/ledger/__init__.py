"""Double entry in whole minor units: fen, minutes, points, whatever a module counts.

    cash = await ledger.open_account(OpenAccount(book="foundations", code="dongyuan.cash", unit="fen", kind=asset, ...))
    await ledger.post(Posting(
        book="foundations", reference=f"Donation:{gift.id}", source=f"Donation:{gift.id}", memo="捐赠",
        lines=(debit(cash.id, 500_00), credit(free.id, 500_00)),
    ))
    await ledger.balance(free.id)

An account grows on the normal side of its kind: assets and expenses by debits; liabilities, equity and income by
credits. What it holds is counted on that side, and never falls below zero unless it was opened with `may_overdraw`;
what is held (`hold`) is not available to anybody else. A reference is used once in a book: the same posting again
answers the first entry, so that whoever is unsure may repeat it. Entries are never changed; `reverse` posts the
opposite.

Every function runs inside the caller's transaction if there is one, and is refused before it writes anything. The
ledger asks for no permission and writes no audit line: both are its caller's, whose record an entry names as `source`.
"""

from gongzhi.core.ledger.accounts import accounts, balance, close_account, find_account, move_account, open_account
from gongzhi.core.ledger.commands import Line, OpenAccount, Posting, Reserve, Reversal, credit, debit
from gongzhi.core.ledger.holds import find_hold, hold, release_hold, spend_hold
from gongzhi.core.ledger.numbering import next_number
from gongzhi.core.ledger.posting import post, reverse
from gongzhi.core.ledger.reading import entries, entry
from gongzhi.core.ledger.records import (
    MOST,
    AccountKind,
    Balance,
    Entry,
    EntryLine,
    Hold,
    HoldState,
    LedgerAccount,
    Statement,
    StatementLine,
    TrialBalance,
)
from gongzhi.core.ledger.statements import balance_as_of, statement, trial_balance
from gongzhi.core.ledger.verification import Finding, verify

__all__ = [
    "MOST",
    "AccountKind",
    "Balance",
    "Entry",
    "EntryLine",
    "Finding",
    "Hold",
    "HoldState",
    "LedgerAccount",
    "Line",
    "OpenAccount",
    "Posting",
    "Reserve",
    "Reversal",
    "Statement",
    "StatementLine",
    "TrialBalance",
    "accounts",
    "balance",
    "balance_as_of",
    "close_account",
    "credit",
    "debit",
    "entries",
    "entry",
    "find_account",
    "find_hold",
    "hold",
    "move_account",
    "next_number",
    "open_account",
    "post",
    "release_hold",
    "reverse",
    "spend_hold",
    "statement",
    "trial_balance",
    "verify",
]
