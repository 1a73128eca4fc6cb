"""What Piccolo's columns cannot say: the log is added to and nothing else, and each line waits for its seal."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "2026-11-25T20:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "the audit log and its seals are append-only"

ENTRY = (
    *("id", "at", "actor", "acting_for", "action", "resource", "path", "record", "before_digest", "after_digest"),
    *("changed", "decision", "result"),
)
DECISION = (
    *("id", "at", "account", "acting_for", "action", "resource", "record", "path", "relations", "allowed", "rule"),
    *("revision", "reason"),
)


def _same(columns):
    new, old = (", ".join(f"{side}.{column}" for column in columns) for side in ("NEW", "OLD"))
    return f"(({new}) {{same}} ({old}))"


def _erased(label, salt):
    """The person stays as it was told, or is taken out as a whole."""
    kept = _same((label, "source", salt))
    return f"({kept} OR (NEW.{label} = 'erased' AND NEW.source = '' AND NEW.{salt} = ''))"


PRUNED = """EXISTS (
    SELECT 1 FROM audit_seal WHERE audit_seal.entry = OLD.id
    AND audit_seal.sequence <= (SELECT COALESCE(MAX(audit_checkpoint.sequence), 0) FROM audit_checkpoint)
)"""
UNSEALED = "NOT EXISTS (SELECT 1 FROM audit_seal WHERE audit_seal.entry = OLD.id)"
ADDED = "a line of the audit log is never changed"
KEPT = "a line of the audit log is kept until it is pruned"

REFUSALS = (
    (
        *("audit_entry", "update", "changed"),
        f"NOT ({_same(ENTRY)} AND {_erased('actor_label', 'actor_salt')}"
        " AND (NEW.record_salt = OLD.record_salt OR NEW.record_salt = ''))",
        ADDED,
    ),
    ("audit_entry", "delete", "deleted", f"NOT {PRUNED}", KEPT),
    (
        *("decision_entry", "update", "changed"),
        f"NOT ({_same(DECISION)} AND {_erased('account_label', 'account_salt')})",
        ADDED,
    ),
    ("decision_entry", "delete", "deleted", f"NOT {PRUNED}", KEPT),
    ("audit_seal", "update", "changed", "TRUE", "a seal is never changed"),
    (
        *("audit_seal", "delete", "deleted"),
        "OLD.sequence > (SELECT COALESCE(MAX(audit_checkpoint.sequence), 0) FROM audit_checkpoint)",
        "a seal is kept until its line is pruned",
    ),
    ("audit_pending", "update", "changed", "TRUE", "a line waits until it is sealed"),
    ("audit_pending", "delete", "deleted", UNSEALED, "a line waits until it is sealed"),
    ("audit_checkpoint", "update", "changed", "TRUE", "a checkpoint is never changed"),
    ("audit_checkpoint", "delete", "deleted", "TRUE", "a checkpoint is never deleted"),
    (
        *("audit_checkpoint", "insert", "early"),
        "NOT EXISTS (SELECT 1 FROM audit_seal WHERE audit_seal.sequence = NEW.sequence"
        " AND audit_seal.hash = NEW.hash AND {old})",
        "the audit log is kept for 180 days",
    ),
)
"""(table, event, name, what is refused, why)."""

OLD = {
    "sqlite": "datetime(audit_seal.sealed_at) < datetime('now', '-180 days')",
    "postgres": "audit_seal.sealed_at < now() - interval '180 days'",
}
SQLITE_REFUSAL = """
    CREATE TRIGGER {table}_{name}_refused BEFORE {event} ON {table} WHEN {condition}
    BEGIN SELECT RAISE(ABORT, '{reason}'); END
"""
POSTGRES_REFUSAL = (
    """
    CREATE FUNCTION {table}_{name}_refused() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {condition} THEN
            RAISE EXCEPTION '{reason}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN {row};
    END $$
    """,
    """
    CREATE TRIGGER {table}_{name}_refused BEFORE {event} ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_{name}_refused()
    """,
)
SQLITE_WAITING = """
    CREATE TRIGGER {table}_waits AFTER INSERT ON {table}
    BEGIN INSERT INTO audit_pending (id, log) VALUES (NEW.id, '{log}'); END
"""
POSTGRES_WAITING = (
    """
    CREATE FUNCTION {table}_waits() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO audit_pending (id, log) VALUES (NEW.id, '{log}');
        RETURN NULL;
    END $$
    """,
    "CREATE TRIGGER {table}_waits AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_waits()",
)
EMPTYING = (
    """
    CREATE FUNCTION audit_emptying_refused() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the audit log is never emptied' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    *(
        f"CREATE TRIGGER {table}_emptying_refused BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_emptying_refused()"
        for table in ("audit_entry", "decision_entry", "audit_seal", "audit_pending", "audit_checkpoint")
    ),
)
SQLITE_REPLACING = """
    CREATE TRIGGER {table}_replacing_refused BEFORE INSERT ON {table}
    WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})
    BEGIN SELECT RAISE(ABORT, 'a line of the audit log is never replaced'); END
"""
"""INSERT OR REPLACE deletes without asking the triggers of deletion."""
KEYS = {"audit_entry": "id", "decision_entry": "id", "audit_seal": "sequence", "audit_checkpoint": "sequence"}
LOGS = {"audit_entry": "change", "decision_entry": "decision"}


class RawTable(Table):
    """Stands in for no table: raw SQL needs one to run through."""


def _statements(sqlite):
    kind = "sqlite" if sqlite else "postgres"
    for table, event, name, condition, reason in REFUSALS:
        values = {
            "table": table,
            "event": event,
            "name": name,
            "condition": condition.format(same="IS" if sqlite else "IS NOT DISTINCT FROM", old=OLD[kind]),
            "reason": reason,
            "row": "OLD" if event == "delete" else "NEW",
        }
        for template in (SQLITE_REFUSAL,) if sqlite else POSTGRES_REFUSAL:
            yield template.format(**values)
    for table, log in LOGS.items():
        yield f"INSERT INTO audit_pending (id, log) SELECT id, '{log}' FROM {table}"
        for template in (SQLITE_WAITING,) if sqlite else POSTGRES_WAITING:
            yield template.format(table=table, log=log)
    if sqlite:
        for table, key in KEYS.items():
            yield SQLITE_REPLACING.format(table=table, key=key)
    else:
        yield from EMPTYING


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="core_audit", description=DESCRIPTION)

    async def create():
        for statement in _statements(engine_finder().engine_type == "sqlite"):
            await RawTable.raw(statement)

    manager.add_raw(create)
    return manager
