from pathlib import Path

from piccolo.conf.apps import AppConfig

from tests.core.sample_apps.places.tables import Place

APP_CONFIG = AppConfig(
    app_name="sample_places",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Place],
)
