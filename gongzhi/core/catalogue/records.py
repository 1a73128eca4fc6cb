"""What the rest of the program sees of the catalogue's tables: frozen structs, and the commands that change them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from gongzhi.core.catalogue.lists import DispositionKind, ListKind
from gongzhi.core.fields import Code, Count, LongNameEn, Name, NameEn, Note, Version
from gongzhi.core.provenance import Provenance
from gongzhi.core.records import VersionedRecord


class EditionState(StrEnum):
    """The life of an edition: draft > review > published > withdrawn; review may go back to draft."""

    draft = "draft"
    review = "review"
    published = "published"
    withdrawn = "withdrawn"


OPEN_STATES = frozenset({EditionState.draft, EditionState.review})
"""Not yet published: readable only by those who may read drafts."""


class OfferingStatus(StrEnum):
    """Whether an offering can be used now."""

    active = "active"
    suspended = "suspended"
    closed = "closed"


class FeedKind(StrEnum):
    """What an entry of the change feed tells: about one item, or about an edition as a whole."""

    added = "added"
    changed = "changed"
    removed = "removed"
    published = "published"
    withdrawn = "withdrawn"


class ServiceList(VersionedRecord, frozen=True, kw_only=True):
    """A list (清单). `owner` is the code of the responsible organization, empty where none is entered."""

    slug: str
    name: str
    name_en: str
    kind: ListKind
    owner: str
    provenance: Provenance
    provenance_note: str
    provenance_note_en: str


class Edition(VersionedRecord, frozen=True, kw_only=True):
    """One edition. `digest` is the SHA-256 of its contents; `withdrawn_from` the first day it is no longer in force."""

    service_list: UUID
    number: int
    label: str
    label_en: str
    state: EditionState
    note: str
    provenance: Provenance
    digest: str
    item_count: int
    created_at: datetime
    created_by: UUID | None
    published_at: datetime | None
    published_by: UUID | None
    effective_from: date | None
    withdrawn_from: date | None


class FeedEntry(msgspec.Struct, frozen=True):
    """One entry of the change feed, in the order of (`revision`, `ordinal`)."""

    id: UUID
    revision: int
    ordinal: int
    kind: FeedKind
    list_slug: str
    edition: UUID
    code: str
    item: UUID | None
    at: datetime


class Contact(msgspec.Struct, frozen=True, omit_defaults=True):
    """How to reach the people behind an offering."""

    phone: Annotated[str, Meta(max_length=60)] = ""
    email: Annotated[str, Meta(max_length=120)] = ""
    address: Annotated[str, Meta(max_length=300)] = ""
    address_en: Annotated[str, Meta(max_length=300)] = ""


class Offering(VersionedRecord, frozen=True, kw_only=True):
    """An item at a place by an organization. `capacity` is persons at once, None where unlimited or unknown."""

    list_slug: str
    item_code: str
    path: str
    organization: UUID
    location: str
    location_en: str
    schedule: str
    capacity: int | None
    contact: Contact
    status: OfferingStatus
    valid_from: date
    valid_to: date | None
    provenance: Provenance


class Assignment(VersionedRecord, frozen=True, kw_only=True):
    """An organization performs a function or task at a place for a term."""

    list_slug: str
    item_code: str
    path: str
    organization: UUID
    valid_from: date
    valid_to: date | None
    note: str
    provenance: Provenance


class Disposition(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided about an assigned task, and to whom it went."""

    id: UUID
    list_slug: str
    item_code: str
    path: str
    organization: UUID
    kind: DispositionKind
    target: UUID | None
    effective_on: date
    authority: str
    note: str
    provenance: Provenance
    recorded_at: datetime


class DraftEdition(msgspec.Struct, frozen=True, kw_only=True):
    """Open a draft of a list, copying the items of edition `based_on` (None: the newest published; 0: none)."""

    slug: Code
    label: Name
    label_en: NameEn = ""
    note: Note = ""
    based_on: Annotated[int, Meta(ge=0)] | None = None
    provenance: Provenance = Provenance.official


class PutItem(msgspec.Struct, frozen=True, kw_only=True):
    """Add an item to a draft, or replace one. `version` is the item's that the editor saw; None adds a new one."""

    edition: UUID
    content: dict[str, Any]
    version: Version | None = None


class PublishEdition(msgspec.Struct, frozen=True, kw_only=True):
    """Publish a reviewed edition, in force from a day (today if None)."""

    edition: UUID
    version: Version
    effective_from: date | None = None


class CreateOffering(msgspec.Struct, frozen=True, kw_only=True):
    """Offer an item at a place by an organization."""

    list_slug: Code
    item_code: Code
    path: str
    organization: Code
    location: Annotated[str, Meta(max_length=200)] = ""
    location_en: LongNameEn = ""
    schedule: Annotated[str, Meta(max_length=200)] = ""
    capacity: Count | None = None
    contact: Contact = Contact()
    valid_from: date | None = None
    valid_to: date | None = None


class UpdateOffering(msgspec.Struct, frozen=True, kw_only=True):
    """Change an offering; None leaves a field as it is."""

    id: UUID
    version: Version
    location: Annotated[str, Meta(max_length=200)] | None = None
    location_en: LongNameEn | None = None
    schedule: Annotated[str, Meta(max_length=200)] | None = None
    capacity: Count | None = None
    contact: Contact | None = None
    status: OfferingStatus | None = None
    valid_to: date | None = None


class CreateAssignment(msgspec.Struct, frozen=True, kw_only=True):
    """Let an organization perform a function or task at a place from a day on (today if None)."""

    list_slug: Code
    item_code: Code
    path: str
    organization: Code
    valid_from: date | None = None
    note: Note = ""


class RecordDisposition(msgspec.Struct, frozen=True, kw_only=True):
    """Decide about the task of an assignment: keep it, or hand it to `target` from the day on.

    `authority` names the decision's document or meeting, as its makers call it.
    """

    assignment: UUID
    version: Version
    kind: DispositionKind
    target: Code | None = None
    effective_on: date | None = None
    authority: Annotated[str, Meta(max_length=200)] = ""
    note: Note = ""
