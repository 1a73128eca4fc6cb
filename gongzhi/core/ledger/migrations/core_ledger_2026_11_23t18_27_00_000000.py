"""What Piccolo's columns cannot say: what there is only one of, and what never changes."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "2026-11-23T18:27:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes and immutability of the ledger"

INDEXES = (
    "CREATE UNIQUE INDEX ledger_account_code ON ledger_account (book, code)",
    "CREATE UNIQUE INDEX ledger_entry_reference ON ledger_entry (book, reference)",
    "CREATE UNIQUE INDEX ledger_entry_reversed ON ledger_entry (reverses) WHERE reverses IS NOT NULL",
    "CREATE UNIQUE INDEX ledger_line_number ON ledger_line (account, number)",
    "CREATE UNIQUE INDEX ledger_hold_reference ON ledger_hold (book, reference)",
    "CREATE INDEX ledger_line_day ON ledger_line (account, day, id)",
)

WHAT_AN_ACCOUNT_IS = ("id", "book", "code", "owner", "unit", "kind", "purpose", "may_overdraw", "opened_at")
WHAT_IT_HAS = ("balance", "held", "lines", "closed_at")
WHAT_A_HOLD_IS = ("id", "account", "book", "reference", "amount", "purpose", "source", "actor", "at")


def _changed(columns):
    return f"NOT (({_row('NEW', columns)}) {{same}} ({_row('OLD', columns)}))"


def _row(side, columns):
    return ", ".join(f"{side}.{column}" for column in columns)


REFUSALS = (
    ("ledger_entry", "update", "changed", "TRUE", "an entry is reversed, never changed"),
    ("ledger_entry", "delete", "deleted", "TRUE", "an entry is reversed, never deleted"),
    ("ledger_line", "update", "changed", "TRUE", "an entry is reversed, never changed"),
    ("ledger_line", "delete", "deleted", "TRUE", "an entry is reversed, never deleted"),
    ("ledger_account", "delete", "deleted", "TRUE", "an account is closed, never deleted"),
    ("ledger_account", "update", "recast", _changed(WHAT_AN_ACCOUNT_IS), "an account stays what it was opened as"),
    ("ledger_account", "update", "used", f"OLD.closed_at IS NOT NULL AND {_changed(WHAT_IT_HAS)}", "it is closed"),
    (
        *("ledger_account", "update", "overdrawn"),
        "NEW.held < 0 OR (NOT NEW.may_overdraw AND NEW.balance < NEW.held"
        " AND (NEW.balance < OLD.balance OR NEW.held > OLD.held))",
        "an account has no less than is held on it",
    ),
    ("ledger_hold", "delete", "deleted", "TRUE", "a hold is released, never deleted"),
    (
        *("ledger_hold", "update", "recast"),
        f"OLD.state <> 'held' OR NEW.spent > NEW.amount OR NEW.spent < OLD.spent OR {_changed(WHAT_A_HOLD_IS)}",
        "a hold is spent and released, nothing else",
    ),
)
"""(table, event, name, what is refused, why)."""

SQLITE_TRIGGER = """
    CREATE TRIGGER {table}_{name}_refused BEFORE {event} ON {table} WHEN {condition}
    BEGIN SELECT RAISE(ABORT, '{reason}'); END
"""
POSTGRES_FUNCTION = """
    CREATE FUNCTION {table}_{name}_refused() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {condition} THEN
            RAISE EXCEPTION '{reason}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN {row};
    END $$
"""
POSTGRES_TRIGGER = """
    CREATE TRIGGER {table}_{name}_refused BEFORE {event} ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_{name}_refused()
"""


class RawTable(Table):
    """Stands in for no table: raw SQL needs one to run through."""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)

    async def create():
        for statement in INDEXES:
            await RawTable.raw(statement)
        sqlite = engine_finder().engine_type == "sqlite"
        for table, event, name, condition, reason in REFUSALS:
            values = {
                "table": table,
                "event": event,
                "name": name,
                "condition": condition.format(same="IS" if sqlite else "IS NOT DISTINCT FROM"),
                "reason": reason,
                "row": "OLD" if event == "delete" else "NEW",
            }
            for template in (SQLITE_TRIGGER,) if sqlite else (POSTGRES_FUNCTION, POSTGRES_TRIGGER):
                await RawTable.raw(template.format(**values))

    manager.add_raw(create)
    return manager
