"""Tools and their loans."""

from gongzhi.api import PathColumn, primary_key
from piccolo.columns import UUID, Boolean, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table


class Tool(Table, tablename="shared_tools_tool"):
    """A tool that `organization` shares. `lent` says that somebody has it."""

    id = primary_key()
    path = PathColumn(index=True)
    organization = UUID(null=True, default=None, index=True)
    name = Varchar(length=120)
    name_en = Varchar(length=200, default="")
    lent = Boolean(default=False)
    version = Integer(default=1)


class Loan(Table, tablename="shared_tools_loan"):
    """Somebody asked for a tool. A table of a workflow has `state`, `due_at`, `overdue` and `version`."""

    id = primary_key()
    path = PathColumn(index=True)
    organization = UUID(null=True, default=None, index=True)
    state = Varchar(length=24, index=True)
    due_at = Timestamptz(null=True, default=None, index=True)
    overdue = Boolean(default=False)
    version = Integer(default=1)
    tool = ForeignKey(Tool, on_delete=OnDelete.restrict, null=False, index=True)
    borrower = UUID(default=None, index=True)
    reason = Varchar(length=2000, default="")
