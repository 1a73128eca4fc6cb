"""The tables and migrations of core/territory, as Piccolo's own commands expect them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from gongzhi.core.territory.tables import Territory, TerritoryChange

APP_CONFIG = AppConfig(
    app_name="core_territory",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Territory, TerritoryChange],
    migration_dependencies=[],
)
