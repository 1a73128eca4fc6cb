"""The tables and migrations of core/ledger, as Piccolo's own commands expect them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from gongzhi.core.ledger.tables import LedgerAccount, LedgerEntry, LedgerHold, LedgerLine, LedgerNumber

APP_CONFIG = AppConfig(
    app_name="core_ledger",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[LedgerAccount, LedgerEntry, LedgerHold, LedgerLine, LedgerNumber],
    migration_dependencies=[],
)
