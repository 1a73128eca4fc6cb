from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from tests.core.sample_apps.places.tables import Place

ID = "2026-01-02T00:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "an index and a row"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="sample_places", description=DESCRIPTION)

    async def run() -> None:
        await Place.raw("CREATE INDEX place_size ON sample_place (size, name)")
        await Place.insert(Place(name="the first", size=1))

    manager.add_raw(run)
    return manager
