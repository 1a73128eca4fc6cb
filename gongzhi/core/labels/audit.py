"""Labels of the audit log's enums."""

from gongzhi.core.audit.kinds import AuditKind
from gongzhi.core.labels.shape import Labels

LABELS: Labels = {
    AuditKind: {
        "change": ("变更", "change"),
        "denial": ("拒绝", "denial"),
        "reading": ("查阅", "reading of a confidential record"),
    },
}
"""For each enum, the labels of its members."""
