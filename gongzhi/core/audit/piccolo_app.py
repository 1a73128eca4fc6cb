"""The tables and migrations of core/audit, as Piccolo's own commands expect them."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from gongzhi.core.audit.tables import AuditCheckpoint, AuditEntry, AuditPending, AuditSeal

APP_CONFIG = AppConfig(
    app_name="core_audit",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=[AuditEntry, AuditPending, AuditSeal, AuditCheckpoint],
    migration_dependencies=["gongzhi.core.permissions.piccolo_app"],
)
