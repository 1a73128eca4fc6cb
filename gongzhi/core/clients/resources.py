"""What API clients and trusted documents let policies speak of. Only the operator at the command line changes them."""

from gongzhi.core.permissions.vocabulary import Action, Resource

READ = Action("read", "查看", "read")

RESOURCES: tuple[Resource, ...] = (
    Resource(
        "clients.client",
        "接入应用",
        "API client",
        (
            READ,
            Action("create", "登记", "create"),
            Action("rotate", "更换密钥", "rotate the key of"),
            Action("suspend", "停用", "suspend"),
            Action("resume", "恢复", "resume"),
        ),
    ),
    Resource(
        "clients.document",
        "可信查询",
        "trusted document",
        (READ, Action("add", "登记", "add"), Action("remove", "移除", "remove")),
    ),
)
