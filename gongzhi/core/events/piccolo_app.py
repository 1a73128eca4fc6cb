"""The tables and migrations of core/events, as Piccolo's own commands expect them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from gongzhi.core.events.tables import Event, EventDelivery, EventTarget, Revision

APP_CONFIG = AppConfig(
    app_name="core_events",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Event, EventDelivery, EventTarget, Revision],
    migration_dependencies=[],
)
