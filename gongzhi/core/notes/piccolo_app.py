"""The tables and migrations of core/notes, as Piccolo's own commands expect them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from gongzhi.core.notes.tables import Attachment, Comment

APP_CONFIG = AppConfig(
    app_name="core_notes",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Attachment, Comment],
    migration_dependencies=[],
)
