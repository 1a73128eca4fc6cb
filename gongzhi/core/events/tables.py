"""Events that wait for delivery, and the revision counters that tell other workers what changed."""

from piccolo.columns import BigInt, Text, Timestamptz, Varchar
from piccolo.table import Table

from gongzhi.core.columns import CodeColumn, PathColumn, primary_key


class Event(Table, tablename="event"):
    """Something that happened to a record; written in the same transaction, delivered at least once."""

    id = primary_key()
    at = Timestamptz()
    kind = Varchar(length=64)
    record = Varchar(length=100)
    path = PathColumn()
    payload = Text(default="{}")
    delivered_at = Timestamptz(null=True, default=None, index=True)


class Revision(Table, tablename="revision"):
    """A counter that grows with each change of one kind (`catalogue`), taken in the transaction of the change."""

    id = primary_key()
    name = CodeColumn(unique=True)
    value = BigInt(default=0)
