from pathlib import Path

from piccolo.conf.apps import AppConfig

from tests.core.sample_apps.items.tables import Item

APP_CONFIG = AppConfig(
    app_name="sample_items",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Item],
    migration_dependencies=["tests.core.sample_apps.places.piccolo_app"],
)
