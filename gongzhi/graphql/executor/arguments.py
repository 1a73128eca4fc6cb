"""The arguments of a field at one place in a document: what the text decides is decided once.

What remains is to look variables up, and to make what may be changed (lists, inputs) anew for each call.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import partial, reduce
from inspect import isfunction
from typing import Any, NamedTuple
from uuid import UUID

import strawberry
from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLSchema,
    Undefined,
    VariableNode,
    is_non_null_type,
    is_required_argument,
)
from graphql.execution.values import VariableValues, coerce_argument
from strawberry.extensions import FieldExtension
from strawberry.extensions.field_extension import build_field_extension_resolvers
from strawberry.types.arguments import convert_argument
from strawberry.types.base import StrawberryMaybe, StrawberryOptional
from strawberry.types.field import StrawberryField

from gongzhi.graphql.executor.completion import Unplanned
from gongzhi.graphql.executor.declared import calls_its_resolver, info_name

Convert = Callable[[Any, Any], Any]
"""From a coerced value and the info to what the resolver takes."""
Resolver = Callable[..., Any]
_NOTHING = VariableValues({}, {})


class Looked(NamedTuple):
    """An argument whose value is a variable's."""

    name: str
    variable: str
    convert: Convert | None
    nullable: bool
    required: bool
    default: Any


class Arguments(NamedTuple):
    """What a resolver is given beside its record and its info.

    `shared` says that nothing in it can be changed by whom it is given to, so that all rows of a level share it.
    """

    constant: Mapping[str, Any]
    looked: tuple[Looked, ...]
    made: tuple[tuple[str, Any, Convert], ...]
    shared: bool

    def of(self, variables: Mapping[str, Any], info: Any) -> dict[str, Any]:
        """In a request with these variables.

        :raises Unplanned: a variable has no value, or null, where there must be one.
        """
        given = dict(self.constant)
        for name, variable, convert, nullable, required, default in self.looked:
            value = variables.get(variable, Undefined)
            if value is Undefined:
                if required:
                    raise Unplanned
                value = default
                if value is Undefined:
                    continue
            elif value is None and not nullable:
                raise Unplanned
            given[name] = value if convert is None else convert(value, info)
        for name, value, convert in self.made:
            given[name] = convert(value, info)
        return given


_FIXED = (str, int, float, bool, type(None), Enum, date, UUID, Decimal)
"""What cannot be changed by whom it is given to."""
NONE = Arguments({}, (), (), shared=True)


def arguments_of(schema: GraphQLSchema, field: GraphQLField, node: FieldNode, declared: StrawberryField) -> Arguments:
    """The arguments of a field as its resolver takes them.

    :raises Unplanned: only graphql-core can tell.
    """
    if not declared.arguments:
        return NONE
    built = getattr(schema, "_strawberry_schema", None)
    if built is None:
        raise Unplanned
    given = {each.name.value: each for each in node.arguments or ()}
    constant: dict[str, Any] = {}
    looked: list[Looked] = []
    made: list[tuple[str, Any, Convert]] = []
    for argument in declared.arguments:
        name = built.config.name_converter.from_argument(argument)
        convert, asked, plain = _converting(built, argument, name), field.args[name], _is_plain(argument.type)
        sent = given.get(name)
        if sent is not None and isinstance(sent.value, VariableNode):
            nullable, required = not is_non_null_type(asked.type), is_required_argument(asked)
            default = Undefined if required else _coerced(node, name, asked, None)
            how = None if plain else convert
            looked.append(Looked(argument.python_name, sent.value.name.value, how, nullable, required, default))
            continue
        if sent is not None and _looks_up(sent.value):
            raise Unplanned
        value = _coerced(node, name, asked, sent)
        if value is Undefined:
            continue
        told = convert(value, None)
        if isinstance(told, _FIXED):
            constant[argument.python_name] = told
        else:
            made.append((argument.python_name, value, convert))
    shared = not made and all(each.convert is None for each in looked)
    return Arguments(constant, tuple(looked), tuple(made), shared)


def _coerced(node: FieldNode, name: str, asked: GraphQLArgument, sent: ArgumentNode | None) -> Any:
    """What the text alone says an argument is; Undefined for nothing."""
    values: dict[str, Any] = {}
    coerce_argument(values, node, name, asked, sent, _NOTHING, None)
    return next(iter(values.values()), Undefined)


def _is_plain(kind: Any) -> bool:
    """Whether values are given to resolvers as they are coerced, and cannot be changed there."""
    if isinstance(kind, StrawberryOptional) and not isinstance(kind, StrawberryMaybe):
        kind = kind.of_type
    return any(kind is each for each in (str, int, bool, float, strawberry.ID)) or _as_sent(kind)


def _as_sent(kind: Any) -> bool:
    """Whether an input is given to resolvers as it was sent (`graphql/inputs.py`)."""
    definition = getattr(kind, "__strawberry_definition__", None)
    return getattr(getattr(definition, "from_input", None), "as_sent", False) is True


def _looks_up(value: Any) -> bool:
    """Whether a variable is somewhere within a literal."""
    if isinstance(value, VariableNode):
        return True
    parts = [*(getattr(value, "values", None) or ()), *(each.value for each in getattr(value, "fields", None) or ())]
    return any(map(_looks_up, parts))


def _converting(built: Any, argument: Any, name: str) -> Convert:
    kind, config, scalars = argument.type, built.config, built.schema_converter.scalar_registry

    def convert(value: Any, info: Any) -> Any:
        return convert_argument(value, kind, scalars, config, info, path=(name,))

    return convert


def chain_of(schema: GraphQLSchema, declared: StrawberryField) -> Resolver:
    """A field's resolver behind its extensions: takes the record, the info, and the arguments by name.

    What strawberry puts together for each call is put together once.

    :raises Unplanned: something else has a say in what the field answers.
    """
    resolver = declared.base_resolver
    built = getattr(schema, "_strawberry_schema", None)
    if resolver is None or built is None or built.exception_handlers or not isfunction(resolver.wrapped_func):
        raise Unplanned
    maps = any(type(each).map_arguments is not FieldExtension.map_arguments for each in declared.extensions)
    if maps or not calls_its_resolver(declared):
        raise Unplanned
    function = resolver.wrapped_func
    roots = [each.name for each in (resolver.parent_parameter, resolver.root_parameter) if each is not None]
    told = info_name(declared)
    itself = resolver.self_parameter is not None

    def innermost(source: Any, info: Any, **given: Any) -> Any:
        for name in roots:
            given[name] = source
        if told is not None:
            given[told] = info
        return function(source, **given) if itself else function(**given)

    extensions = build_field_extension_resolvers(declared) if declared.extensions else []
    return reduce(lambda inner, outer: partial(outer, inner), extensions, innermost)
