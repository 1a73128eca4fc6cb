"""XLSX: one sheet of text. What a spreadsheet calculates, hides or joins is refused with its place."""

import io
import warnings
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils.exceptions import InvalidFileException

from gongzhi.core.catalogue.formats import archive, layout
from gongzhi.core.catalogue.formats.limits import MAX_COLUMNS, check_items, check_row
from gongzhi.core.catalogue.formats.problems import Problems, refusal
from gongzhi.core.catalogue.formats.table import Row, letter
from gongzhi.core.catalogue.lists import ListSpec
from gongzhi.core.errors import Limited

MAX_CELL = 32_767
"""Characters that a spreadsheet keeps in a cell."""

_WIDTH = 24
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_BOLD = Font(bold=True)
_DAMAGED = (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, zipfile.BadZipFile, layout.ParseError)
"""What openpyxl raises over a workbook whose parts do not fit together."""


def read(data: bytes, spec: ListSpec, problems: Problems) -> list[Row]:
    """The rows of the sheet that holds the list, with every formula, error, date, merged cell and hidden row reported.

    The name of the sheet is put into `problems`. Invalid where there is no such sheet, Limited where it is too long.
    """
    archive.check(data, problems.file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that it drops, and none is read
            return _rows(data, spec, problems)
    except (InvalidFileException, *_DAMAGED):
        raise refusal("the workbook is damaged", "open it in a spreadsheet and save it again", problems.file) from None


def write(rows: Sequence[Sequence[str]], title: str) -> bytes:
    """A workbook with one sheet, every cell formatted as text, so that codes keep their zeros."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join("-" if character in "[]:*?/\\" else character for character in title)[:31])
    sheet.freeze_panes = "B2"
    for place in range(len(rows[0])):
        sheet.column_dimensions[letter(place)].width = _WIDTH
    for number, row in enumerate(rows):
        sheet.append([_written(sheet, cell, is_heading=number == 0) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _written(sheet: Any, text: str, is_heading: bool) -> Any:
    if not text:
        return None
    if len(text) > MAX_CELL:
        raise Limited(
            f"a cell would hold {len(text):,} characters; export this edition as CSV or YAML",
            limit="xlsx_cell",
            value=MAX_CELL,
            actual=len(text),
        )
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.number_format = "@"
    cell.alignment = _WRAPPED
    if is_heading:
        cell.font = _BOLD
    return cell


def _rows(data: bytes, spec: ListSpec, problems: Problems) -> list[Row]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        sheet = _sheet(book, spec, problems.file)
        problems.sheet = sheet.title
        rows = _cells(sheet, problems)
        with zipfile.ZipFile(io.BytesIO(data)) as container, container.open(sheet._worksheet_path) as part:
            _report_layout(layout.scan(part), problems)
        return rows
    finally:
        book.close()


def _sheet(book: Any, spec: ListSpec, file: str | None) -> Any:
    """The only sheet with content, or the one that is named after the list."""
    sheets = book.worksheets
    for sheet in sheets:
        sheet.reset_dimensions()
    filled = [sheet for sheet in sheets if _is_filled(sheet)]
    named = [sheet for sheet in filled if sheet.title.strip() in (spec.slug, spec.name[:31], spec.name_en[:31])]
    if len(filled) == 1 or len(named) == 1:
        return (named if len(named) == 1 else filled)[0]
    if not filled:
        raise refusal("the workbook is empty", "write the headings into the first row", file, row=1)
    names = "、".join(sheet.title for sheet in filled)
    raise refusal(
        f"{len(filled)} sheets hold something: {names}", f"delete all but one, or name one of them {spec.name}", file
    )


def _is_filled(sheet: Any) -> bool:
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), 1):
        check_row(number)
        if any(cell.value is not None for cell in row):
            return True
    return False


def _cells(sheet: Any, problems: Problems) -> list[Row]:
    rows: list[Row] = []
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), 1):
        check_row(number)
        texts = [_text(cell, number, place, problems) for place, cell in enumerate(cells)]
        while texts and not texts[-1].strip():
            texts.pop()
        if texts:
            rows.append(Row(number, tuple(texts)))
            check_items(len(rows) - 1)
    return rows


def _text(cell: Any, row: int, place: int, problems: Problems) -> str:
    """The cell's text. What is no text, and can be none without guessing, is reported and taken as blank."""
    value = cell.value
    if value is None:
        return ""
    where = {"row": row, "column": letter(place)}
    if cell.data_type == "f":
        problems.add("this cell is a formula", remedy="paste its value instead of the formula", **where)
    elif cell.data_type == "e":
        problems.add(f"this cell shows an error: {value}", remedy="correct the cell", **where)
    elif isinstance(value, datetime | date | time | timedelta):
        problems.add("this cell is a date", remedy="format the cell as text and write it again", **where)
    else:
        return _plain(value, cell.number_format)
    return ""


def _plain(value: object, number_format: str) -> str:
    """Text as it is, a number in plain digits, with leading zeros where the cell's format shows them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int) and number_format.strip("0") == "":
        return str(value).zfill(len(number_format))
    return str(value)


def _report_layout(found: layout.Layout, problems: Problems) -> None:
    for row in found.hidden:
        problems.add("this row is hidden", row=row, remedy="show it, or delete it")
    for area in found.merged:
        problems.add("these cells are merged", column=area, remedy="unmerge them and fill in each")
    if found.beyond:
        problems.add(
            f"there is something in cell {found.beyond}", remedy=f"leave columns after {letter(MAX_COLUMNS - 1)} empty"
        )
