"""Completing plain values: what a value of a leaf type, or a list of such, becomes in the answer."""

from collections.abc import AsyncIterable, Awaitable, Callable, Mapping
from functools import lru_cache
from inspect import iscoroutine
from types import GeneratorType
from typing import Any

from graphql import GraphQLEnumType, GraphQLLeafType, GraphQLScalarType, Undefined
from graphql.pyutils import UndefinedType

Complete = Callable[[Any], Any]
"""From a resolved value to the completed one."""


class Unplanned(Exception):
    """A value is not what a plan expects; graphql-core completes it instead, and says what is wrong if anything is."""


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


def leaf(kind: GraphQLLeafType) -> Complete:
    """How values of a scalar or an enum are completed; null stays null."""
    if isinstance(kind, GraphQLEnumType):
        return _names(kind)
    return _PLAIN.get(kind.name, _coerced)(kind)


def _names(kind: GraphQLEnumType) -> Complete:
    definition: Any = kind.extensions.get("strawberry-definition")
    if definition is None:
        known: dict[Any, str | None] = {value.value: name for name, value in kind.values.items()}
    else:  # of several names of one value the first is told
        known = {definition.wrapped_cls(value.value): name for name, value in reversed(kind.values.items())}
    known[None] = None

    def complete(value: Any) -> Any:
        try:
            return known[value]
        except (KeyError, TypeError):
            raise Unplanned from None

    return complete


def _text(_: GraphQLScalarType) -> Complete:
    def complete(value: Any) -> Any:
        if value.__class__ is str or value is None:
            return value
        raise Unplanned

    return complete


def _number(_: GraphQLScalarType) -> Complete:
    def complete(value: Any) -> Any:
        if (value.__class__ is int and MOST_NEGATIVE <= value <= MOST_POSITIVE) or value is None:
            return value
        raise Unplanned

    return complete


def _truth(_: GraphQLScalarType) -> Complete:
    def complete(value: Any) -> Any:
        if value is True or value is False or value is None:
            return value
        raise Unplanned

    return complete


def _coerced(kind: GraphQLScalarType) -> Complete:
    coerce = kind.coerce_output_value

    def complete(value: Any) -> Any:
        if value is None:
            return None
        if not settled(value.__class__):
            raise Unplanned
        completed = coerce(value)
        if completed is None or completed is Undefined:
            raise Unplanned
        return completed

    return complete


_PLAIN: Mapping[str, Callable[[GraphQLScalarType], Complete]] = {
    "String": _text,
    "ID": _text,
    "Int": _number,
    "Boolean": _truth,
}


def present(complete: Complete) -> Complete:
    """The same where null may not be."""

    def completed(value: Any) -> Any:
        found = complete(value)
        if found is None:
            raise Unplanned
        return found

    return completed


def listed(complete: Complete) -> Complete:
    """The same for a list or a tuple; null stays null."""

    def completed(values: Any) -> Any:
        if values.__class__ is tuple or values.__class__ is list:
            return [complete(value) for value in values]
        if values is None:
            return None
        raise Unplanned

    return completed
