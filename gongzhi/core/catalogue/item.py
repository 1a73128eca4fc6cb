"""One row of a service list, as it is published: an immutable struct that holds everything and points nowhere.

The fields are the union of CPSV-AP's PublicService, HSDS's service and Open311's service definition, with their
meanings. Structs are frozen and hashable by identity of the edition they belong to, so that they can be shared between
requests. `attributes` is typed per list: see `lists.py`.
"""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from gongzhi.core.actors.kinds import ActorKind
from gongzhi.core.fields import Code, Text
from gongzhi.core.fields import LongName as Name


class Audience(StrEnum):
    """Whom an item is for."""

    all_residents = "all_residents"
    children = "children"
    elderly = "elderly"
    enterprises = "enterprises"
    families = "families"
    hk_macao_foreign = "hk_macao_foreign"
    jobseekers = "jobseekers"
    low_income = "low_income"
    men = "men"
    migrants = "migrants"
    owners = "owners"
    patients = "patients"
    persons_with_disabilities = "persons_with_disabilities"
    social_orgs = "social_orgs"
    veterans = "veterans"
    volunteers = "volunteers"
    women = "women"
    workers = "workers"
    youth = "youth"


class Channel(StrEnum):
    """How an item reaches its user (CPSV-AP Channel)."""

    online = "online"
    window = "window"
    door = "door"
    site = "site"


class LifeEvent(StrEnum):
    """The event in a person's life that the item belongs to (CPSV-AP LifeEvent)."""

    birth = "birth"
    schooling = "schooling"
    employment = "employment"
    marriage = "marriage"
    housing = "housing"
    illness = "illness"
    disability = "disability"
    hardship = "hardship"
    retirement = "retirement"
    bereavement = "bereavement"
    military_service = "military_service"
    relocation = "relocation"


class CostKind(StrEnum):
    """Whether the user pays: `statutory` is a fee that a law sets, `subsidised` a reduced one."""

    free = "free"
    subsidised = "subsidised"
    statutory = "statutory"
    paid = "paid"


class ItemStatus(StrEnum):
    """Whether an item can be used now; a retired one stays readable."""

    active = "active"
    suspended = "suspended"
    retired = "retired"


class Verification(StrEnum):
    """How far a citation was checked.

    `article_checked`: article number and text were compared with a public statute collection; `name_only`: the
    instrument is cited without an article; `source_article`: the published account of the district's practice itself;
    `none`: no legal basis is claimed.
    """

    article_checked = "article_checked"
    name_only = "name_only"
    source_article = "source_article"
    none = "none"


class BasisKind(StrEnum):
    """What sort of instrument a basis is."""

    law = "law"
    administrative_regulation = "administrative_regulation"
    local_regulation = "local_regulation"
    party_state_regulation = "party_state_regulation"
    standard = "standard"
    policy_document = "policy_document"
    source_article = "source_article"
    local_practice = "local_practice"
    other = "other"


class FieldKind(StrEnum):
    """What an order form's field takes."""

    text = "text"
    number = "number"
    date = "date"
    choice = "choice"
    boolean = "boolean"


class Category(msgspec.Struct, frozen=True):
    """The heading that an item stands under. `code` is stable within the list."""

    code: Code
    name: Name
    name_en: Annotated[str, Meta(max_length=200, description="Name in English.")] = ""


class LegalBasis(msgspec.Struct, frozen=True, omit_defaults=True):
    """An instrument that the item rests on (CPSV-AP LegalResource). Never invented: see `verification`."""

    name: Name
    name_en: Annotated[str, Meta(max_length=300, description="Name in English.")] = ""
    version: Annotated[str, Meta(max_length=60, description="Which version or year of it.")] = ""
    article: Annotated[str, Meta(max_length=120, description="Which article of it.")] = ""
    kind: BasisKind = BasisKind.other
    verification: Verification = Verification.none


class Document(msgspec.Struct, frozen=True, omit_defaults=True):
    """A paper that the user must bring (CPSV-AP Evidence), or receives (CPSV-AP Output)."""

    name: Name
    name_en: Annotated[str, Meta(max_length=200, description="Name in English.")] = ""
    required: Annotated[bool, Meta(description="Whether one cannot do without it.")] = True


class Cost(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the user pays: `fen` in hundredths of a yuan, None where the amount depends; `note` says on what."""

    kind: CostKind = CostKind.free
    fen: Annotated[int, Meta(ge=0, description="Hundredths of a yuan; left out where the amount depends.")] | None = (
        None
    )
    note: Annotated[str, Meta(max_length=400, description="What the amount depends on.")] = ""


class FormField(msgspec.Struct, frozen=True, omit_defaults=True):
    """A field that an order for this item must fill in (Open311 service attribute)."""

    code: Code
    name: Name
    name_en: Annotated[str, Meta(max_length=200, description="Name in English.")] = ""
    kind: FieldKind = FieldKind.text
    required: Annotated[bool, Meta(description="Whether it must be filled in.")] = False
    choices: tuple[str, ...] = ()


class NoAttributes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The attributes of a list that adds none."""


class ItemContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What an editor writes about an item; the database keeps it as one JSON document.

    `code` is stable for ever within its list. `processing_days` are working days; `promised_hours` is the service
    promise (SLA). `related` are codes of items, of this list or `slug:CODE` of another. `attributes` are
    checked against the struct that the list registers.
    """

    code: Code
    name: Name
    name_en: Annotated[str, Meta(max_length=300, description="Name in English.")] = ""
    description: Text = ""
    description_en: Text = ""
    category: Category
    keywords: tuple[str, ...] = ()
    audience: tuple[Audience, ...] = ()
    life_events: tuple[LifeEvent, ...] = ()
    competent: ActorKind | None = None
    provider: ActorKind | None = None
    basis: tuple[LegalBasis, ...] = ()
    documents: tuple[Document, ...] = ()
    outputs: tuple[Document, ...] = ()
    channels: tuple[Channel, ...] = ()
    opening_hours: Annotated[str, Meta(max_length=400, description="When it is open, as people write it.")] = ""
    cost: Cost = Cost()
    processing_days: Annotated[int, Meta(ge=0, le=3650, description="Working days that the rule allows.")] | None = None
    promised_hours: Annotated[int, Meta(ge=0, le=87600, description="Hours within which it is promised.")] | None = None
    form: tuple[FormField, ...] = ()
    related: tuple[str, ...] = ()
    status: ItemStatus = ItemStatus.active
    attributes: dict[str, Any] = {}


class Item(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """An item of one edition, in memory: its content with its identity and place in the list.

    `list_slug` and `edition_number` say where it stands, `position` counts from 0 in the edition's order, and
    `attributes` is an instance of the list's registered struct.
    """

    id: UUID
    edition_id: UUID
    list_slug: str
    edition_number: int
    position: int
    code: str
    name: str
    name_en: str
    description: str
    description_en: str
    category: Category
    keywords: tuple[str, ...]
    audience: tuple[Audience, ...]
    life_events: tuple[LifeEvent, ...]
    competent: ActorKind | None
    provider: ActorKind | None
    basis: tuple[LegalBasis, ...]
    documents: tuple[Document, ...]
    outputs: tuple[Document, ...]
    channels: tuple[Channel, ...]
    opening_hours: str
    cost: Cost
    processing_days: int | None
    promised_hours: int | None
    form: tuple[FormField, ...]
    related: tuple[str, ...]
    status: ItemStatus
    attributes: msgspec.Struct


CONTENT_FIELDS = tuple(name for name in ItemContent.__struct_fields__ if name != "attributes")
"""The fields that an item takes over from its content unchanged."""
