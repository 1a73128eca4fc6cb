"""The audit log, and the chain that seals it together with the decision log."""

from piccolo.columns import UUID, BigInt, Text, Timestamptz, Varchar
from piccolo.table import Table

from gongzhi.core.columns import PathColumn, primary_key


class AuditEntry(Table, tablename="audit_entry"):
    """Who did what, where, on which authority. Written in the transaction of what it records; never changed.

    `before_digest` and `after_digest` are HMAC-SHA256 of the record's fields, keyed with `record_salt`; `changed` is a
    JSON list of field names; `decision` is JSON: the rule and the policy revision that allowed it. What tells of a
    person (`actor_label`, `source` and both salts) can be taken out, and nothing else: see `erasure`.
    """

    id = primary_key()
    at = Timestamptz(index=True)
    actor = UUID(null=True, default=None, index=True)
    actor_label = Varchar(length=100)
    actor_salt = Varchar(length=32, default="")
    acting_for = UUID(null=True, default=None)
    source = Varchar(length=64, default="")
    action = Varchar(length=64)
    resource = Varchar(length=64)
    path = PathColumn()
    record = Varchar(length=100, default="", index=True)
    record_salt = Varchar(length=32, default="")
    before_digest = Varchar(length=64, default="")
    after_digest = Varchar(length=64, default="")
    changed = Text(default="[]")
    decision = Text(default="{}")
    result = Varchar(length=16, default="done")


class AuditPending(Table, tablename="audit_pending"):
    """A line that waits for its seal. A trigger adds it with the line, so that none is forgotten, however late."""

    id = UUID(primary_key=True)
    log = Varchar(length=16)


class AuditSeal(Table, tablename="audit_seal"):
    """The seal of one line: `hash` covers the line, its number and the hash before it; see `encoding`.

    `entry` is the line's id and `log` the table that it is in; `person` and `state` stand for what can be erased.
    `signature` is of the last line of a batch, where there is a key.
    """

    sequence = BigInt(primary_key=True)
    entry = UUID(unique=True, default=None)
    log = Varchar(length=16)
    person = Varchar(length=64)
    state = Varchar(length=64)
    sealed_at = Timestamptz(index=True)
    hash = Varchar(length=64)
    signature = Varchar(length=128, default="")


class AuditCheckpoint(Table, tablename="audit_checkpoint"):
    """Up to where sealed lines were removed after their time; the chain goes on from this hash."""

    sequence = BigInt(primary_key=True)
    hash = Varchar(length=64)
    at = Timestamptz()
