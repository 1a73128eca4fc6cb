"""Deliveries that were given up are counted whenever somebody asks for the metrics."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T00:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "an index of what was given up"


class RawTable(Table):
    """Stands in for no table: raw SQL needs one to run through."""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="core_events", description=DESCRIPTION)

    async def index():
        await RawTable.raw("CREATE INDEX event_delivery_parked ON event_delivery (target) WHERE state = 'parked'")

    manager.add_raw(index)

    return manager
