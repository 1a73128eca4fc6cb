"""CSV as offices write it: UTF-8 with or without a mark, or GB18030 as a Chinese spreadsheet saves it."""

import csv
import io
from collections.abc import Iterable

from gongzhi.core.catalogue.formats.limits import MAX_COLUMNS, check_items
from gongzhi.core.catalogue.formats.problems import Problems, refusal
from gongzhi.core.catalogue.formats.table import Row

_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read(data: bytes, problems: Problems) -> list[Row]:
    """The rows of the file. Invalid where it is no text or its quotes do not close, Limited where it is too long."""
    content = _text(data, problems.file)
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=_delimiter(content), strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            if any(cell.strip() for cell in cells):
                rows.append(Row(number, tuple(cells)))
                check_items(len(rows) - 1)
                _check_width(cells, number, problems.file)
    except csv.Error as error:
        raise refusal(
            f"the row cannot be read: {error}",
            'close every quote, and write "" for a quote inside quotes',
            problems.file,
            row=reader.line_num,
        ) from None
    return rows


def write(rows: Iterable[Iterable[str]]) -> bytes:
    """The file in UTF-8 with a mark, which a spreadsheet needs in order to show Chinese."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def _text(data: bytes, file: str | None) -> str:
    """The file's text: UTF-8 if it is that, otherwise GB18030. Text in one is hardly ever valid in the other."""
    if data.startswith(_MARKS) or b"\x00" in data:
        raise refusal("the file is not a CSV in UTF-8", "save it as CSV UTF-8", file)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refusal("the file is neither in UTF-8 nor in GB18030", "save it as CSV UTF-8", file)


def _delimiter(content: str) -> str:
    """What separates the headings: a comma, or what some spreadsheets write instead."""
    head = content.partition("\n")[0]
    return max((",", ";", "\t"), key=head.count)


def _check_width(cells: list[str], number: int, file: str | None) -> None:
    if len(cells) > MAX_COLUMNS:
        raise refusal(f"the row has {len(cells)} cells", f"leave at most {MAX_COLUMNS}", file, row=number)
