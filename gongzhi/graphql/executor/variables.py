"""The variables of an operation: what they are is found out once, what a request gives is coerced each time."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from graphql import (
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    coerce_input_value,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, input_is_nested_too_deeply
from graphql.execution.values import coerce_variable_values as coerced_by_core
from graphql.pyutils import is_iterable
from graphql.utilities.coerce_input_value import coerce_default_value

from gongzhi.graphql.executor.completion import ACCEPTS, Unplanned

Coerce = Callable[[Any], Any]


class Variable(NamedTuple):
    """One of them. `absent` is told where a request gives none, and `default` taken; None where it must be given."""

    name: str
    signature: Any
    coerce: Coerce
    absent: VariableValueSource | None
    default: Any


class Variables:
    """Those of one operation."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        """:raises Unplanned: one of them is not of a type that can be given."""
        self._all = tuple(_variable(schema, node) for node in operation.variable_definitions or ())

    def of(self, given: Mapping[str, Any]) -> VariableValues:
        """What a request gives, as graphql-core would have it.

        :raises Unplanned: it is wrong; graphql-core says why.
        """
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for name, signature, coerce, absent, default in self._all:
            value = given.get(name, Undefined)
            if value is not Undefined:
                sources[name] = VariableValueSource(signature, value)
                coerced[name] = coerce(value)
            elif absent is not None:
                sources[name] = absent
                if default is not Undefined:
                    coerced[name] = default
            else:
                raise Unplanned
        return VariableValues(sources, coerced)


def _variable(schema: GraphQLSchema, node: Any) -> Variable:
    signature = get_variable_signature(schema, node)
    if isinstance(signature, GraphQLError):
        raise Unplanned
    name, kind, default = signature.name, signature.type, Undefined
    nullable = not is_non_null_type(kind)
    if node.default_value:
        values = coerced_by_core(schema, (node,), {}, _refuse)
        default = values.coerced.get(name, Undefined)
        if default.__class__ not in _SAFE:  # a list or an object must not be shared between requests
            raise Unplanned
    absent = VariableValueSource(signature) if nullable or node.default_value else None
    return Variable(name, signature, _coercion(kind), absent, default)


def _refuse(_: GraphQLError) -> None:
    raise Unplanned


def _coercion(kind: GraphQLInputType) -> Coerce:
    """How values of a type are coerced: as graphql-core does it, with all that the type decides found out before."""
    try:
        return _compiled(kind, ())
    except Unplanned:
        return partial(_by_core, kind)


def _by_core(kind: GraphQLInputType, value: Any) -> Any:
    found = Undefined if input_is_nested_too_deeply(value, kind) else coerce_input_value(value, kind)
    if found is Undefined:
        raise Unplanned
    return found


def _compiled(kind: Any, above: tuple[Any, ...]) -> Coerce:
    """:raises Unplanned: the type contains itself, or asks for something unusual."""
    nullable = not is_non_null_type(kind)
    named = kind if nullable else kind.of_type
    if is_list_type(named):
        inner = _members(_compiled(named.of_type, above))
    elif is_input_object_type(named):
        if named in above or named.is_one_of or named.out_type is not GraphQLInputObjectType.out_type:
            raise Unplanned
        inner = _fields(named, (*above, named))
    else:
        known = ACCEPTS.get(named.name)
        coerce = named.coerce_input_value
        inner = coerce if known is None else lambda value: value if known(value) else coerce(value)

    def coerced(value: Any) -> Any:
        if value is None:
            if nullable:
                return None
            raise Unplanned
        found = inner(value)
        if found is Undefined:
            raise Unplanned
        return found

    return coerced


def _members(coerce: Coerce) -> Coerce:
    def members(value: Any) -> Any:
        if value.__class__ is not list:  # one value stands for a list of one; only plain lists come as JSON
            if is_iterable(value):
                raise Unplanned
            return [coerce(value)]
        return [coerce(each) for each in value]

    return members


def _fields(kind: Any, above: tuple[Any, ...]) -> Coerce:
    if any(coerce_default_value(field) is not Undefined for field in kind.fields.values()):
        raise Unplanned
    fields = {
        name: (field.out_name or name, is_required_input_field(field), _compiled(field.type, above))
        for name, field in kind.fields.items()
    }

    def coerced(value: Any) -> Any:
        if value.__class__ is not dict or not value.keys() <= fields.keys():
            raise Unplanned
        found = {}
        for name, (out, required, coerce) in fields.items():
            if name in value:
                found[out] = coerce(value[name])
            elif required:
                raise Unplanned
        return found

    return coerced


_SAFE = {str, int, float, bool, type(None)}
