"""The shapes of the data files. A field that a file may leave out has a default here; any other field is an error."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from gongzhi.core.catalogue.item import BasisKind, ItemContent
from gongzhi.core.fields import Code, LongName, Note, Path
from gongzhi.core.provenance import Provenance
from gongzhi.core.territory.records import Level

English = Annotated[str, Meta(min_length=1, max_length=400, pattern=r"\S")]


class ListProvenance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a list is and is not. `published_size` is how many items the source states for the official one."""

    kind: Provenance
    edition: Code
    published_size: int
    note: Note
    note_en: Note


class ReferenceList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One list as it can be published: `list` is its slug, `items` stand in the order of the list."""

    list: Code
    label: LongName
    label_en: English
    note: Note
    provenance: ListProvenance
    items: tuple[ItemContent, ...]


class Confidence(StrEnum):
    """How sure the name and place of a community are: `high` when at least two sources agree, `medium` from one."""

    high = "high"
    medium = "medium"


class PlaceSource(StrEnum):
    """Where a place was found. The head of `territory.yaml` says what each source is."""

    article = "article"
    address_list = "address_list"
    library_branch_list = "library_branch_list"
    map_list = "map_list"
    other_public_data = "other_public_data"
    public_dataset = "public_dataset"


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place of the reference territory. Parents come before what lies below them."""

    code: Code
    path: Path
    level: Level
    name: LongName
    name_en: English
    confidence: Confidence
    sources: tuple[PlaceSource, ...]
    note: Note = ""


class MechanismKind(StrEnum):
    """What sort of arrangement a mechanism is."""

    body = "body"
    fund = "fund"
    list = "list"
    mechanism = "mechanism"
    platform = "platform"
    policy = "policy"
    programme = "programme"
    structure = "structure"
    system = "system"


class Mechanism(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mechanism of the source article: where it stands there, its published figures, and what software owes it."""

    code: Code
    section: str
    name: LongName
    name_en: English
    kind: MechanismKind
    place: LongName
    feature_en: English
    figures: tuple[str, ...] = ()


class Term(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A term of the field in both languages."""

    term: LongName
    term_en: English
    note_en: str = ""


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An instrument that lists cite by `name` and `version`.

    `articles_checked` are the articles whose text was compared with a public statute collection; without
    `text_checked` the instrument is known by name only.
    """

    code: Code
    name: LongName
    name_en: English
    kind: BasisKind
    text_checked: bool
    version: str = ""
    articles_checked: tuple[str, ...] = ()


class Year(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a year differs from ordinary weeks: weekdays off, and weekend days that are worked in exchange."""

    holidays: tuple[date, ...] = ()
    workdays: tuple[date, ...] = ()
