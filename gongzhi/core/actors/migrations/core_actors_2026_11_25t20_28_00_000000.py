"""Counts every change of what rights are read from, whichever program makes it: an operator's SQL counts too."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder
from piccolo.table import Table

ID = "2026-11-25T20:28:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "changes of rights are counted"

TABLES = ("account", "membership", "organization", "service_area")
EVENTS = ("insert", "update", "delete")

COUNT = """
    INSERT INTO rights_change (slot, changes) VALUES ({slot}, 1)
    ON CONFLICT (slot) DO UPDATE SET changes = rights_change.changes + 1
"""
SQLITE_TRIGGER = """
    CREATE TRIGGER {table}_{event}_counted AFTER {event} ON {table}
    BEGIN {count}; END
"""
# A connection runs one transaction at a time, so that two of them seldom meet in a slot.
POSTGRES_FUNCTION = """
    CREATE FUNCTION rights_change_count() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {count};
        RETURN NULL;
    END $$
"""
POSTGRES_TRIGGER = """
    CREATE TRIGGER {table}_{event}_counted AFTER {event} ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION rights_change_count()
"""


class RawTable(Table):
    """Stands in for no table: raw SQL needs one to run through."""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="core_actors", description=DESCRIPTION)

    async def create():
        sqlite = engine_finder().engine_type == "sqlite"
        count = COUNT.format(slot="0" if sqlite else "pg_backend_pid() % 64")
        if not sqlite:
            await RawTable.raw(POSTGRES_FUNCTION.format(count=count))
        template = SQLITE_TRIGGER if sqlite else POSTGRES_TRIGGER
        for table in TABLES:
            for event in EVENTS if sqlite else (*EVENTS, "truncate"):
                await RawTable.raw(template.format(table=table, event=event, count=count))

    manager.add_raw(create)
    return manager
