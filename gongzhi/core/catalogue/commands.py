"""The commands that change the catalogue: what a caller says, with the bounds of every field.

They are at once the arguments of the use cases, the inputs of the GraphQL mutations and their documentation.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from gongzhi.core.actors.records import Contact
from gongzhi.core.catalogue.formats import Format
from gongzhi.core.catalogue.item import ItemContent
from gongzhi.core.catalogue.lists import DispositionKind
from gongzhi.core.catalogue.records import OfferingStatus
from gongzhi.core.fields import Day, Name, NameEn, Note, Path, Version, node
from gongzhi.core.provenance import Provenance

EditionId = Annotated[UUID, node("Edition", "The edition.")]
ListSlug = Annotated[str, Meta(max_length=64, description="The list's slug, such as basic-services.")]
ItemCode = Annotated[str, Meta(max_length=64, description="The item's code in that list.")]
OrganizationCode = Annotated[str, Meta(max_length=64, description="The organization's code.")]
Location = Annotated[str, Meta(max_length=200, description="The room, hall or address, in Chinese.")]
LocationEn = Annotated[str, Meta(max_length=300, description="The room, hall or address, in English.")]
Schedule = Annotated[str, Meta(max_length=200, description="When it is open, as people write it.")]
Capacity = Annotated[int, Meta(ge=0, le=1_000_000, description="Persons at once; left out where unlimited.")]
Authority = Annotated[
    str, Meta(max_length=200, description="The decision's document or meeting, as its makers call it.")
]
LastDay = Annotated[date, Meta(description="The first day on which it no longer holds.")]


class DraftEdition(msgspec.Struct, frozen=True, kw_only=True):
    """Open a draft of a list, copying the items of edition `based_on` (None: the newest published; 0: none)."""

    slug: ListSlug
    label: Name
    label_en: NameEn = ""
    note: Note = ""
    based_on: (
        Annotated[int, Meta(ge=0, description="Copy the items of this edition; the newest if left out, 0 for none.")]
        | None
    ) = None
    provenance: Annotated[Provenance, Meta(description="Where the texts come from.")] = Provenance.official


class PutItem(msgspec.Struct, frozen=True, kw_only=True):
    """Add an item to a draft, or replace one. `version` is the item's that the editor saw; None adds a new one."""

    edition: EditionId
    content: Annotated[ItemContent, Meta(description="The item as it is to be.")]
    version: Version | None = None


class RemoveItem(msgspec.Struct, frozen=True, kw_only=True):
    """Take an item out of a draft."""

    edition: EditionId
    code: ItemCode
    version: Version


class ImportFile(msgspec.Struct, frozen=True, kw_only=True):
    """Replace the content of a draft by a file's. A dry run changes nothing and answers the same difference."""

    edition: EditionId
    version: Version
    data: Annotated[bytes, Meta(description="The file, in base64.")]
    format: Annotated[Format, Meta(description="What the file is.")]
    filename: Annotated[str, Meta(max_length=200, description="The file's name, for messages.")] = ""
    dry_run: Annotated[bool, Meta(description="Report what would change, and change nothing.")] = False


class StepEdition(msgspec.Struct, frozen=True, kw_only=True):
    """Take an edition one step on."""

    edition: EditionId
    version: Version


class ReturnEdition(msgspec.Struct, frozen=True, kw_only=True):
    """Send an edition in review back to its editors."""

    edition: EditionId
    version: Version
    note: Annotated[str, Meta(min_length=1, max_length=2000, pattern=r"\S", description="Why it goes back.")]


class PublishEdition(msgspec.Struct, frozen=True, kw_only=True):
    """Publish a reviewed edition, in force from a day (today if None)."""

    edition: EditionId
    version: Version
    effective_from: Day | None = None


class WithdrawEdition(msgspec.Struct, frozen=True, kw_only=True):
    """Withdraw a published edition from a day on (today if None)."""

    edition: EditionId
    version: Version
    on: Day | None = None


class CreateOffering(msgspec.Struct, frozen=True, kw_only=True):
    """Offer an item at a place by an organization."""

    list_slug: ListSlug
    item_code: ItemCode
    path: Path
    organization: OrganizationCode
    location: Location = ""
    location_en: LocationEn = ""
    schedule: Schedule = ""
    capacity: Capacity | None = None
    contact: Annotated[Contact, Meta(description="How to reach the people behind it.")] = Contact()
    valid_from: Day | None = None
    valid_to: LastDay | None = None


class UpdateOffering(msgspec.Struct, frozen=True, kw_only=True):
    """Change an offering; None leaves a field as it is."""

    offering: Annotated[UUID, node("Offering", "The offering.")]
    version: Version
    location: Location | None = None
    location_en: LocationEn | None = None
    schedule: Schedule | None = None
    capacity: Capacity | None = None
    contact: Annotated[Contact, Meta(description="How to reach the people behind it.")] | None = None
    status: Annotated[OfferingStatus, Meta(description="Suspend, resume or close it.")] | None = None
    valid_to: LastDay | None = None


class CreateAssignment(msgspec.Struct, frozen=True, kw_only=True):
    """Let an organization perform a function or task at a place from a day on (today if None)."""

    list_slug: ListSlug
    item_code: ItemCode
    path: Path
    organization: OrganizationCode
    valid_from: Day | None = None
    note: Note = ""


class EndAssignment(msgspec.Struct, frozen=True, kw_only=True):
    """Let an assignment end on a day (today if None)."""

    assignment: Annotated[UUID, node("Assignment", "The assignment.")]
    version: Version
    on: Day | None = None
    note: Note = ""


class RecordDisposition(msgspec.Struct, frozen=True, kw_only=True):
    """Decide about the task of an assignment: keep it, or hand it to `target` from the day on."""

    assignment: Annotated[UUID, node("Assignment", "The assignment that is decided about.")]
    version: Version
    kind: Annotated[DispositionKind, Meta(description="What becomes of the task.")]
    target: Annotated[str, Meta(max_length=64, description="The code of the organization that takes over.")] | None = (
        None
    )
    effective_on: Day | None = None
    authority: Authority = ""
    note: Note = ""
