"""The tables and migrations of this module, as Piccolo's own commands expect them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from gongzhi.plugins.mediation.tables import Adviser, Case, Consultation, Duty, Party

APP_CONFIG = AppConfig(
    app_name="mediation",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Adviser, Case, Consultation, Duty, Party],
    migration_dependencies=[],
)
