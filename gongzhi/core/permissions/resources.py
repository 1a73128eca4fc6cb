"""What permissions, the audit log and the figures let policies speak of."""

from gongzhi.core.permissions.vocabulary import Action, Resource

READ = Action("read", "查看", "read")

RESOURCES: tuple[Resource, ...] = (
    Resource(
        "permissions.policy",
        "权限策略",
        "permission policy",
        (READ, Action("explain", "解释权限", "explain anybody's permission")),
    ),
    Resource("permissions.decision_log", "权限决定记录", "decision log", (READ,)),
    Resource(
        "audit.entry",
        "审计记录",
        "audit entry",
        (
            READ,
            Action("read_source", "查看来源地址", "read network addresses"),
            Action("prune", "清理过期记录", "prune what is old enough"),
        ),
        guarded_fields={"source": "read_source"},
    ),
    Resource("figures.figure", "统计数据", "figure", (READ,)),
)
