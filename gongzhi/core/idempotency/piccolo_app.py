"""The tables and migrations of core/idempotency, as Piccolo's own commands expect them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from gongzhi.core.idempotency.tables import IdempotencyKey

APP_CONFIG = AppConfig(
    app_name="core_idempotency",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[IdempotencyKey],
    migration_dependencies=[],
)
