"""The tables with the relations in which callers stand to their rows: declared once, for lists and decisions alike."""

from gongzhi.api import Register

from gongzhi_shared_tools.records import SharedTool, SharedToolLoan
from gongzhi_shared_tools.resources import BORROWER, LOAN, TOOL
from gongzhi_shared_tools.tables import Loan, Tool

TOOLS = Register(TOOL.name, Tool, SharedTool, "tool")
LOANS = Register(
    LOAN.name,
    Loan,
    SharedToolLoan,
    "loan",
    relations={BORROWER: lambda caller: Loan.borrower == caller.account_id},
)
