"""What the module lets policies speak of."""

from gongzhi.api import ANY, ASSIGNED, OWN, PARTY, Action, Resource

APPLICANT = "applicant"
"""The relation of whoever filed the case to it."""

# What is confidential is seen, not read: "read*", which core gives to auditors, does not cover it.
_READ = Action("read", "查看", "read")

CASE = Resource(
    "mediation.case",
    "调解案件",
    "mediation case",
    (
        _READ,
        Action("see_parties", "查看当事人信息和案情", "read the parties' data and the facts"),
        Action("file", "申请", "file"),
        Action("accept", "受理", "accept"),
        Action("decline", "不予受理", "decline"),
        Action("assign", "指派调解团队", "assign the panel"),
        Action("schedule", "安排调解", "schedule"),
        Action("mediate", "主持调解", "mediate"),
        Action("withdraw", "撤回", "withdraw"),
        Action("confirm", "登记司法确认", "record the judicial confirmation"),
        Action("follow_up", "回访履行情况", "follow up the performance"),
        Action("attach", "上传附件", "attach files"),
        Action("comment", "评论", "comment"),
    ),
    (ANY, OWN, ASSIGNED, PARTY, APPLICANT),
    guarded_fields=dict.fromkeys(
        ("name", "phone", "address", "description", "agreement", "reason", "attachments", "comments"), "see_parties"
    ),
    log_reads=True,
)
STATISTICS = Resource("mediation.statistics", "调解统计", "mediation statistics", (_READ,))
ADVISER = Resource(
    "mediation.adviser",
    "社区法律顾问",
    "legal adviser",
    (
        _READ,
        Action("appoint", "聘任", "appoint"),
        Action("end", "解聘", "end"),
        Action("plan", "排班", "plan duty hours"),
    ),
    (ANY, OWN, ASSIGNED),
)
CONSULTATION = Resource(
    "mediation.consultation",
    "法律咨询记录",
    "legal consultation",
    (
        _READ,
        Action("record", "登记", "record"),
        Action("see_summary", "查看咨询内容", "read what was said"),
    ),
    (ANY, OWN, ASSIGNED, PARTY),
    guarded_fields={"topic": "see_summary", "summary": "see_summary"},
)
RESOURCES = (CASE, STATISTICS, ADVISER, CONSULTATION)
