"""The tables and migrations of core/actors, as Piccolo's own commands expect them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from gongzhi.core.actors.tables import Account, Membership, Organization, RightsChange, ServiceArea

APP_CONFIG = AppConfig(
    app_name="core_actors",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Account, Membership, Organization, RightsChange, ServiceArea],
    migration_dependencies=[],
)
