"""Attachments and comments, as the rest of the program sees them."""

from datetime import datetime
from uuid import UUID

import msgspec


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file by reference: where it is kept, its SHA-256, its media type."""

    id: UUID
    record: str
    title: str
    uri: str
    digest: str
    media_type: str
    size: int | None
    added_by: UUID | None
    added_at: datetime
    removed_at: datetime | None


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said. One that was withdrawn keeps its place, and shows no text."""

    id: UUID
    record: str
    text: str | None
    author: UUID | None
    at: datetime
    withdrawn_at: datetime | None
