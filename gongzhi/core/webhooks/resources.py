"""What webhooks let policies speak of. A webhook is `own` for the organization that it belongs to."""

from gongzhi.core.permissions.vocabulary import ORGANIZATIONAL, Action, Resource

RESOURCES: tuple[Resource, ...] = (
    Resource(
        "webhooks.webhook",
        "网络回调",
        "webhook",
        (
            Action("read", "查看", "read"),
            Action("create", "登记", "create"),
            Action("update", "修改", "update"),
            Action("assign", "赋予任意角色", "give any role to"),
            Action("rotate", "更换密钥", "rotate the secret of"),
            Action("suspend", "停用", "suspend"),
            Action("resume", "恢复", "resume"),
            Action("replay", "重新投递", "replay deliveries of"),
            Action("remove", "删除", "remove"),
        ),
        ORGANIZATIONAL,
        guarded_fields={"url": "update"},
    ),
)
"""The address may hold a token of the receiver's, so that only who may change it sees it."""
