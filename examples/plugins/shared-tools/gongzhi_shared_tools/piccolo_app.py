"""The tables and migrations of the plugin, as Piccolo's own commands expect them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from gongzhi_shared_tools.tables import Loan, Tool

APP_CONFIG = AppConfig(
    app_name="shared_tools",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Loan, Tool],
    migration_dependencies=[],
)
