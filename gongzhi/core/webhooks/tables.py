"""Webhooks. Of a secret only what it is derived from is kept, which is nothing without the key of the settings."""

from piccolo.columns import UUID, Boolean, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from gongzhi.core.columns import CodeColumn, PathColumn, primary_key


class Webhook(Table, tablename="webhook"):
    """Where to send which events. `kinds` are beginnings of kinds, as JSON; none stand for all.

    `salt` is `<id of the key>.<random>`; after a rotation `former_salt` signs too, until `former_until`. `reason` says
    why it is suspended.
    """

    id = primary_key()
    code = CodeColumn(unique=True)
    name = Varchar(length=120)
    url = Varchar(length=500)
    organization = UUID(default=None, null=False, index=True)
    role = Varchar(length=64)
    path = PathColumn()
    kinds = Text(default="[]")
    active = Boolean(default=True)
    reason = Varchar(length=300, default="")
    salt = Varchar(length=120)
    former_salt = Varchar(length=120, default="")
    former_until = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    version = Integer(default=1)
