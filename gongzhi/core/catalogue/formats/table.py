"""A table of text cells, as CSV and XLSX both give it, to and from the contents of a list."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from gongzhi.core.catalogue.formats.cells import Unreadable
from gongzhi.core.catalogue.formats.columns import Column, columns_of
from gongzhi.core.catalogue.formats.hints import expected
from gongzhi.core.catalogue.formats.problems import Problems, complaint
from gongzhi.core.catalogue.item import ItemContent
from gongzhi.core.catalogue.lists import ListSpec
from gongzhi.core.labels import Language

NULL = "null"
"""A cell of an attribute that says that it is null, where an empty cell would leave it out."""

Value = tuple[Any, bool]
"""What a cell says, and whether it says anything that can be used."""


class Row(msgspec.Struct, frozen=True):
    """The cells of a row as text, from the first column on. `number` counts from 1, as a spreadsheet shows it."""

    number: int
    cells: tuple[str, ...]


class Heading(msgspec.Struct, frozen=True):
    """Which column stands where, where anything is written, and whether every required column is there."""

    placed: Mapping[int, Column]
    written: frozenset[int]
    is_complete: bool


class Numbered(msgspec.Struct, frozen=True):
    """An item with the row or line that it stands in."""

    row: int
    content: ItemContent


def read_rows(rows: Sequence[Row], spec: ListSpec, problems: Problems) -> list[Numbered]:
    """The items of a table whose first row is the heading; what is wrong is added to `problems`."""
    if not rows:
        problems.add(
            "the file is empty", row=1, remedy="write the headings into the first row and an item into each other"
        )
        return []
    heading = _heading(rows[0], columns_of(spec), problems)
    if not any(column.key == "code" for column in heading.placed.values()):
        return []
    found = [_item(row, heading, problems) for row in rows[1:] if any(cell.strip() for cell in row.cells)]
    if not found:
        problems.add("there is no item below the heading", row=rows[0].number + 1, remedy="write one item in each row")
    return [item for item in found if item is not None]


def write_rows(contents: Iterable[ItemContent], spec: ListSpec, language: Language) -> list[list[str]]:
    """The heading and a row for each item."""
    columns = columns_of(spec)
    rows = [[column.heading(language) for column in columns]]
    rows.extend([_cell(content, column, language) for column in columns] for content in contents)
    return rows


def check_codes(items: Iterable[Numbered], problems: Problems) -> None:
    """A code may stand in one row only; both are named."""
    seen: dict[str, int] = {}
    for item in items:
        first = seen.setdefault(item.content.code, item.row)
        if first != item.row:
            problems.add(
                f"the code {item.content.code} stands in row {first} already",
                row=item.row,
                column="code",
                remedy="give one of the two another code, or delete one",
            )


def _heading(header: Row, columns: Sequence[Column], problems: Problems) -> Heading:
    """What the first row says. Every unknown, doubled or missing heading is a problem."""
    known = _names(columns)
    placed: dict[int, Column] = {}
    for place, cell in enumerate(header.cells):
        if not cell.strip():
            continue
        column = known.get(_folded(cell)) or known.get(_folded(cell.partition("[")[0]))
        if column is None:
            problems.add(
                f"there is no column {cell.strip()[:60]!r}",
                row=header.number,
                column=letter(place),
                remedy=_nearest(cell, known),
            )
        elif column in placed.values():
            problems.add(
                f"the column {column.zh} stands here twice",
                row=header.number,
                column=letter(place),
                remedy="delete one of them",
            )
        else:
            placed[place] = column
    written = frozenset(place for place, cell in enumerate(header.cells) if cell.strip())
    missing = [column for column in columns if column.required and column not in placed.values()]
    for column in missing:
        message = f"the column {column.zh} ({column.en}) is missing"
        problems.add(message, row=header.number, remedy="add it to the heading and fill it in")
    return Heading(placed, written, is_complete=not missing)


def _names(columns: Sequence[Column]) -> Mapping[str, Column]:
    """Every way to write a heading, folded; where two would be the same, the first column has it."""
    names: dict[str, Column] = {}
    for column in columns:
        short = column.key.removeprefix("attributes.")
        for name in (column.zh, column.en, column.key, short):
            names.setdefault(_folded(name), column)
    return names


def _nearest(cell: str, known: Mapping[str, Column]) -> str:
    near = difflib.get_close_matches(_folded(cell), known, n=1, cutoff=0.5)
    if near:
        return f"did you mean {known[near[0]].zh} ({known[near[0]].en})? otherwise delete the column"
    return "delete the column, or give it a heading of the list"


def _item(row: Row, heading: Heading, problems: Problems) -> Numbered | None:
    before = problems.count
    for place, cell in enumerate(row.cells):
        if place not in heading.written and cell.strip():
            where = {"row": row.number, "column": letter(place)}
            problems.add("this cell stands under no heading", remedy="delete it, or shift the row", **where)
    fields: dict[str, Any] = {"attributes": {}}
    for place, column in heading.placed.items():
        cell = row.cells[place] if place < len(row.cells) else ""
        value, is_given = _value(cell, column, row.number, letter(place), problems)
        if is_given:
            _put(fields, column.key, value)
    if problems.count > before or not heading.is_complete:
        return None
    return Numbered(row.number, msgspec.convert(fields, ItemContent))


def _value(cell: str, column: Column, row: int, where: str, problems: Problems) -> Value:
    place = {"row": row, "column": f"{where} {column.zh}"}
    if not cell.strip():
        if column.required:
            problems.add(f"{column.zh} ({column.en}) is missing", remedy="fill it in", **place)
        return None, False
    if column.is_attribute and column.nullable and cell.strip() == NULL:
        return None, True
    try:
        read = column.codec.read(cell)
        return msgspec.to_builtins(msgspec.convert(read, column.type)), True
    except Unreadable as error:
        problems.add(str(error), remedy=error.remedy, **place)
    except msgspec.ValidationError as error:
        problems.add(complaint(error), remedy=expected(column.type), **place)
    return None, False


def _cell(content: ItemContent, column: Column, language: Language) -> str:
    if column.is_attribute:
        return _attribute_cell(content.attributes, column, language)
    value: Any = content
    for name in column.key.split("."):
        value = getattr(value, name)
    return "" if value is None or value in ("", ()) else column.codec.write(value, language)


def _attribute_cell(attributes: Mapping[str, Any], column: Column, language: Language) -> str:
    name = column.key.removeprefix("attributes.")
    if name not in attributes:
        return ""
    value = attributes[name]
    if value is None:
        return NULL
    cell = column.codec.write(value, language) or "'"
    return f"'{cell}" if cell == NULL else cell


def _put(fields: dict[str, Any], key: str, value: Any) -> None:
    outer, _, inner = key.partition(".")
    if inner:
        fields.setdefault(outer, {})[inner] = value
    else:
        fields[outer] = value


def _folded(name: str) -> str:
    return "".join(name.split()).casefold().replace("（", "(").replace("）", ")")


def letter(place: int) -> str:
    """The letter of a column, as a spreadsheet shows it: 0 is A, 26 is AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
