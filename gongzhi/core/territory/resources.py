"""What the territory lets policies speak of."""

from gongzhi.core.permissions.vocabulary import Action, Resource

RESOURCES: tuple[Resource, ...] = (
    Resource(
        "territory.territory",
        "辖区",
        "territory",
        (
            Action("read", "查看", "read"),
            Action("create", "新设", "create"),
            Action("update", "修改", "update"),
            Action("split", "拆分", "split"),
            Action("merge", "合并", "merge"),
            Action("close", "撤销", "close"),
        ),
    ),
)
