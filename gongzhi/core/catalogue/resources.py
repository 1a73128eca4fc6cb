"""What the catalogue lets policies speak of."""

from gongzhi.core.permissions.vocabulary import ORGANIZATIONAL, Action, Resource

READ = Action("read", "查看", "read")

RESOURCES: tuple[Resource, ...] = (
    Resource("catalogue.list", "清单", "service list", (READ, Action("create", "新建", "create"))),
    Resource(
        "catalogue.edition",
        "清单版本",
        "edition",
        (
            READ,
            Action("read_draft", "查看未发布版本", "read unpublished editions"),
            Action("draft", "起草", "draft"),
            Action("edit", "修改", "edit"),
            Action("submit", "送审", "submit"),
            Action("return", "退回", "return"),
            Action("publish", "发布", "publish"),
            Action("withdraw", "撤回", "withdraw"),
            Action("import", "导入", "import"),
            Action("export", "导出", "export"),
        ),
        ORGANIZATIONAL,
    ),
    Resource(
        "catalogue.offering",
        "服务供给",
        "offering",
        (
            READ,
            Action("create", "登记", "create"),
            Action("update", "修改", "update"),
            Action("close", "停止", "close"),
        ),
        ORGANIZATIONAL,
    ),
    Resource(
        "catalogue.assignment",
        "事项承接",
        "assignment",
        (READ, Action("create", "指派", "create"), Action("end", "终止", "end")),
        ORGANIZATIONAL,
    ),
    Resource(
        "catalogue.disposition",
        "事项处置",
        "disposition",
        (READ, Action("record", "登记处置", "record")),
        ORGANIZATIONAL,
    ),
)
"""`catalogue.edition` read covers published editions, which are public; drafts and reviews need `read_draft`."""
