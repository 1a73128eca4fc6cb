"""Field types with their bounds, and the check that applies them to a whole command."""

from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from gongzhi.core.errors import Invalid, Problem

Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""A stable code: letters, digits, dot, underscore and hyphen, at most 64, beginning with a letter or digit."""

Name = Annotated[str, Meta(min_length=1, max_length=120, pattern=r"\S")]
NameEn = Annotated[str, Meta(max_length=200)]
LongName = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
LongNameEn = Annotated[str, Meta(max_length=300)]
Note = Annotated[str, Meta(max_length=2000)]
Text = Annotated[str, Meta(max_length=4000)]
Count = Annotated[int, Meta(ge=0, le=2_000_000_000)]
Version = Annotated[int, Meta(ge=1)]

Command = TypeVar("Command", bound=msgspec.Struct)


def checked(command: Command, field: str = "") -> Command:
    """The same command, or Invalid naming the first field that is out of bounds. Python builds structs unchecked."""
    try:
        return msgspec.convert(msgspec.to_builtins(command), type(command))
    except msgspec.ValidationError as error:
        raise Invalid("the input is not valid", [problem_of(error, field)]) from None


def problem_of(error: msgspec.ValidationError, field: str = "") -> Problem:
    """A validation error of msgspec as a Problem with the dotted path of the field."""
    message, _, place = str(error).partition(" - at `$")
    path = place.rstrip("`").replace("[", ".").replace("]", "")
    return Problem(message=message, field=(field + path).lstrip(".") or None)


def given(command: msgspec.Struct, *without: str) -> dict[str, object]:
    """The fields of an update that are not None, as the database takes them (enums by value)."""
    values = {name: value for name, value in msgspec.structs.asdict(command).items() if name not in without}
    return {name: getattr(value, "value", value) for name, value in values.items() if value is not None}
