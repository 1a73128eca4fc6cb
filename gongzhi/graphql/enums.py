"""The core's enums in GraphQL: names in capitals, every value described in both languages."""

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

import strawberry
from strawberry.schema.name_converter import NameConverter
from strawberry.types.enum import EnumValue, StrawberryEnumDefinition

from gongzhi.core.actors.kinds import ActorKind, Education, OrganizationSubkind, Position
from gongzhi.core.actors.records import AccountStatus, OrganizationStatus
from gongzhi.core.audit.kinds import AuditKind
from gongzhi.core.catalogue.formats import Format
from gongzhi.core.catalogue.item import (
    Audience,
    BasisKind,
    Channel,
    CostKind,
    FieldKind,
    ItemStatus,
    LifeEvent,
    Verification,
)
from gongzhi.core.catalogue.lists import DispositionKind, FunctionKind, ListKind, SubcommitteeKind
from gongzhi.core.catalogue.records import EditionState, FeedKind, OfferingStatus
from gongzhi.core.figures.registry import Qualifier
from gongzhi.core.host import State
from gongzhi.core.labels import label_of
from gongzhi.core.provenance import Provenance
from gongzhi.core.territory.records import ChangeKind, Level
from gongzhi.core.webhooks.records import DeliveryState

NAMES: dict[type[Enum], str] = {
    AccountStatus: "AccountStatus",
    ActorKind: "ActorKind",
    Audience: "Audience",
    AuditKind: "AuditLineKind",
    BasisKind: "BasisKind",
    ChangeKind: "TerritoryChangeKind",
    Channel: "Channel",
    CostKind: "CostKind",
    DeliveryState: "WebhookDeliveryState",
    DispositionKind: "DispositionKind",
    EditionState: "EditionState",
    Education: "Education",
    FeedKind: "CatalogueChangeKind",
    FieldKind: "FormFieldKind",
    Format: "FileFormat",
    FunctionKind: "FunctionKind",
    ItemStatus: "ItemStatus",
    Level: "TerritoryLevel",
    LifeEvent: "LifeEvent",
    ListKind: "ServiceListKind",
    OfferingStatus: "OfferingStatus",
    OrganizationStatus: "OrganizationStatus",
    OrganizationSubkind: "OrganizationSubkind",
    Position: "Position",
    Provenance: "Provenance",
    Qualifier: "FigureQualifier",
    State: "ModuleState",
    SubcommitteeKind: "SubcommitteeKind",
    Verification: "Verification",
}
"""The core's enums with their names in the API."""

E = TypeVar("E", bound=Enum)


def declare(kind: type[E], name: str, known: Mapping[E, tuple[str, str]] | None = None) -> type[E]:
    """Let an enum be used in types and inputs; each value is described by its labels, or by those that are `known`.

    An enum that was declared before stays as it is.
    """
    if "__strawberry_definition__" in vars(kind):
        return kind
    declared: type[E] = strawberry.enum(kind, name=name, description=_meaning(kind))
    definition: StrawberryEnumDefinition = getattr(declared, "__strawberry_definition__")  # noqa: B009 - strawberry sets it
    for value in definition.values:
        member = kind(value.value)
        chinese, english = known[member] if known else (label_of(member, "zh"), label_of(member, "en"))
        value.description = f"{chinese} · {english}"
    return declared


def _meaning(kind: type[Enum]) -> str:
    return " ".join((kind.__doc__ or "").split())


class Names(NameConverter):
    """Names as GraphQL writes them: enum values in capitals."""

    def from_enum_value(self, enum: StrawberryEnumDefinition, enum_value: EnumValue) -> str:
        """`all_residents` becomes `ALL_RESIDENTS`."""
        return super().from_enum_value(enum, enum_value).upper()


for _kind, _name in NAMES.items():
    declare(_kind, _name)
