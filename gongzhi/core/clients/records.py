"""API clients and trusted documents as the rest of the program sees them: no key, and no digest of one."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from gongzhi.core.records import VersionedRecord

Allowed = Literal["any", "own"]
"""Which documents a client may send: any, or only its own trusted ones."""
Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,62}$", description="Lower-case letters, digits and hyphens.")]


class ApiClient(VersionedRecord, frozen=True, kw_only=True):
    """An application that asks."""

    code: str
    name: str
    rate: int | None
    documents: Allowed
    active: bool


class TrustedDocument(VersionedRecord, frozen=True, kw_only=True):
    """A document that may be named by its digest; by the client of this code alone unless that is empty."""

    digest: str
    client: str
    name: str
    text: str
    added_at: datetime


class AddClient(msgspec.Struct, frozen=True):
    """Register an application. `rate` is its cost a minute, by default that of the settings."""

    code: Code
    name: Annotated[str, Meta(min_length=1, max_length=120)]
    rate: Annotated[int, Meta(ge=1, le=2_000_000_000)] | None = None
    documents: Allowed = "any"


class NewDocument(msgspec.Struct, frozen=True):
    """A document to be trusted, with the name of its operation or file."""

    name: Annotated[str, Meta(min_length=1, max_length=160)]
    text: Annotated[str, Meta(min_length=1)]
