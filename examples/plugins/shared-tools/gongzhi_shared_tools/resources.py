"""What the plugin lets policies speak of."""

from gongzhi.api import ANY, OWN, Action, Resource

BORROWER = "borrower"
"""The relation of whoever asked for a tool to the loan."""

_READ = Action("read", "查看", "read")

TOOL = Resource(
    "shared_tools.tool",
    "共享工具",
    "tool",
    (_READ, Action("share", "登记", "share")),
    (ANY, OWN),
)
LOAN = Resource(
    "shared_tools.loan",
    "借用",
    "loan",
    (
        _READ,
        Action("ask", "申请", "ask"),
        Action("lend", "借出", "lend"),
        Action("refuse", "拒绝", "refuse"),
        Action("give_back", "归还", "give back"),
    ),
    (ANY, OWN, BORROWER),
)
RESOURCES = (TOOL, LOAN)
