"""What the declaration of a type or a field says to a plan: which records a type has, and how a field is read."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLObjectType
from strawberry.types.field import StrawberryField

from gongzhi.graphql.executor.completion import Complete, discard, settled
from gongzhi.graphql.executor.projection import Attribute
from gongzhi.graphql.loading import SOURCE, OfValue, Source

DEFINITION = "strawberry-definition"
"""Under this name the types and fields of a schema keep their declarations."""


def accepting(kind: GraphQLObjectType) -> Callable[[Any], bool]:
    """Whether a value is one of this type: what graphql-core asks of `is_type_of`, which a type need not have."""
    source = source_of(kind)
    if source is not None:
        return source.record.__instancecheck__
    asks: Any = kind.is_type_of
    if asks is None:
        return lambda value: settled(value.__class__)

    def accepts(value: Any) -> bool:
        if not settled(value.__class__):
            return False
        answer = asks(value, None)
        discard(answer)
        return answer is True

    return accepts


def record_of(kind: GraphQLObjectType) -> Any:
    """Of which class a type's records are, where its class says so; else None."""
    source = source_of(kind)
    return source.record if source is not None else None


def settled_class(kind: GraphQLObjectType) -> type | None:
    """The class whose instances never change, where the type says so (`object_type(…, settled=True)`)."""
    source = source_of(kind)
    return source.settled if source is not None else None


def source_of(kind: GraphQLObjectType) -> Source | None:
    """What the records of a type are, where its class says so."""
    definition = kind.extensions.get(DEFINITION)
    return getattr(definition.origin, SOURCE, None) if definition is not None else None


def reading_of(declared: StrawberryField | None, kind: GraphQLObjectType) -> Attribute | Complete | None:
    """How a plain field is read: from an attribute, or by a function of the record; None for one that is not plain."""
    if declared is None or not _usual(declared):
        return None
    resolver = declared.base_resolver
    if resolver is None:
        return Attribute(declared.python_name) if declared.default_resolver is getattr else None
    function: Any = resolver.wrapped_func
    of_value: OfValue | None = getattr(function, "of_value", None)
    if of_value is not None:
        return Attribute(of_value.name, of_value.make(kind.name))
    if resolver.arguments or _waits(function) or info_name(declared) or not inspect.isfunction(function):
        return None
    return function if len(resolver.signature.parameters) == 1 else None


def _usual(declared: StrawberryField) -> bool:
    """Whether nothing but its resolver has a say in what a field answers."""
    return not declared.extensions and calls_its_resolver(declared)


def calls_its_resolver(declared: StrawberryField) -> bool:
    """Whether a field, behind its extensions, answers what its resolver does."""
    return type(declared).get_result is StrawberryField.get_result


def _waits(function: Any) -> bool:
    """Whether a resolver answers something to wait for, be it behind decorators."""
    return inspect.iscoroutinefunction(inspect.unwrap(function))


def info_name(declared: StrawberryField) -> str | None:
    """The name of the parameter in which a resolver takes the info, if it does."""
    resolver = declared.base_resolver
    return resolver.info_parameter.name if resolver is not None and resolver.info_parameter is not None else None


def calling_of(declared: StrawberryField) -> Mapping[str, Any]:
    """Of a resolver that takes the record and the info and nothing else: how a plan may call it, or do its work.

    `loaded` is what it loads by key, `keyed` what it finds in the context by key; `call` is itself otherwise.
    """
    resolver = declared.base_resolver
    if resolver is None or resolver.arguments or not _usual(declared):
        return {}
    function: Any = resolver.wrapped_func
    names = list(resolver.signature.parameters)
    if not inspect.isfunction(function) or len(names) != 2 or names[1] != info_name(declared):
        return {}
    marks = {"loaded": getattr(function, "loaded", None), "keyed": getattr(function, "by_keys", None)}
    return {"call": function, **marks}
