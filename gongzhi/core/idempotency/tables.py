"""The answers that are kept for requests that may be sent again."""

from piccolo.columns import UUID, Bytea, Text, Timestamptz, Varchar
from piccolo.table import Table

from gongzhi.core.columns import CodeColumn, primary_key


class IdempotencyKey(Table, tablename="idempotency_key"):
    """One key of one caller, written in the transaction of the change that it stands for.

    `entry` is the SHA-256 of the account, the API client and the key itself, which is kept nowhere; `fingerprint` that
    of the request; `answer` the bytes of its first answer; `grants` a JSON list of what the caller was allowed.
    """

    id = primary_key()
    entry = CodeColumn(length=64, unique=True)
    account = UUID(null=True, default=None)
    fingerprint = Varchar(length=64)
    answer = Bytea(default=b"")
    grants = Text(default="[]")
    at = Timestamptz()
    expires_at = Timestamptz(index=True)
