"""What the rest of the program sees of a place: frozen structs."""

from datetime import date
from enum import Enum, StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from gongzhi.core.fields import Code, Count, Day, Name, NameEn, Note, Path, Version
from gongzhi.core.provenance import Provenance
from gongzhi.core.records import VersionedRecord

Slug = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$(?!\n)",
        max_length=60,
        description="The last segment of the path: lower-case letters, digits and inner hyphens.",
    ),
]


class Level(StrEnum):
    """The four levels of a district's territory; each lies directly below the one before."""

    district = "district"
    subdistrict = "subdistrict"
    community = "community"
    grid = "grid"


PARENT_LEVEL: dict[Level, Level | None] = {
    Level.district: None,
    Level.subdistrict: Level.district,
    Level.community: Level.subdistrict,
    Level.grid: Level.community,
}
"""Which level a place of a level lies directly below."""


class ChangeKind(Enum):
    """What happened to a place. (Not a StrEnum: `split` is a method of str.)"""

    split = "split"
    merge = "merge"


class Territory(VersionedRecord, frozen=True, kw_only=True):
    """A place. `valid_to` is the first day on which it no longer exists; `population` is a head count."""

    code: str
    path: str
    level: Level
    name: str
    name_en: str
    parent: UUID | None
    valid_from: date | None
    valid_to: date | None
    population: int | None
    provenance: Provenance
    note: str


class TerritoryChange(msgspec.Struct, frozen=True):
    """`source` became (part of) `target` on a day: the lineage of a split or a merger."""

    id: UUID
    kind: ChangeKind
    source: UUID
    target: UUID
    effective_on: date
    note: str


class CreateTerritory(msgspec.Struct, frozen=True, kw_only=True):
    """A new place below `parent_path` (None for a district). `slug` becomes the last segment of its path."""

    code: Code
    slug: Slug
    level: Level
    name: Name
    name_en: NameEn = ""
    parent_path: Path | None = None
    valid_from: Day | None = None
    population: Count | None = None
    note: Note = ""


class UpdateTerritory(msgspec.Struct, frozen=True, kw_only=True):
    """New names, population or note; None leaves a field as it is. Code, level and path never change."""

    path: Path
    version: Version
    name: Name | None = None
    name_en: NameEn | None = None
    population: Count | None = None
    note: Note | None = None


class SplitTerritory(msgspec.Struct, frozen=True, kw_only=True):
    """One place becomes several on a day. It stays readable, closed from that day."""

    path: Path
    version: Version
    parts: Annotated[
        tuple[CreateTerritory, ...], Meta(min_length=2, max_length=50, description="The places that it becomes.")
    ]
    effective_on: Day
    note: Note = ""


class MergeTerritories(msgspec.Struct, frozen=True, kw_only=True):
    """Several places of one level become part of an existing one on a day; `into` may be one of them."""

    paths: Annotated[tuple[str, ...], Meta(min_length=1, max_length=50, description="The places that end.")]
    into: Path
    effective_on: Day
    note: Note = ""


class CloseTerritory(msgspec.Struct, frozen=True, kw_only=True):
    """Let a place end on a day."""

    path: Path
    version: Version
    on: Day
