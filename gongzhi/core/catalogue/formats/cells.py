"""What a cell of a column says: from text to a value that the field's type checks, and back.

A codec reads into builtins and reports what it cannot read as a `ValueError` whose text is shown to the clerk; bounds
are checked afterwards against the field's own type.
"""

import difflib
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Any

import msgspec

from gongzhi.core.catalogue.formats import text
from gongzhi.core.labels import Language, labels

YES = {"是": True, "yes": True, "true": True, "1": True, "否": False, "no": False, "false": False, "0": False}
"""How a cell says yes or no."""


class Codec(msgspec.Struct, frozen=True):
    """`read` takes the text of a cell that is not blank; `write` gives the text for a value."""

    read: Callable[[str], Any]
    write: Callable[[Any, Language], str]


class Unreadable(ValueError):
    """The cell does not say what its column expects; `remedy` says what to write."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


def _integer(cell: str) -> int:
    written = text.unguard(cell).strip()
    if not written.isascii() or not written.lstrip("-").isdigit() or len(written) > 18:
        raise Unreadable(f"{written[:40]!r} is not a whole number", "write digits only, without a unit")
    return int(written)


def _number(cell: str) -> float:
    try:
        return float(text.unguard(cell).strip())
    except ValueError:
        raise Unreadable(f"{cell[:40]!r} is not a number", "write digits, with a point for decimals") from None


def _truth(cell: str) -> bool:
    written = text.decode_part(cell).strip().casefold()
    if written not in YES:
        raise Unreadable(f"{cell[:40]!r} is neither yes nor no", "write 是 or 否, yes or no")
    return YES[written]


def _truth_label(value: bool, language: Language) -> str:
    if language == "en":
        return "yes" if value else "no"
    return "是" if value else "否"


TEXT = Codec(text.decode, lambda value, _: text.encode(value) if value else "'")
INTEGER = Codec(_integer, lambda value, _: str(value))
NUMBER = Codec(_number, lambda value, _: repr(value))
TRUTH = Codec(_truth, _truth_label)
PART = Codec(text.decode_part, lambda value, _: text.encode_part(value))


@cache
def choice(kind: type[Enum]) -> Codec:
    """The codec of an enum: labels in either language or the code are read, labels are written."""
    known = readings(kind)

    def read(cell: str) -> str:
        written = text.decode_part(text.unguard(cell))
        try:
            return str(known[_folded(written)].value)
        except KeyError:
            allowed = "、".join(pair[0] for pair in labels(kind).values())
            near = difflib.get_close_matches(_folded(written), known, n=1)
            hint = f"did you mean {labels(kind)[known[near[0]]][0]}? " if near else ""
            raise Unreadable(f"{written[:40]!r} is not one of the values", f"{hint}write one of: {allowed}") from None

    def write(value: Any, language: Language) -> str:
        pair = labels(kind)[kind(value)]
        return text.encode_part(pair[1] if language == "en" else pair[0])

    return Codec(read, write)


@cache
def readings(kind: type[Enum]) -> Mapping[str, Enum]:
    """Every way to write a member: its code and its labels, without regard to case and blanks."""
    found: dict[str, Enum] = {}
    for member, pair in labels(kind).items():
        for written in (str(member.value), *pair):
            found[_folded(written)] = member
    return found


def several(one: Codec) -> Codec:
    """The codec of a tuple of short values in a cell of its own, `;` between them."""

    def read(cell: str) -> list[Any]:
        return _read_values(one, text.unguard(cell))

    def write(values: Any, language: Language) -> str:
        mark = "; " if language == "en" else "；"
        return text.guard(mark.join(one.write(value, language) for value in values))

    return Codec(read, write)


def several_in_part(one: Codec) -> Codec:
    """The same as one part of a line, where no apostrophe guards the start."""
    return Codec(
        lambda part: _read_values(one, part),
        lambda values, language: "; ".join(one.write(value, language) for value in values),
    )


def _read_values(one: Codec, written: str) -> list[Any]:
    return [one.read(part) for part in text.split(written, text.VALUES) if part.strip()]


def entries(kind: type[msgspec.Struct], codecs: Mapping[str, Codec]) -> Codec:
    """The codec of a tuple of structs: a line each, `|` between their fields, trailing defaults left out."""
    fields = msgspec.structs.fields(kind)

    def read_one(line: str) -> dict[str, Any]:
        parts = text.split(line, text.PARTS)
        if len(parts) > len(fields):
            raise Unreadable(
                f"a line has {len(parts)} parts, and there are only {len(fields)}",
                r"write \| for a vertical bar that belongs to the text",
            )
        pairs = zip(fields, parts, strict=False)
        return {field.name: codecs[field.name].read(part) for field, part in pairs if part.strip()}

    def write_one(value: Any, language: Language) -> str:
        parts = [
            "" if (given := getattr(value, field.name)) == field.default else codecs[field.name].write(given, language)
            for field in fields
        ]
        while parts and not parts[-1]:
            parts.pop()
        return " | ".join(parts)

    def read(cell: str) -> list[dict[str, Any]]:
        return [read_one(line) for line in text.split(text.unguard(cell), "\n") if line.strip()]

    def write(values: Any, language: Language) -> str:
        return text.guard("\n".join(write_one(value, language) for value in values))

    return Codec(read, write)


def _folded(written: str) -> str:
    return "".join(written.split()).casefold()
