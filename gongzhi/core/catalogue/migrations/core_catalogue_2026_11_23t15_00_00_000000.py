"""What Piccolo's columns cannot say: indexes over several columns, what there is only one of, and immutability."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "2026-11-23T15:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes and immutability of the catalogue"

INDEXES = (
    "CREATE UNIQUE INDEX edition_number ON edition (service_list, number)",
    "CREATE UNIQUE INDEX edition_open ON edition (service_list) WHERE state IN ('draft', 'review')",
    "CREATE UNIQUE INDEX edition_item_once ON edition_item (edition, code)",
    "CREATE UNIQUE INDEX catalogue_change_order ON catalogue_change (revision, ordinal)",
    "CREATE UNIQUE INDEX offering_once ON offering (list_slug, item_code, path, organization, location)"
    " WHERE status <> 'closed'",
    "CREATE UNIQUE INDEX assignment_once ON assignment (list_slug, item_code, path, organization)"
    " WHERE valid_to IS NULL",
    "CREATE INDEX offering_place ON offering (path, id)",
    "CREATE INDEX offering_item ON offering (list_slug, item_code, path, id)",
    "CREATE INDEX offering_provider ON offering (organization, path, id)",
    "CREATE INDEX assignment_place ON assignment (path, id)",
    "CREATE INDEX assignment_item ON assignment (list_slug, item_code, path, id)",
    "CREATE INDEX disposition_place ON disposition (path, id)",
)

CLOSED = "('published', 'withdrawn')"
LASTING = (
    *("id", "service_list", "number", "label", "label_en", "note", "provenance", "digest", "item_count"),
    *("created_at", "created_by", "published_at", "published_by", "effective_from"),
)
"""What of a published edition never changes. Withdrawing it changes the rest, once."""


def _row(side: str) -> str:
    return f"({', '.join(f'{side}.{column}' for column in LASTING)})"


def _state(side: str) -> str:
    return f"(SELECT state FROM edition WHERE id = {side}.edition) IN {CLOSED}"


REFUSALS = {
    ("edition_item", "insert"): (_state("NEW"), "a published edition never changes"),
    ("edition_item", "update"): (f"{_state('OLD')} OR {_state('NEW')}", "a published edition never changes"),
    ("edition_item", "delete"): (_state("OLD"), "a published edition never changes"),
    ("edition", "update"): (
        f"OLD.state IN {CLOSED} AND NOT (OLD.state = 'published' AND NEW.state = 'withdrawn'"
        f" AND {_row('NEW')} {{same}} {_row('OLD')})",
        "a published edition can only be withdrawn",
    ),
    ("edition", "delete"): (f"OLD.state IN {CLOSED}", "a published edition stays readable"),
    ("catalogue_change", "update"): ("TRUE", "the change feed is only added to"),
    ("catalogue_change", "delete"): ("TRUE", "the change feed is only added to"),
}
"""(table, event) -> what is refused, and why."""

SQLITE_TRIGGER = """
    CREATE TRIGGER {table}_{event}_refused BEFORE {event} ON {table} WHEN {condition}
    BEGIN SELECT RAISE(ABORT, '{reason}'); END
"""
POSTGRES_FUNCTION = """
    CREATE FUNCTION {table}_{event}_refused() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {condition} THEN
            RAISE EXCEPTION '{reason}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN {row};
    END $$
"""
POSTGRES_TRIGGER = """
    CREATE TRIGGER {table}_{event}_refused BEFORE {event} ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_{event}_refused()
"""


class RawTable(Table):
    """Stands in for no table: raw SQL needs one to run through."""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="core_catalogue", description=DESCRIPTION)

    async def create():
        for statement in INDEXES:
            await RawTable.raw(statement)
        sqlite = engine_finder().engine_type == "sqlite"
        for (table, event), (condition, reason) in REFUSALS.items():
            values = {
                "table": table,
                "event": event,
                "condition": condition.format(same="IS" if sqlite else "IS NOT DISTINCT FROM"),
                "reason": reason,
                "row": "OLD" if event == "delete" else "NEW",
            }
            templates = (SQLITE_TRIGGER,) if sqlite else (POSTGRES_FUNCTION, POSTGRES_TRIGGER)
            for template in templates:
                await RawTable.raw(template.format(**values))

    manager.add_raw(create)
    return manager
