"""What the rest of the program sees of the catalogue's tables: frozen structs, and the commands that change them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from gongzhi.core.actors.records import Contact
from gongzhi.core.catalogue.lists import DispositionKind, ListKind
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
    """One entry of the change feed, in the order of (`revision`, `ordinal`). `edition` is where `item` stands."""

    id: UUID
    revision: int
    ordinal: int
    kind: FeedKind
    list_slug: str
    edition: UUID
    code: str
    item: UUID | None
    at: datetime


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
