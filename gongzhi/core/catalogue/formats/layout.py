"""What a sheet hides or joins: hidden rows, merged cells and cells far to the right, none of which is read silently."""

import re
from typing import IO
from xml.etree.ElementTree import ParseError, iterparse

import msgspec

from gongzhi.core.catalogue.formats.limits import MAX_COLUMNS

_CELL = re.compile(r"([A-Z]+)[0-9]+")


class Layout(msgspec.Struct, frozen=True):
    """Numbers of hidden rows, ranges of merged cells, and the first cell beyond the columns that are read."""

    hidden: tuple[int, ...]
    merged: tuple[str, ...]
    beyond: str | None


def scan(sheet: IO[bytes]) -> Layout:
    """The layout of a worksheet's XML. The container was checked before: entities are refused there.

    :raises ParseError: where it is not well-formed.
    """
    hidden: list[int] = []
    merged: list[str] = []
    beyond: str | None = None
    row = 0
    for _, element in iterparse(sheet):  # noqa: S314 - no entities, see archive.check
        tag = element.tag.rpartition("}")[2]
        if tag == "c" and beyond is None and _place(element.get("r", "")) > MAX_COLUMNS:
            beyond = element.get("r")
        elif tag == "row":
            row = int(element.get("r") or row + 1)
            if element.get("hidden") in ("1", "true") and len(element):
                hidden.append(row)
            element.clear()
        elif tag == "mergeCell":
            merged.append(element.get("ref", ""))
    return Layout(tuple(hidden), tuple(merged), beyond)


def _place(reference: str) -> int:
    """The number of a cell's column, from 1; 0 where it is not stated."""
    match = _CELL.match(reference)
    number = 0
    for character in match[1] if match else "":
        number = number * 26 + ord(character) - ord("A") + 1
    return number


__all__ = ["Layout", "ParseError", "scan"]
