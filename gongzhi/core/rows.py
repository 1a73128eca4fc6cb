"""Rows as records, by a function that is written for each kind of record: a page reads a hundred of them.

`records.as_record` does the same for whatever holds a record's fields, and checks every value, at three times the cost.
Here values are taken as the columns give them: the types of columns are what they are declared as on both engines.
"""

import types
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from gongzhi.core.errors import Internal

R = TypeVar("R", bound=msgspec.Struct)
PLAIN = (str, int, bool, float, UUID, date, datetime)
Row = Mapping[str, Any]
DOCUMENTS = 4096
"""Texts of nested records that are kept as what they say, for each kind: most rows of a table say the same."""


class Unread:
    """In the place of a field of which nobody said that it is needed. Whoever uses it after all is told."""

    def _refuse(self, *_: object) -> Any:
        raise Internal("A field is used that was not read: say that it is needed (`PageRequest.wanted`).")

    __getattr__ = __bool__ = __eq__ = __hash__ = __iter__ = __len__ = __str__ = __format__ = __lt__ = __gt__ = _refuse


UNREAD: Any = Unread()


def reader(kind: type[R], beside: str = "", only: Collection[str] | None = None) -> Callable[[Row], R]:
    """The function from a row of a table to the record `kind`. A nested record is JSON text in its column.

    With `beside`, from a row beside which that of the record stands, which the foreign key of this name names. With
    `only`, from a row that has the columns of these fields; the others are `UNREAD`.

    :raises TypeError: a field is of a type that no column holds as it is; use `as_record`.
    """
    hints = get_type_hints(kind)
    scope: dict[str, Any] = {"kind": kind, "unread": UNREAD}
    parts = []
    for name in kind.__struct_fields__:
        if only is not None and name not in only:
            parts.append(f"{name}=unread")
            continue
        inner, optional = _inner(hints[name])
        column = f"row[{(f'{beside}.{name}' if beside else name)!r}]"
        value = column
        if inner not in PLAIN:
            scope[f"read_{name}"] = _conversion(inner)
            value = f"read_{name}({value})"
            if optional:
                value = f"None if {column} is None else {value}"
        parts.append(f"{name}={value}")
    source = f"def read(row):\n    return kind({', '.join(parts)})\n"
    exec(source, scope)  # noqa: S102  # the names are those of a struct's fields, and no text of anybody else
    made: Callable[[Row], R] = scope["read"]
    return made


def held(kind: type[msgspec.Struct]) -> Mapping[str, type]:
    """The fields of a record whose columns hold them as they are, or, of enums, their values; with their types."""
    hints = get_type_hints(kind)
    found = {name: _inner(hints[name])[0] for name in kind.__struct_fields__}
    return {name: inner for name, inner in found.items() if inner in PLAIN or _is(inner, Enum)}


def _is(inner: Any, kind: type) -> bool:
    return isinstance(inner, type) and issubclass(inner, kind)


def _inner(hint: Any) -> tuple[Any, bool]:
    """A field's type without its notes and without None, and whether it may be None."""
    if get_origin(hint) is Annotated:
        return _inner(get_args(hint)[0])
    if get_origin(hint) in (Union, types.UnionType):
        given = [each for each in get_args(hint) if each is not type(None)]
        return (_inner(given[0])[0], True) if len(given) == 1 else (hint, True)
    return hint, False


def _conversion(inner: Any) -> Callable[[Any], Any]:
    if _is(inner, Enum):
        members: Callable[[Any], Any] = inner._value2member_map_.__getitem__
        return members
    if _is(inner, msgspec.Struct):
        return lru_cache(maxsize=DOCUMENTS)(msgspec.json.Decoder(inner).decode)
    raise TypeError(f"{inner} is not a column's type")
