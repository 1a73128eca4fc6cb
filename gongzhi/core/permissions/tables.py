"""The decision log: what was refused, and who read what is confidential. What was changed is in the audit log."""

from piccolo.columns import UUID, Boolean, Text, Timestamptz, Varchar
from piccolo.table import Table

from gongzhi.core.columns import PathColumn, primary_key


class DecisionEntry(Table, tablename="decision_entry"):
    """One denial, or the reading of a record whose resource asks that it be logged.

    `relations` are those in which the caller asked, separated by commas; `rule` is `file:line` of the rule that
    decided, empty where none did; `revision` is the policy's. Never changed; what tells of a person (`account_label`,
    `source` and the salt) can be taken out.
    """

    id = primary_key()
    at = Timestamptz(index=True)
    account = UUID(null=True, default=None, index=True)
    account_label = Varchar(length=100)
    account_salt = Varchar(length=32, default="")
    acting_for = UUID(null=True, default=None)
    source = Varchar(length=64, default="")
    action = Varchar(length=64)
    resource = Varchar(length=64)
    record = Varchar(length=100, default="", index=True)
    path = PathColumn()
    relations = Varchar(length=200, default="")
    allowed = Boolean()
    rule = Varchar(length=300, default="")
    revision = Varchar(length=64)
    reason = Text(default="")
