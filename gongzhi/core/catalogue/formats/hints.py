"""What a field's type is made of, without Annotated and `| None`."""

import types
import typing
from typing import Any

import msgspec


def bare(declared: Any) -> Any:
    """The type without Annotated and without `| None`."""
    inner = without_bounds(declared)
    others = [arg for arg in typing.get_args(inner) if arg is not types.NoneType]
    is_optional = typing.get_origin(inner) in (typing.Union, types.UnionType) and len(others) == 1
    return bare(others[0]) if is_optional else inner


def without_bounds(declared: Any) -> Any:
    """The type without its Annotated."""
    return declared.__origin__ if hasattr(declared, "__metadata__") else declared


def is_nullable(declared: Any) -> bool:
    """Whether the type allows None."""
    return types.NoneType in typing.get_args(without_bounds(declared))


def element(inner: Any) -> Any:
    """X of a bare `tuple[X, ...]`, else None."""
    return bare(typing.get_args(inner)[0]) if typing.get_origin(inner) is tuple else None


def struct(inner: Any) -> type[msgspec.Struct] | None:
    """The bare type if it is a struct, else None."""
    return inner if isinstance(inner, type) and issubclass(inner, msgspec.Struct) else None


def metas(declared: Any) -> list[msgspec.Meta]:
    """The bounds and descriptions of a field."""
    return [mark for mark in getattr(declared, "__metadata__", ()) if isinstance(mark, msgspec.Meta)]


def expected(declared: Any) -> str:
    """What to write, where a value is outside the bounds of its type: the field's description if it has one."""
    for mark in metas(declared):
        if mark.description:
            return mark.description
    return "write a value within these bounds"
