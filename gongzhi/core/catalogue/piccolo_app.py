"""The tables and migrations of core/catalogue, as Piccolo's own commands expect them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from gongzhi.core.catalogue.tables import (
    Assignment,
    CatalogueChange,
    Disposition,
    Edition,
    EditionItem,
    Offering,
    ServiceList,
)

APP_CONFIG = AppConfig(
    app_name="core_catalogue",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Assignment, CatalogueChange, Disposition, Edition, EditionItem, Offering, ServiceList],
    migration_dependencies=["gongzhi.core.actors.piccolo_app"],
)
