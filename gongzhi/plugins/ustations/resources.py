"""What the module lets policies speak of."""

from gongzhi.api import ANY, OWN, Action, Resource

SELF = "self"
"""The relation of a volunteer to what is about them."""

_READ = Action("read", "查看", "read")

STATION = Resource(
    "ustations.station",
    "U站",
    "U-station",
    (_READ, Action("open", "设立", "open"), Action("update", "修改", "update"), Action("close", "撤销", "close")),
    (ANY, OWN),
)
VOLUNTEER = Resource(
    "ustations.volunteer",
    "志愿者",
    "volunteer",
    (
        _READ,
        Action("register", "注册", "register"),
        Action("update", "修改", "update"),
        Action("suspend", "暂停", "suspend and admit again"),
        Action("transfer", "转移社区", "transfer to another community"),
        Action("see_phone", "查看电话", "see the telephone number"),
        Action("see_points", "查看积分", "see the points"),
    ),
    (ANY, OWN, SELF),
    guarded_fields={"phone": "see_phone"},
)
SHIFT = Resource(
    "ustations.shift",
    "志愿班次",
    "shift",
    (
        _READ,
        Action("plan", "排班", "plan"),
        Action("run", "组织", "start, complete"),
        Action("cancel", "取消", "cancel"),
    ),
    (ANY, OWN),
)
SIGN_UP = Resource(
    "ustations.sign_up",
    "报名",
    "sign-up",
    (
        _READ,
        Action("sign_up", "报名", "sign up"),
        Action("withdraw", "退出", "withdraw"),
        Action("check", "签到签退", "check in and out"),
    ),
    (ANY, OWN, SELF),
)
RATE = Resource("ustations.rate", "积分标准", "rate of points", (_READ, Action("set", "设定", "set")))
REWARD = Resource(
    "ustations.reward",
    "兑换物品",
    "reward",
    (_READ, Action("offer", "上架", "offer"), Action("update", "修改", "update")),
    (ANY, OWN),
)
REDEMPTION = Resource(
    "ustations.redemption",
    "积分兑换",
    "redemption",
    (
        _READ,
        Action("request", "申请", "request"),
        Action("decide", "审批", "approve or reject"),
        Action("deliver", "兑付", "deliver"),
        Action("cancel", "取消", "cancel"),
    ),
    (ANY, OWN, SELF),
)
RESOURCES = (STATION, VOLUNTEER, SHIFT, SIGN_UP, RATE, REWARD, REDEMPTION)
