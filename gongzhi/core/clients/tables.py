"""API clients and trusted documents."""

from piccolo.columns import Boolean, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from gongzhi.core.columns import CodeColumn, primary_key


class ApiClient(Table, tablename="api_client"):
    """An application that asks. Of its key only the SHA-256 is kept; after a rotation the former one for a while.

    `rate` is its cost a minute, by default that of the settings; `documents` whether it may send `any`, or its `own`
    trusted ones only.
    """

    id = primary_key()
    code = CodeColumn(unique=True)
    name = Varchar(length=120)
    key_digest = Varchar(length=64)
    former_digest = Varchar(length=64, default="")
    former_until = Timestamptz(null=True, default=None)
    rate = Integer(null=True, default=None)
    documents = Varchar(length=8, default="any")
    active = Boolean(default=True)
    version = Integer(default=1)


class TrustedDocument(Table, tablename="trusted_document"):
    """A GraphQL document that may be named by its SHA-256. `client` is the code of the only one that may; "" is all.

    `entry` is `<digest>:<client>`, so that there is one row for each.
    """

    id = primary_key()
    entry = CodeColumn(length=140, unique=True)
    digest = Varchar(length=64)
    client = CodeColumn(default="")
    name = Varchar(length=160)
    text = Text()
    added_at = Timestamptz()
    version = Integer(default=1)
