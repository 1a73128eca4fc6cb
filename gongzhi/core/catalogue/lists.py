"""Which lists there are, and what their items carry beyond the common fields.

A list is declared once as a `ListSpec`. Import columns, the typed `attributes` struct, the GraphQL type and the
documentation are derived from it. A plugin adds its own through the `gongzhi_lists` hook.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated

import msgspec

from gongzhi.core.catalogue.item import NoAttributes
from gongzhi.core.errors import Invalid, NotFound
from gongzhi.core.fields import heading


class ListKind(StrEnum):
    """What the rows of a list are."""

    services = "services"
    functions = "functions"
    tasks = "tasks"
    items = "items"


class FunctionKind(StrEnum):
    """Where a committee function comes from: law, assistance to government, supervision or self-government."""

    statutory = "statutory"
    assisting = "assisting"
    supervisory = "supervisory"
    autonomous = "autonomous"


class SubcommitteeKind(StrEnum):
    """The body of the residents' committee that performs a function; `plenary` is the committee as a whole."""

    plenary = "plenary"
    public_service = "public_service"
    property_management = "property_management"
    peoples_mediation = "peoples_mediation"
    health = "health"
    security = "security"
    culture = "culture"
    welfare = "welfare"


class DispositionKind(StrEnum):
    """What becomes of a workstation's task (减负增效: reduce burden and improve efficiency)."""

    keep = "keep"
    transfer_org = "transfer_org"
    transfer_property = "transfer_property"
    return_committee = "return_committee"
    return_department = "return_department"


class FunctionAttributes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a residents' committee function carries: its kind and the sub-committee that performs it."""

    kind: Annotated[FunctionKind, heading("职能类型", "Function kind")]
    subcommittee: Annotated[SubcommitteeKind, heading("承担的委员会", "Sub-committee")] = SubcommitteeKind.plenary


class TaskAttributes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a workstation task carries: the line department it serves and the disposition that is proposed for it."""

    line_department: Annotated[str, heading("对口职能部门", "Line department")] = ""
    line_department_en: Annotated[str, heading("对口职能部门英文名称", "Line department in English")] = ""
    proposed_disposition: Annotated[DispositionKind | None, heading("拟处置方式", "Proposed disposition")] = None


class ListSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of list: its slug, names, what its rows are, and the struct of their extra attributes."""

    slug: str
    name: str
    name_en: str
    kind: ListKind
    attributes: type[msgspec.Struct] = NoAttributes
    declared_by: str = "core"


CORE_LISTS = (
    ListSpec(
        slug="basic-services",
        name="社区基本公共服务清单",
        name_en="List of basic community public services",
        kind=ListKind.services,
    ),
    ListSpec(
        slug="value-added-services",
        name="社区增益性公共服务清单",
        name_en="List of value-added community public services",
        kind=ListKind.services,
    ),
    ListSpec(
        slug="committee-functions",
        name="居委会职能清单",
        name_en="List of residents' committee functions",
        kind=ListKind.functions,
        attributes=FunctionAttributes,
    ),
    ListSpec(
        slug="station-tasks",
        name="社区工作站任务清单",
        name_en="List of community workstation tasks",
        kind=ListKind.tasks,
        attributes=TaskAttributes,
    ),
)


class ListRegistry:
    """The lists that this system knows, by slug."""

    def __init__(self, specs: Iterable[ListSpec] = CORE_LISTS) -> None:
        self._specs: dict[str, ListSpec] = {}
        for spec in specs:
            self.add(spec)

    def add(self, spec: ListSpec) -> None:
        """Register `spec`; a slug that is taken is Invalid and names both declarers."""
        taken = self._specs.get(spec.slug)
        if taken is not None:
            raise Invalid(f"list {spec.slug!r} is declared by {taken.declared_by} and by {spec.declared_by}")
        self._specs[spec.slug] = spec

    def get(self, slug: str) -> ListSpec:
        """The list of that slug, or NotFound naming those that exist."""
        try:
            return self._specs[slug]
        except KeyError:
            raise NotFound(f"there is no list {slug[:60]!r}; there are {', '.join(sorted(self._specs))}") from None

    @property
    def specs(self) -> Mapping[str, ListSpec]:
        """All of them, in the order of registration."""
        return self._specs
