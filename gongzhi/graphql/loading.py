"""What a field's resolver does, said so that the executor may do it without calling it: row by row, or for a level."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

import strawberry

T = TypeVar("T", bound=Callable[..., Any])


SOURCE = "__gongzhi_source__"
"""The attribute of a type's class that says what it is read from."""


class Source(NamedTuple):
    """Of which class a type's records are, and whether they never change."""

    record: type
    settled: bool


class Loaded(NamedTuple):
    """What a field loads: from a context to its loader, and from a source to the key in it."""

    loader: Callable[[Any], Any]
    key: Callable[[Any], Any]


def loaded(kind: Any, loader: str, key: str) -> Any:
    """The resolver of a field of this type: what a loader of the context finds for the key in an attribute.

    Null where the key is None, or where there is nothing of that key. The executor asks the loader once for all rows of
    a level instead of calling this for each.
    """
    declared = Loaded(attrgetter(loader), attrgetter(key))

    async def resolve(root: strawberry.Parent[Any], info: strawberry.Info) -> Any:
        wanted = declared.key(root)
        return None if wanted is None else await declared.loader(info.context).load(wanted)

    resolve.__annotations__["return"] = kind
    resolve.loaded = declared  # type: ignore[attr-defined]  # the executor looks for it there
    return resolve


def of_kind(reading: Callable[[str], Callable[[Any], Any]]) -> Callable[[T], T]:
    """Say how a resolver's answer follows from the name of its type and the record alone."""

    def mark(function: T) -> T:
        function.of_kind = reading  # type: ignore[attr-defined]  # the executor looks for it there
        return function

    return mark
