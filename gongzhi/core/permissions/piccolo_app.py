"""The tables and migrations of core/permissions, as Piccolo's own commands expect them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from gongzhi.core.permissions.tables import DecisionEntry

APP_CONFIG = AppConfig(
    app_name="core_permissions",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[DecisionEntry],
    migration_dependencies=[],
)
