"""The tables and migrations of core/clients, as Piccolo's own commands expect them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from gongzhi.core.clients.tables import ApiClient, TrustedDocument

APP_CONFIG = AppConfig(
    app_name="core_clients",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[ApiClient, TrustedDocument],
    migration_dependencies=[],
)
