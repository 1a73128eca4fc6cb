"""Events, who gets them and how far they are, and the revision counters that tell other workers what changed."""

from piccolo.columns import UUID, BigInt, Boolean, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from gongzhi.core.columns import CodeColumn, PathColumn, primary_key

WAITING, DELIVERED, PARKED, WITHHELD = "waiting", "delivered", "parked", "withheld"
"""States of a delivery. Parked: given up after the last attempt, until an operator replays it (a dead letter).
Withheld: whoever it was for may not know of the record (any more)."""
TARGET_LENGTH = 140


class Event(Table, tablename="event"):
    """Something that happened to a record; written in the transaction of the change, one row and nothing else.

    `position` is its place among all events. A worker gives it, together with a delivery for each target that wants
    the event; null says that none has yet.
    """

    id = primary_key()
    at = Timestamptz()
    kind = Varchar(length=64)
    record = Varchar(length=100)
    path = PathColumn()
    payload = Text(default="{}")
    position = BigInt(null=True, default=None)


class EventTarget(Table, tablename="event_target"):
    """Somebody who gets events: a handler of a plugin (`plugin:mediation:actors.`) or a webhook (`webhook:0190…`).

    While whole rounds fail, `failing` counts them, and nothing is sent until `rest_until`. `failing_since` is when the
    last success ended.
    """

    id = primary_key()
    name = CodeColumn(length=TARGET_LENGTH, unique=True)
    prefix = Varchar(length=64, default="")
    active = Boolean(default=True)
    failing = Integer(default=0)
    failing_since = Timestamptz(null=True, default=None)
    rest_until = Timestamptz(null=True, default=None)


class EventDelivery(Table, tablename="event_delivery"):
    """One event on its way to one target.

    `record` and `position` are the event's: deliveries of one record to one target are made in the order of positions.
    `attempts` counts those that were begun. Until `due_at` a worker has it, which knows it by its `lease`, or it waits
    after a failure, of which `failure` and the HTTP `status` tell.
    """

    id = primary_key()
    event = UUID(default=None, null=False, index=True)
    target = CodeColumn(length=TARGET_LENGTH)
    record = Varchar(length=100)
    position = BigInt()
    state = Varchar(length=10, default=WAITING)
    due_at = Timestamptz()
    attempts = Integer(default=0)
    lease = UUID(null=True, default=None)
    done_at = Timestamptz(null=True, default=None)
    status = Integer(null=True, default=None)
    failure = Text(default="")


class Revision(Table, tablename="revision"):
    """A counter that grows with each change of one kind (`catalogue`), taken in the transaction of the change."""

    id = primary_key()
    name = CodeColumn(unique=True)
    value = BigInt(default=0)
