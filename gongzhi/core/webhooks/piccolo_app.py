"""The tables and migrations of core/webhooks, as Piccolo's own commands expect them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from gongzhi.core.webhooks.tables import Webhook

APP_CONFIG = AppConfig(
    app_name="core_webhooks",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Webhook],
    migration_dependencies=[],
)
