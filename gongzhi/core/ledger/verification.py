"""Recounting a book from its lines: what an operator runs when in doubt, and after a backup was restored."""

import msgspec

from gongzhi.core.ledger.tables import LedgerAccount

_CHECKS = {
    "entry-unbalanced": """
        SELECT ledger_entry.book AS book, 'entry ' || ledger_entry.reference AS record,
            'has ' || COUNT(ledger_line.id) || ' lines that add up to ' || COALESCE(SUM(ledger_line.amount), 0)
            AS message
        FROM ledger_entry LEFT JOIN ledger_line ON ledger_line.entry = ledger_entry.id
        GROUP BY ledger_entry.id, ledger_entry.book, ledger_entry.reference
        HAVING COUNT(ledger_line.id) < 2 OR SUM(ledger_line.amount) <> 0
    """,
    "entry-mixed": """
        SELECT ledger_entry.book AS book, 'entry ' || ledger_entry.reference AS record,
            'has a line on ' || ledger_account.code || ' of ' || ledger_account.book || ', ' || ledger_account.unit
            AS message
        FROM ledger_line JOIN ledger_entry ON ledger_entry.id = ledger_line.entry
        JOIN ledger_account ON ledger_account.id = ledger_line.account
        WHERE ledger_entry.book <> ledger_account.book OR ledger_entry.unit <> ledger_account.unit
            OR ledger_entry.day <> ledger_line.day
    """,
    "balance-differs": """
        SELECT book, 'account ' || code AS record,
            'has ' || balance || ', its ' || counted || ' lines add up to ' || total AS message
        FROM (
            SELECT ledger_account.book AS book, ledger_account.code AS code, ledger_account.balance AS balance,
                ledger_account.lines AS lines, COUNT(ledger_line.id) AS counted,
                COALESCE(MAX(ledger_line.number), 0) AS latest,
                COALESCE(SUM(ledger_line.amount), 0)
                    * CASE WHEN ledger_account.kind IN ('asset', 'expense') THEN 1 ELSE -1 END AS total
            FROM ledger_account LEFT JOIN ledger_line ON ledger_line.account = ledger_account.id
            GROUP BY ledger_account.id, ledger_account.book, ledger_account.code, ledger_account.balance,
                ledger_account.lines, ledger_account.kind
        ) AS counts
        WHERE balance <> total OR lines <> counted OR lines <> latest
    """,
    "holds-differ": """
        SELECT book, 'account ' || code AS record, 'holds ' || held || ', its holds add up to ' || total AS message
        FROM (
            SELECT ledger_account.book AS book, ledger_account.code AS code, ledger_account.held AS held,
                COALESCE(SUM(ledger_hold.amount - ledger_hold.spent), 0) AS total
            FROM ledger_account LEFT JOIN ledger_hold
                ON ledger_hold.account = ledger_account.id AND ledger_hold.state = 'held'
            GROUP BY ledger_account.id, ledger_account.book, ledger_account.code, ledger_account.held
        ) AS counts
        WHERE held <> total
    """,
    "hold-misspent": """
        SELECT book, 'hold ' || reference AS record, 'has ' || spent || ' spent, its entries ' || total AS message
        FROM (
            SELECT ledger_hold.book AS book, ledger_hold.reference AS reference, ledger_hold.spent AS spent,
                ledger_hold.amount AS amount, ledger_hold.state AS state,
                COALESCE(SUM(ABS(ledger_line.amount)), 0) AS total
            FROM ledger_hold LEFT JOIN ledger_entry ON ledger_entry.hold = ledger_hold.id
            LEFT JOIN ledger_line ON ledger_line.entry = ledger_entry.id AND ledger_line.account = ledger_hold.account
            GROUP BY ledger_hold.id, ledger_hold.book, ledger_hold.reference, ledger_hold.spent, ledger_hold.amount,
                ledger_hold.state
        ) AS counts
        WHERE spent <> total OR spent > amount OR (state = 'spent') <> (spent = amount)
    """,
    "overdrawn": """
        SELECT book, 'account ' || code AS record, 'has ' || balance || ' of which ' || held || ' are held' AS message
        FROM ledger_account WHERE held < 0 OR (NOT may_overdraw AND balance < held)
    """,
}
"""What may be wrong -> the statement that finds it, in the SQL that both engines know."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a book that cannot be: `kind` is a key that stays the same, `record` names where."""

    kind: str
    book: str
    record: str
    message: str

    def __str__(self) -> str:
        return f"{self.book}: {self.record} {self.message}"


async def verify(book: str | None = None) -> list[Finding]:
    """What does not add up in a book, or in all of them; nothing is the only right answer. Reads every line once."""
    findings = [
        Finding(kind=kind, **row) for kind, statement in _CHECKS.items() for row in await LedgerAccount.raw(statement)
    ]
    return sorted(
        (finding for finding in findings if book in (None, finding.book)),
        key=lambda finding: (finding.book, finding.record, finding.kind),
    )
