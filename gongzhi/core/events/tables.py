"""Events that wait for delivery, and the revision counters that tell other workers what changed."""

from piccolo.columns import BigInt, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from gongzhi.core.columns import CodeColumn, PathColumn, primary_key


class Event(Table, tablename="event"):
    """Something that happened to a record; written in the same transaction, delivered at least once.

    `attempts` counts deliveries that were begun; until `due_at` a worker has the event, or it waits after a failure,
    of which `failure` tells. One that failed too often is `parked_at`: it waits for an operator.
    """

    id = primary_key()
    at = Timestamptz()
    kind = Varchar(length=64)
    record = Varchar(length=100)
    path = PathColumn()
    payload = Text(default="{}")
    delivered_at = Timestamptz(null=True, default=None, index=True)
    attempts = Integer(default=0)
    due_at = Timestamptz(null=True, default=None)
    parked_at = Timestamptz(null=True, default=None, index=True)
    failure = Text(default="")


class Revision(Table, tablename="revision"):
    """A counter that grows with each change of one kind (`catalogue`), taken in the transaction of the change."""

    id = primary_key()
    name = CodeColumn(unique=True)
    value = BigInt(default=0)
