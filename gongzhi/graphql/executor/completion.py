"""Completing plain values: what a value of a leaf type, or a list of such, becomes in the answer."""

from collections.abc import AsyncIterable, Awaitable, Callable, Mapping
from datetime import date
from functools import lru_cache
from inspect import iscoroutine
from types import GeneratorType
from typing import Any

from graphql import GraphQLEnumType, GraphQLLeafType, GraphQLScalarType, Undefined
from graphql.pyutils import UndefinedType

from gongzhi.core.parts import Unmade

Complete = Callable[[Any], Any]
"""From a resolved value to the completed one."""


class Unplanned(Exception):
    """A value is not what a plan expects; graphql-core completes it instead, and says what is wrong if anything is."""


MOST_DAYS = 10_000
"""Days of which is kept what a scalar makes of them: those of 27 years."""
MOST_NEGATIVE, MOST_POSITIVE = -(2**31), 2**31 - 1
"""The numbers of GraphQL's Int."""


@lru_cache(maxsize=1024)
def settled(kind: type) -> bool:
    """Whether values of a class are answers as they are: not an error, not something to wait for, not Undefined."""
    return not issubclass(kind, Exception | Awaitable | AsyncIterable | GeneratorType | UndefinedType)


def discard(found: Any) -> None:
    """Close coroutines that a resolver began and nobody will wait for: it is asked again."""
    for each in found if isinstance(found, list | tuple) else (found,):
        if iscoroutine(each):
            each.close()


def leaf(kind: GraphQLLeafType, *, nullable: bool) -> Complete:
    """How values of a scalar or an enum are completed; null stays null, or is not as planned."""
    if isinstance(kind, GraphQLEnumType):
        return _named(names_of(kind, nullable=nullable))
    accepts = ACCEPTS.get(kind.name)
    return _coerced(kind, nullable) if accepts is None else _accepted(accepts, nullable)


def names_of(kind: GraphQLEnumType, *, nullable: bool) -> Mapping[Any, str | None]:
    """From the values of an enum to their names."""
    definition: Any = kind.extensions.get("strawberry-definition")
    if definition is None:
        known: dict[Any, str | None] = {value.value: name for name, value in kind.values.items()}
    else:  # of several names of one value the first is told
        known = {definition.wrapped_cls(value.value): name for name, value in reversed(kind.values.items())}
    known.pop(None, None)
    if nullable:
        known[None] = None
    return known


def _named(known: Mapping[Any, str | None]) -> Complete:
    def complete(value: Any) -> Any:
        try:
            return known[value]
        except (KeyError, TypeError):
            raise Unplanned from None

    return complete


def _accepted(accepts: Callable[[Any], bool], nullable: bool) -> Complete:
    def complete(value: Any) -> Any:
        if accepts(value) or (value is None and nullable):
            return value
        raise Unplanned

    return complete


def _coerced(kind: GraphQLScalarType, nullable: bool) -> Complete:
    coerce = kind.coerce_output_value
    days: dict[date, Any] = {}
    """What was made of days: a page tells few, again and again."""

    def complete(value: Any) -> Any:
        if value.__class__ is date and value in days:
            return days[value]
        if value is None and nullable:
            return None
        if value is None or not settled(value.__class__):
            raise Unplanned
        completed = coerce(value)
        if completed is None or completed is Undefined:
            raise Unplanned
        if value.__class__ is date and len(days) < MOST_DAYS:
            days[value] = completed
        return completed

    complete.days = days  # type: ignore[attr-defined]  # a projection looks there first
    return complete


TESTS: Mapping[str, str] = {
    "String": "{0}.__class__ is str",
    "ID": "{0}.__class__ is str",
    "Int": f"{{0}}.__class__ is int and {MOST_NEGATIVE} <= {{0}} <= {MOST_POSITIVE}",
    "Boolean": "{0} is True or {0} is False",
}
"""Whether a value is one of a type as it is, so that it is answered, and given to resolvers, by itself.

As the text of an expression, for functions that are compiled.
"""
ACCEPTS: Mapping[str, Callable[[Any], bool]] = {
    name: eval(f"lambda value: {test.format('value')}")  # noqa: S307  # the text stands above
    for name, test in TESTS.items()
}
"""The same as functions."""


def refuse() -> Any:
    """:raises Unplanned: always; for an expression, in which nothing can be raised."""
    raise Unplanned


def listed(complete: Complete, *, nullable: bool) -> Complete:
    """The same for a list or a tuple; null stays null, or is not as planned."""
    many = getattr(complete, "many", None) or (lambda values: [complete(value) for value in values])
    raw = getattr(complete, "raw", None)

    def completed(values: Any) -> Any:
        if values.__class__ is tuple or values.__class__ is list:
            return many(values)
        if values.__class__ is Unmade:
            make = raw.of(values) if raw is not None else None
            return many(values.records) if make is None else make(values.rows)
        if values is None and nullable:
            return None
        raise Unplanned

    return completed
