"""Attachments and comments of records of any kind; `record` is the label, as `MediationCase:0190…`."""

from piccolo.columns import UUID, BigInt, Text, Timestamptz, Varchar
from piccolo.table import Table

from gongzhi.core.columns import PathColumn, primary_key


class Attachment(Table, tablename="attachment"):
    """A file by reference. `digest` is its SHA-256 in hexadecimal, `size` its bytes if known."""

    id = primary_key()
    record = Varchar(length=100, index=True)
    path = PathColumn()
    title = Varchar(length=200)
    uri = Varchar(length=2000)
    digest = Varchar(length=64)
    media_type = Varchar(length=100)
    size = BigInt(null=True, default=None)
    added_by = UUID(null=True, default=None)
    added_at = Timestamptz()
    removed_at = Timestamptz(null=True, default=None)


class Comment(Table, tablename="comment"):
    """What somebody said about a record."""

    id = primary_key()
    record = Varchar(length=100, index=True)
    path = PathColumn()
    text = Text()
    author = UUID(null=True, default=None)
    at = Timestamptz()
    withdrawn_at = Timestamptz(null=True, default=None)
