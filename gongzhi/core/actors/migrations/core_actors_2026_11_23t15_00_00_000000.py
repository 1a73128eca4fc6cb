"""What Piccolo's columns cannot say: one account for each identity, and indexes over several columns."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-23T15:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes of organizations, accounts and memberships"

INDEXES = (
    "CREATE UNIQUE INDEX account_identity ON account (issuer, subject)",
    "CREATE INDEX service_area_place ON service_area (path, organization)",
    "CREATE INDEX membership_post ON membership (organization, position, account)",
)


class RawTable(Table):
    """Stands in for no table: raw SQL needs one to run through."""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="core_actors", description=DESCRIPTION)

    async def create():
        for statement in INDEXES:
            await RawTable.raw(statement)

    manager.add_raw(create)
    return manager
