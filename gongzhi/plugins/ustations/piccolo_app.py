"""The tables and migrations of this module, as Piccolo's own commands expect them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from gongzhi.plugins.ustations.tables import Rate, Redemption, Reward, Shift, SignUp, Station, Transfer, Volunteer

APP_CONFIG = AppConfig(
    app_name="ustations",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[Rate, Redemption, Reward, Shift, SignUp, Station, Transfer, Volunteer],
    migration_dependencies=[],
)
