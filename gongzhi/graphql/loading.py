"""What a field's resolver does, said so that the executor may do it without calling it: row by row, or for a level."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

import strawberry

T = TypeVar("T", bound=Callable[..., Any])
Fetch = Callable[[Any, Iterable[Any]], Awaitable[Mapping[Any, Any]]]
"""From the caller and keys to what there is of them that the caller may see."""

SOURCE = "__gongzhi_source__"
"""The attribute of a type's class that says what it is read from."""


class Source(NamedTuple):
    """Of which class a type's records are, and of which those are that never change, if any are."""

    record: type
    settled: type | None


class Loaded(NamedTuple):
    """What a field loads: from a context to its loader, from a source to the key in it, and what it answers without.

    `name` is that of the key's attribute.
    """

    loader: Callable[[Any], Any]
    key: Callable[[Any], Any]
    name: str
    missing: Any = None


class Keyed(NamedTuple):
    """What a field finds by key in what a context holds: from a context to that, from a source to the key in it.

    `names` are those of the key's attributes.
    """

    known: Callable[[Any], Mapping[Any, Any]]
    key: Callable[[Any], Any]
    names: tuple[str, ...]


class OfValue(NamedTuple):
    """What a field makes of one attribute: its name, and from the name of the field's type to what makes it."""

    name: str
    make: Callable[[str], Callable[[Any], Any]]


def loaded(kind: Any, by: "Fetch | str", key: str, *, missing: Any = None) -> Any:
    """The resolver of a field of this type: what is found for the key in an attribute of the record.

        station = viewer("Where.", resolver=loaded(UStation | None, stations.stations_by_ids, "station"))

    `by` is a function of the module, as for `context.batch`, or names a loader of the context (`"loaders.account"`).
    Where the key is empty, or there is nothing of it, the answer is `missing`. The keys of all rows of a level are
    asked for at once, without calling a resolver for each.
    """
    finding = attrgetter(by) if isinstance(by, str) else lambda context: context.batches(by)
    declared = Loaded(finding, attrgetter(key), key, missing)

    async def resolve(root: strawberry.Parent[Any], info: strawberry.Info) -> Any:
        wanted = declared.key(root)
        found = await declared.loader(info.context).load(wanted) if wanted else None
        return missing if found is None else found

    resolve.__annotations__["return"] = kind
    resolve.loaded = declared  # type: ignore[attr-defined]  # the executor looks for it there
    return resolve


def by_keys(known: Callable[[Any], Mapping[Any, Any]], *names: str) -> Callable[[T], T]:
    """Say that a resolver answers what `known` of the context has for these attributes of the record, None for nothing.

    One attribute is the key itself, several are a tuple. `known` is asked for once for all rows of a level.
    """
    keyed = Keyed(known, attrgetter(*names), names)

    def mark(function: T) -> T:
        function.by_keys = keyed  # type: ignore[attr-defined]  # the executor looks for it there
        return function

    return mark


def of_value(name: str, make: Callable[[str], Callable[[Any], Any]]) -> Callable[[T], T]:
    """Say that a resolver's answer follows from the name of its type and one attribute of the record alone.

    `make` answers, for the type's name, the function of the attribute's value.
    """
    declared = OfValue(name, make)

    def mark(function: T) -> T:
        function.of_value = declared  # type: ignore[attr-defined]  # the executor looks for it there
        return function

    return mark
