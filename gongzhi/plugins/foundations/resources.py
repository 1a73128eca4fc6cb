"""What the module lets policies speak of."""

from gongzhi.api import ANY, OWN, Action, Resource

SELF, SIGNER, PROPOSER = "self", "signer", "proposer"
"""The relations of a donor to a donation, of who may sign to a fund's grants, and of who proposed a grant to it."""

_READ = Action("read", "查看", "read")

FUND = Resource(
    "foundations.fund",
    "社区基金",
    "fund",
    (_READ, Action("open", "设立", "open"), Action("update", "修改", "update")),
    (ANY, OWN),
)
DONATION = Resource(
    "foundations.donation",
    "捐赠",
    "donation",
    (
        _READ,
        Action("pledge", "登记认捐", "enter a pledge"),
        Action("receive", "确认到账", "confirm the receipt of the money"),
        Action("receipt", "开具票据", "issue the receipt"),
        Action("refund", "退回", "refund"),
        Action("cancel", "取消", "cancel"),
        Action("see_donor", "查看捐赠人", "see who the donor is"),
    ),
    (ANY, OWN, SELF),
    guarded_fields={"donor": "see_donor"},
)
GRANT = Resource(
    "foundations.grant",
    "资助",
    "grant",
    (
        _READ,
        Action("propose", "申请", "propose"),
        Action("review", "审核", "review"),
        Action("sign", "签署", "sign"),
        Action("withdraw", "撤回", "withdraw"),
        Action("pay", "拨付", "pay"),
        Action("report", "报告", "report"),
        Action("close", "结项", "close"),
        Action("attach", "上传附件", "attach files"),
        Action("comment", "评论", "comment"),
    ),
    (ANY, OWN, SIGNER, PROPOSER),
)
RESOURCES = (FUND, DONATION, GRANT)
