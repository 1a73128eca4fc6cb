"""Labels of the ledger's enums."""

from gongzhi.core.labels.shape import Labels
from gongzhi.core.ledger.records import AccountKind, HoldState

LABELS: Labels = {
    AccountKind: {
        "asset": ("资产", "Asset"),
        "liability": ("负债", "Liability"),
        "equity": ("净资产", "Net assets"),
        "income": ("收入", "Income"),
        "expense": ("费用", "Expense"),
    },
    HoldState: {
        "held": ("冻结中", "Held"),
        "spent": ("已支出", "Spent"),
        "released": ("已释放", "Released"),
    },
}
"""For each enum, the labels of its members."""
