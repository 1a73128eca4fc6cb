"""The page on service lists: which there are, and the columns of their files."""

import typing
from collections.abc import Iterable, Iterator
from enum import Enum

from docs.markdown import code, heading, table
from gongzhi.core.catalogue.formats import Column, columns_of
from gongzhi.core.catalogue.lists import CORE_LISTS, ListRegistry
from gongzhi.core.labels import label_of

HEAD = ("field", "heading", "English heading", "needed", "values")


def lists() -> Iterator[str]:
    """The lists of the core with their columns."""
    yield from heading(
        "Lists",
        "The service lists of the core. CSV and XLSX files have one row for each item, under Chinese or English "
        "headings in any order; YAML has the fields by name.",
    )
    yield from ("## Columns of every list", "")
    yield from table(HEAD, map(_row, _common()))
    for spec in ListRegistry().specs.values():
        yield from ("", f"## `{spec.slug}`", "", f"{spec.name} ({spec.name_en}); rows are {spec.kind}.")
        own = [column for column in columns_of(spec) if column.is_attribute]
        if own:
            yield from ("", "Columns of its own:", "", *table(HEAD, map(_row, own)))


def _common() -> Iterable[Column]:
    return (column for column in columns_of(CORE_LISTS[0]) if not column.is_attribute)


def _row(column: Column) -> tuple[str, ...]:
    values = ", ".join(f"{code(str(one.value))} {label_of(one, 'zh')}" for one in _choices(column.type))
    needed = "yes" if column.required else ""
    return code(column.key), column.heading("zh"), column.heading("en"), needed, values


def _choices(annotation: object) -> list[Enum]:
    """The members of the enum that a column's cells are of, if they are."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return list(annotation)
    return next((found for part in typing.get_args(annotation) if (found := _choices(part))), [])
