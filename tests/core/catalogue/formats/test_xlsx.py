"""Workbooks as people and enemies make them."""

import io
import struct
import time
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from gongzhi.core.catalogue.formats import Format, read
from gongzhi.core.catalogue.formats.limits import MAX_EXPANDED_BYTES, MAX_ITEMS
from gongzhi.core.errors import Limited
from tests.core.catalogue.formats.tables import HEAD, SERVICES, codes, problems, row, xlsx


def test_numbers_typed_as_numbers_are_read_and_zeros_that_a_format_shows_are_kept() -> None:
    def zeros(_: Any, sheet: Any) -> None:
        sheet["A2"].number_format = "000"

    data = xlsx((*HEAD, "办理工作日", "英文名称"), (7, "助餐", 1.0, "养老", "5", 2018), change=zeros)
    (item,) = read(data, Format.xlsx, SERVICES).contents
    assert (item.code, item.category.code, item.processing_days, item.name_en) == ("007", "1", 5, "2018")


def merge(_: Any, sheet: Any) -> None:
    sheet.merge_cells("B2:B3")


def hide(_: Any, sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True


def formula(_: Any, sheet: Any) -> None:
    sheet["B2"] = "=A1&A2"


def error(_: Any, sheet: Any) -> None:
    sheet["B2"] = "#REF!"
    sheet["B2"].data_type = "e"


def day(_: Any, sheet: Any) -> None:
    sheet["B2"] = date(2018, 1, 1)


def far(_: Any, sheet: Any) -> None:
    sheet["XFD2"] = "x"


@pytest.mark.parametrize(
    ("change", "place", "count"),
    [
        (formula, (2, "B"), 2),
        (error, (2, "B"), 2),
        (day, (2, "B"), 2),
        (hide, (3, None), 1),
        (merge, (None, "B2:B3"), 2),
        (far, (None, None), 1),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_a_spreadsheet_calculates_hides_or_joins_is_refused(
    change: Callable[[Any, Any], None], place: tuple[int | None, str | None], count: int
) -> None:
    found = problems(xlsx(HEAD, row("A1"), row("A2"), change=change), Format.xlsx)
    assert (found[0].row, found[0].column) == place
    assert found[0].sheet == "Sheet"
    assert len(found) == count


def test_several_sheets_are_refused_unless_one_is_named_after_the_list() -> None:
    def second(title: str) -> Callable[[Any, Any], None]:
        def change(book: Any, _: Any) -> None:
            sheet = book.create_sheet(title)
            sheet.append(HEAD)
            sheet.append(row("B1"))

        return change

    (problem,) = problems(xlsx(HEAD, row("A1"), change=second("其他")), Format.xlsx)
    assert "Sheet、其他" in problem.message
    named = read(xlsx(HEAD, row("A1"), change=second(SERVICES.name)), Format.xlsx, SERVICES)
    assert (codes(named), named.sheet) == (["B1"], SERVICES.name)
    empty = read(xlsx(HEAD, row("A1"), change=lambda book, _: book.create_sheet("空")), Format.xlsx, SERVICES)
    assert codes(empty) == ["A1"]


def test_an_empty_workbook_is_refused() -> None:
    assert len(problems(xlsx(), Format.xlsx)) == 1


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (MAX_EXPANDED_BYTES + 1))
    return out.getvalue()


def lying_bomb() -> bytes:
    """The same, with a size in its directory that claims a hundred bytes."""
    data = bytearray(bomb())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 100)
    return bytes(data)


def test_a_zip_bomb_is_limited_without_being_unpacked() -> None:
    started = time.monotonic()
    with pytest.raises(Limited) as caught:
        read(bomb(), Format.xlsx, SERVICES)
    assert caught.value.details["limit"] == "import_expanded_bytes"
    assert time.monotonic() - started < 1


def with_entities() -> bytes:
    source = zipfile.ZipFile(io.BytesIO(xlsx(HEAD, row("A1"))))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in source.namelist():
            text = source.read(name)
            if name.endswith("sheet1.xml"):
                text = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + text
            archive.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense",
        b"\xd0\xcf\x11\xe0 old",
        xlsx(HEAD)[:-400],
        lying_bomb(),
        with_entities(),
        b"PK\x05\x06" + b"\0" * 18,
    ],
    ids=["text", "xls", "cut", "lying bomb", "entities", "empty archive"],
)
def test_what_is_no_sound_workbook_is_refused(data: bytes) -> None:
    assert len(problems(data, Format.xlsx)) == 1


def million(rows: str, count: int = 1_000_000) -> bytes:
    """A workbook whose sheet goes on with this a million times."""
    source = zipfile.ZipFile(io.BytesIO(xlsx(HEAD, row("A1"))))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            text = source.read(name)
            if name.endswith("sheet1.xml"):
                text = text.replace(b"</sheetData>", rows.encode() * count + b"</sheetData>")
            archive.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("rows", "limit"),
    [
        ("<row><c><v>1</v></c></row>", "import_items"),
        ("<row><c><v>10000000000000</v></c></row>", "import_expanded_bytes"),
        ("<row/>", "import_rows"),
        ('<row><c s="0"/></row>', "import_rows"),
        ('<row><c r="XFD3"/></row>', "import_rows"),
    ],
)
def test_a_million_rows_are_limited_early(rows: str, limit: str) -> None:
    data = million(rows)
    started = time.monotonic()
    with pytest.raises(Limited) as caught:
        read(data, Format.xlsx, SERVICES)
    assert caught.value.details["limit"] == limit
    assert time.monotonic() - started < 10


def test_the_limit_of_items_counts_rows_with_content() -> None:
    rows = [row(f"A{number}") for number in range(MAX_ITEMS)]
    assert len(read(xlsx(HEAD, *rows), Format.xlsx, SERVICES).contents) == MAX_ITEMS


def test_a_cell_in_the_last_row_is_not_searched_for() -> None:
    with pytest.raises(Limited) as caught:
        read(million('<row r="1048576"><c r="A1048576"><v>1</v></c></row>', 1), Format.xlsx, SERVICES)
    assert caught.value.details["limit"] == "import_rows"
