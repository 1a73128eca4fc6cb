"""Lists as files: CSV and XLSX with a row for each item, YAML with the whole structure. What is written reads back
to the same contents.

The columns are declared in `columns`, the cells in `cells` and `text`; `csvfile`, `workbook` and `yamlfile` know one
format each, and `limits` bounds them all.
"""

from collections.abc import Iterable
from pathlib import PurePath

import msgspec

from gongzhi.core.catalogue.fileformat import Format
from gongzhi.core.catalogue.formats import csvfile, yamlfile
from gongzhi.core.catalogue.formats.columns import Column, columns_of
from gongzhi.core.catalogue.formats.limits import check_size
from gongzhi.core.catalogue.formats.problems import Problems, refusal
from gongzhi.core.catalogue.formats.table import Numbered, check_codes, read_rows, write_rows
from gongzhi.core.catalogue.item import ItemContent
from gongzhi.core.catalogue.lists import ListSpec
from gongzhi.core.errors import Invalid
from gongzhi.core.labels import Language

SUFFIXES = {".csv": Format.csv, ".xlsx": Format.xlsx, ".yaml": Format.yaml, ".yml": Format.yaml}
"""Which endings of a filename mean which format."""


class ParsedFile(msgspec.Struct, frozen=True):
    """What a file says. `rows` has the row, or in YAML the line, of each item, for messages about it."""

    format: Format
    filename: str | None
    sheet: str | None
    contents: tuple[ItemContent, ...]
    rows: tuple[int, ...]


def format_of(filename: str) -> Format:
    """The format that a filename's ending means; Invalid for any other."""
    try:
        return SUFFIXES[PurePath(filename).suffix.lower()]
    except KeyError:
        raise Invalid.at("filename", f"{filename[:80]!r} has no known ending", f"use {', '.join(SUFFIXES)}") from None


def read(data: bytes, fmt: Format, spec: ListSpec, filename: str | None = None) -> ParsedFile:
    """The items of a file in their order.

    :raises Invalid: with every problem of the file at once.
    :raises Limited: when it is larger than `limits` allow; the rest is then not read.
    """
    check_size(data)
    if not data.strip():
        raise refusal("the file is empty", "write the list into it", filename or None, row=1)
    problems = Problems(filename or None)
    items = _items(data, fmt, spec, problems)
    check_codes(items, problems)
    problems.raise_any()
    contents = tuple(item.content for item in items)
    rows = tuple(item.row for item in items)
    return ParsedFile(fmt, problems.file, problems.sheet, contents, rows)


def write(contents: Iterable[ItemContent], spec: ListSpec, fmt: Format, language: Language = "zh") -> bytes:
    """The file that `read` reads back to the same contents. The language is that of headings and labels."""
    if fmt is Format.yaml:
        return yamlfile.write(contents, spec)
    rows = write_rows(contents, spec, language)
    if fmt is Format.csv:
        return csvfile.write(rows)
    from gongzhi.core.catalogue.formats import workbook  # its openpyxl would cost every start a fifth of a second

    return workbook.write(rows, spec.name_en if language == "en" else spec.name)


def _items(data: bytes, fmt: Format, spec: ListSpec, problems: Problems) -> list[Numbered]:
    if fmt is Format.yaml:
        return yamlfile.read(data, spec, problems)
    if fmt is Format.csv:
        return read_rows(csvfile.read(data, problems), spec, problems)
    from gongzhi.core.catalogue.formats import workbook  # as in `write`

    return read_rows(workbook.read(data, spec, problems), spec, problems)


__all__ = ["SUFFIXES", "Column", "Format", "ParsedFile", "columns_of", "format_of", "read", "write"]
