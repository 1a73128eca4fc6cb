"""The columns of a list's table: one declaration for reading, writing, messages and documentation.

A column is a field of ItemContent, of one of its single parts (category, cost), or of the list's own attributes. What
kind of cell it has follows from the field's type; only the headings are written down here. A list names its
attributes' headings with `gongzhi.core.fields.heading`.
"""

import typing
from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import Any

import msgspec

from gongzhi.core.catalogue.formats import cells, hints
from gongzhi.core.catalogue.formats.cells import Codec
from gongzhi.core.catalogue.item import ItemContent
from gongzhi.core.catalogue.lists import ListSpec
from gongzhi.core.errors import Internal
from gongzhi.core.labels import Language

HEADINGS = {
    "code": ("编码", "Code"),
    "name": ("名称", "Name"),
    "name_en": ("英文名称", "Name in English"),
    "description": ("说明", "Description"),
    "description_en": ("英文说明", "Description in English"),
    "category.code": ("类别编码", "Category code"),
    "category.name": ("类别", "Category"),
    "category.name_en": ("类别英文名称", "Category in English"),
    "keywords": ("关键词", "Keywords"),
    "audience": ("服务对象", "Audience"),
    "life_events": ("生活事件", "Life events"),
    "competent": ("主管主体", "Competent authority"),
    "provider": ("提供主体", "Provider"),
    "basis": ("法律依据", "Legal basis"),
    "documents": ("申请材料", "Documents"),
    "outputs": ("办理结果", "Outputs"),
    "channels": ("办理渠道", "Channels"),
    "opening_hours": ("开放时间", "Opening hours"),
    "cost.kind": ("收费方式", "Cost"),
    "cost.fen": ("金额（分）", "Amount (fen)"),
    "cost.note": ("收费说明", "Cost note"),
    "processing_days": ("办理工作日", "Processing days"),
    "promised_hours": ("承诺时限（小时）", "Promised hours"),
    "form": ("表单字段", "Form fields"),
    "related": ("关联事项", "Related items"),
    "status": ("状态", "Status"),
}
"""The (Chinese, English) heading of every column that all lists have, in the order of the table."""

PART_HEADINGS = {
    "code": ("编码", "code"),
    "name": ("名称", "name"),
    "name_en": ("英文名称", "name in English"),
    "version": ("版本", "version"),
    "article": ("条款", "article"),
    "kind": ("类型", "kind"),
    "verification": ("核验程度", "verification"),
    "required": ("必需", "required"),
    "choices": ("选项", "choices"),
}
"""How a heading names the parts of a line that has several."""


class Column(msgspec.Struct, frozen=True):
    """One column. `key` is the dotted path of the field; `nullable` allows an explicit null in attributes."""

    key: str
    zh: str
    en: str
    codec: Codec
    type: Any
    required: bool
    nullable: bool
    parts: tuple[tuple[str, str], ...] = ()

    def heading(self, language: Language) -> str:
        """What stands above the column; for lines of several parts the parts follow in brackets."""
        name = self.en if language == "en" else self.zh
        names = [pair[1] if language == "en" else pair[0] for pair in self.parts]
        if not names:
            return name
        return f"{name} [{' | '.join(names)}]"

    @property
    def is_attribute(self) -> bool:
        """Whether it is one of the list's own."""
        return self.key.startswith("attributes.")


@cache
def columns_of(spec: ListSpec) -> tuple[Column, ...]:
    """The columns of a list, in the order in which they are written."""
    fields = [column for column in _flattened(ItemContent, "") if column.key != "attributes"]
    order = {key: place for place, key in enumerate(HEADINGS)}
    fields.sort(key=lambda column: order[column.key])
    return (*fields, *_flattened(spec.attributes, "attributes."))


def _flattened(kind: type[msgspec.Struct], prefix: str) -> Iterator[Column]:
    annotations = typing.get_type_hints(kind, include_extras=True)
    for field in msgspec.structs.fields(kind):
        declared = annotations[field.name]
        bare = hints.bare(declared)
        if (part := hints.struct(bare)) is not None:
            yield from _flattened(part, f"{prefix}{field.name}.")
        elif bare is not dict and typing.get_origin(bare) is not dict:
            yield _column(f"{prefix}{field.name}", declared, required=field.required)


def _column(key: str, declared: Any, required: bool) -> Column:
    chinese, english = HEADINGS.get(key) or _declared_heading(key, declared)
    bare = hints.bare(declared)
    return Column(
        key=key,
        zh=chinese,
        en=english,
        codec=_codec(bare, key),
        type=declared,
        required=required,
        nullable=hints.is_nullable(declared),
        parts=_part_headings(bare),
    )


def _codec(bare: Any, key: str) -> Codec:
    """The codec that a type calls for; Internal where a list declares a type that no cell can hold."""
    scalar = _scalar(bare)
    if scalar is not None:
        return cells.TEXT if scalar is cells.PART else scalar
    inner = hints.element(bare)
    if inner is not None and (one := _scalar(inner)) is not None:
        return cells.several(one)
    if (entry := hints.struct(inner)) is not None:
        annotations = typing.get_type_hints(entry, include_extras=True)
        return cells.entries(
            entry, {name: _part_codec(hints.bare(hint), f"{key}.{name}") for name, hint in annotations.items()}
        )
    raise Internal(f"the attribute {key} has a type that no table can show")


def _part_codec(bare: Any, key: str) -> Codec:
    scalar = _scalar(bare)
    if scalar is not None:
        return scalar
    inner = hints.element(bare)
    one = _scalar(inner) if inner is not None else None
    if one is None:
        raise Internal(f"the attribute {key} has a type that no table can show")
    return cells.several_in_part(one)


def _scalar(bare: Any) -> Codec | None:
    if isinstance(bare, type) and issubclass(bare, Enum):
        return cells.choice(bare)
    return {str: cells.PART, int: cells.INTEGER, float: cells.NUMBER, bool: cells.TRUTH}.get(bare)


def _declared_heading(key: str, declared: Any) -> tuple[str, str]:
    """The heading that an attribute declares, or its name."""
    name = key.rpartition(".")[2]
    for mark in hints.metas(declared):
        if mark.title:
            extra = mark.extra_json_schema or {}
            return mark.title, str(extra.get("title_en", name))
    return name, name


def _part_headings(bare: Any) -> tuple[tuple[str, str], ...]:
    entry = hints.struct(hints.element(bare))
    return tuple(PART_HEADINGS.get(name, (name, name)) for name in entry.__struct_fields__) if entry else ()
