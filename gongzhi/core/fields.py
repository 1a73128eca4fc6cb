"""Field types with their bounds, and the check that applies them to a whole command."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from gongzhi.core.errors import Invalid, Problem

Code = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$(?!\n)",
        description="Stable code: letters, digits, dot, underscore, hyphen; at most 64, the first a letter or digit.",
    ),
]
Name = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"\S", description="Name in Chinese.")]
NameEn = Annotated[str, Meta(max_length=200, description="Name in English.")]
LongName = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S", description="Name in Chinese.")]
LongNameEn = Annotated[str, Meta(max_length=300, description="Name in English.")]
Note = Annotated[str, Meta(max_length=2000, description="A remark for people.")]
Text = Annotated[str, Meta(max_length=4000, description="Plain text.")]
Count = Annotated[int, Meta(ge=0, le=2_000_000_000, description="A number that is not negative.")]
MOST_FEN = 10**14
"""A million million yuan: more than any account holds, and exact in JSON and JavaScript."""
Fen = Annotated[int, Meta(ge=1, le=MOST_FEN, description="An amount of money in fen, hundredths of a yuan.")]
Version = Annotated[
    int, Meta(ge=1, description="The version that you saw; CONFLICT if the record has changed since, nothing written.")
]
Path = Annotated[str, Meta(max_length=255, description="A territory path, such as /futian/nanyuan/dongyuan.")]
Day = Annotated[date, Meta(description="A day in the district's civil time; today where it is left out.")]


def node(kind: str, description: str) -> Meta:
    """What marks a UUID as the id of a record: the API takes and gives it as a global id of `kind`."""
    return Meta(description=description, extra_json_schema={"node": kind})


def heading(chinese: str, english: str) -> Meta:
    """What stands above the field's column in a list's table, in files and documentation."""
    return Meta(title=chinese, extra_json_schema={"title_en": english})


Command = TypeVar("Command", bound=msgspec.Struct)


def checked(command: Command, field: str = "") -> Command:
    """The same command, or Invalid naming the first field that is out of bounds. Python builds structs unchecked."""
    plain = msgspec.to_builtins(command)
    try:
        same = msgspec.convert(plain, type(command))
    except msgspec.ValidationError as error:
        raise Invalid("the input is not valid", [problem_of(error, field)]) from None
    if not _seems_storable(plain) and (
        problems := [
            Problem(message="this text holds a NUL or half a character", field=place, remedy="remove it")
            for place in _unstorable(plain, field)
        ]
    ):
        raise Invalid("the input is not valid", problems)
    return same


def _seems_storable(plain: object) -> bool:
    """Whether no text in it is looked at more closely: nearly all of them are well."""
    try:
        return b"\\u0000" not in msgspec.json.encode(plain)
    except UnicodeEncodeError:
        return False


def _unstorable(value: object, field: str) -> Iterator[str]:
    """Where texts stand that PostgreSQL cannot hold, and that SQLite shall not hold either."""
    if isinstance(value, str):
        if "\0" in value or not (value.isascii() or _whole(value)):
            yield field
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _unstorable(inner, f"{field}.{name}".lstrip("."))
    elif isinstance(value, Sequence):
        for index, inner in enumerate(value):
            yield from _unstorable(inner, f"{field}.{index}".lstrip("."))


def _whole(text: str) -> bool:
    """Whether it is made of whole characters only."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def problem_of(error: msgspec.ValidationError, field: str = "") -> Problem:
    """A validation error of msgspec as a Problem with the dotted path of the field."""
    message, _, place = str(error).partition(" - at `$")
    path = place.rstrip("`").replace("[", ".").replace("]", "")
    return Problem(message=message, field=(field + path).lstrip(".") or None)


def given(command: msgspec.Struct, *without: str) -> dict[str, object]:
    """The fields of an update that are not None, as the database takes them (enums by value)."""
    values = {name: value for name, value in msgspec.structs.asdict(command).items() if name not in without}
    return {name: getattr(value, "value", value) for name, value in values.items() if value is not None}
