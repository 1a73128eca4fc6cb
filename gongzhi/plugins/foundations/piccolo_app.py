"""The tables and migrations of this module, as Piccolo's own commands expect them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from gongzhi.plugins.foundations.tables import Donation, Fund, Grant, Instalment, Signature

APP_CONFIG = AppConfig(
    app_name="foundations",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Donation, Fund, Grant, Instalment, Signature],
    migration_dependencies=[],
)
