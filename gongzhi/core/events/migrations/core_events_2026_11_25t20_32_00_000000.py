"""Events that were delivered have had their turn, those that were not get one; then the columns of that time go."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-25T20:32:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "each target has deliveries of its own"

STATEMENTS = (
    "UPDATE event SET position = 0 WHERE delivered_at IS NOT NULL",
    "DROP INDEX event_delivered_at",
    "DROP INDEX event_parked_at",
    "CREATE INDEX event_unplaced ON event (id) WHERE position IS NULL",
    "CREATE INDEX event_delivery_lane ON event_delivery (target, record, position) WHERE state = 'waiting'",
    "CREATE INDEX event_delivery_queue ON event_delivery (target, position) WHERE state = 'waiting'",
    "CREATE INDEX event_delivery_history ON event_delivery (target, id)",
)


class RawTable(Table):
    """Stands in for no table: raw SQL needs one to run through."""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="core_events", description=DESCRIPTION)

    async def convert():
        for statement in STATEMENTS:
            await RawTable.raw(statement)

    manager.add_raw(convert)

    manager.drop_column(
        table_class_name="Event",
        tablename="event",
        column_name="attempts",
        db_column_name="attempts",
        schema=None,
    )

    manager.drop_column(
        table_class_name="Event",
        tablename="event",
        column_name="delivered_at",
        db_column_name="delivered_at",
        schema=None,
    )

    manager.drop_column(
        table_class_name="Event",
        tablename="event",
        column_name="due_at",
        db_column_name="due_at",
        schema=None,
    )

    manager.drop_column(
        table_class_name="Event",
        tablename="event",
        column_name="failure",
        db_column_name="failure",
        schema=None,
    )

    manager.drop_column(
        table_class_name="Event",
        tablename="event",
        column_name="parked_at",
        db_column_name="parked_at",
        schema=None,
    )

    return manager
