"""Short ways to make files that a person, or an enemy, might send."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest

from gongzhi.core.catalogue.formats import Format, ParsedFile, read
from gongzhi.core.catalogue.lists import ListRegistry, ListSpec
from gongzhi.core.errors import Invalid, Problem

SERVICES: ListSpec = ListRegistry().get("basic-services")
FUNCTIONS: ListSpec = ListRegistry().get("committee-functions")
HEAD = ("编码", "名称", "类别编码", "类别")


def row(code: str, name: str = "助餐", category: str = "C1", heading: str = "老有所养") -> tuple[str, ...]:
    """The cells under HEAD."""
    return (code, name, category, heading)


def csv(*rows: Sequence[str], encoding: str = "utf-8") -> bytes:
    """A CSV of these rows, without any quotes."""
    return "\r\n".join(",".join(cells) for cells in rows).encode(encoding)


def xlsx(*rows: Sequence[Any], change: Callable[[Any, Any], None] | None = None) -> bytes:
    """A workbook of these rows; `change` takes the workbook and its sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    for cells in rows:
        sheet.append(list(cells))
    if change is not None:
        change(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def problems(data: bytes, fmt: Format, spec: ListSpec = SERVICES, filename: str = "f") -> tuple[Problem, ...]:
    """What is wrong with a file that must be Invalid."""
    with pytest.raises(Invalid) as caught:
        read(data, fmt, spec, filename)
    found = caught.value.problems
    assert found
    assert all(problem.file == filename and problem.remedy for problem in found), found
    return found


def codes(parsed: ParsedFile) -> list[str]:
    """The codes of the items, in order."""
    return [content.code for content in parsed.contents]
