"""What organizations, accounts and memberships let policies speak of."""

from gongzhi.core.permissions.vocabulary import ANY, ORGANIZATIONAL, OWN, Action, Resource

READ = Action("read", "查看", "read")

RESOURCES: tuple[Resource, ...] = (
    Resource(
        "actors.organization",
        "组织",
        "organization",
        (
            READ,
            Action("create", "登记", "create"),
            Action("update", "修改", "update"),
            Action("merge", "合并", "merge"),
            Action("dissolve", "注销", "dissolve"),
        ),
        ORGANIZATIONAL,
    ),
    Resource(
        "actors.membership",
        "任职",
        "membership",
        (READ, Action("create", "任命", "appoint"), Action("end", "免去", "end")),
        ORGANIZATIONAL,
    ),
    Resource(
        "actors.account",
        "账号",
        "account",
        (
            READ,
            Action("create", "开立", "create"),
            Action("update", "修改", "update"),
            Action("erase", "删除个人信息", "erase the person"),
            Action("read_private", "查看个人信息", "read private fields"),
        ),
        (ANY, OWN),
        guarded_fields=dict.fromkeys(("birth_date", "education", "issuer", "subject"), "read_private"),
    ),
    Resource("actors.statistics", "人员统计", "statistics of the posts", (READ,)),
)
"""An account's `own` is the account itself: a person reads their own birth date."""
