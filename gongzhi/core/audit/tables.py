"""The audit log."""

from piccolo.columns import UUID, Text, Timestamptz, Varchar
from piccolo.table import Table

from gongzhi.core.columns import PathColumn, primary_key


class AuditEntry(Table, tablename="audit_entry"):
    """Who did what, where, on which authority. Written in the transaction of what it records.

    `before_digest` and `after_digest` are SHA-256 of the record's fields; `changed` is a JSON list of field names;
    `decision` is JSON: the rule and the policy revision that allowed it.
    """

    id = primary_key()
    at = Timestamptz(index=True)
    actor = UUID(null=True, default=None, index=True)
    actor_label = Varchar(length=100)
    acting_for = UUID(null=True, default=None)
    source = Varchar(length=64, default="")
    action = Varchar(length=64)
    resource = Varchar(length=64)
    path = PathColumn()
    record = Varchar(length=100, default="", index=True)
    before_digest = Varchar(length=64, default="")
    after_digest = Varchar(length=64, default="")
    changed = Text(default="[]")
    decision = Text(default="{}")
    result = Varchar(length=16, default="done")
