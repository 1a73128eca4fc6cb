"""From what an operation selects to how it is completed: planned once for a document, and kept with it."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLUnionType,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import FieldDetails, collect_subfields
from strawberry.types.field import StrawberryField

from gongzhi.graphql.executor.completion import Complete, Unplanned, discard, leaf, listed, present, settled
from gongzhi.graphql.executor.memo import Memos
from gongzhi.graphql.executor.projection import Constant, Plain, project
from gongzhi.graphql.loading import SOURCE, Loaded, Source

FieldDetailsList = list[FieldDetails]
DEFINITION = "strawberry-definition"
MOST_PLANS = 200
"""Plans that a document keeps: one for each field at its top, and for each way to switch what lies below on and off."""


class Shape(NamedTuple):
    """Of a value's type: whether null may be at its top, and within it from there to the inside of its lists."""

    nullable: tuple[bool, ...]

    @property
    def depth(self) -> int:
        """How many lists lie around the named type."""
        return len(self.nullable) - 1


class FieldPlan(NamedTuple):
    """A field that needs a resolver, or within whose value something does.

    `read`, `loaded` and `call` are quick ways to what graphql-core's road answers, the first that is there.
    """

    key: str
    parent: GraphQLObjectType
    field: GraphQLField
    nodes: list[FieldNode]
    value: "ValuePlan"
    read: Complete | None
    loaded: Loaded | None
    call: Callable[..., Any] | None


class ObjectPlan(NamedTuple):
    """An object's fields: the plain ones in one function, which leaves room for the others."""

    kind: GraphQLObjectType
    accepts: Callable[[Any], bool]
    project: Complete
    others: tuple[FieldPlan, ...]


class ValuePlan(NamedTuple):
    """How a value is completed: by one function where everything is plain, else by the plans of its objects."""

    shape: Shape
    complete: Complete | None
    objects: tuple[ObjectPlan, ...]


class Planner:
    """Plans for one schema; it keeps what does not depend on a document."""

    def __init__(self) -> None:
        self.memos = Memos()
        self._leaves: dict[str, Complete] = {}

    def value(self, kind: GraphQLOutputType, details: FieldDetailsList, executor: Any) -> ValuePlan:
        """The plan of a value of this type with these selections.

        :raises Unplanned: only graphql-core can do this.
        """
        shape, named = _shape(kind)
        if is_leaf_type(named):
            complete = self._leaves.get(named.name) or self._leaves.setdefault(named.name, leaf(named))
            return ValuePlan(shape, _shaped(shape, complete), ())
        objects = tuple(self._object(each, details, executor) for each in _possible(named, executor))
        if any(plan.others for plan in objects):
            return ValuePlan(shape, None, objects)
        return ValuePlan(shape, _shaped(shape, self._plain(objects)), objects)

    def _plain(self, objects: Sequence[ObjectPlan]) -> Complete:
        alternatives = [(plan.accepts, plan.project) for plan in objects]
        if len(alternatives) == 1:
            (accepts, make), settled = alternatives[0], _settled(objects[0].kind)

            def one(value: Any) -> Any:
                if value is None:
                    return None
                if accepts(value):
                    return make(value)
                raise Unplanned

            return self.memos.remembering(settled, one) if settled is not None else one

        def any_of(value: Any) -> Any:
            if value is None:
                return None
            for accepts, make in alternatives:
                if accepts(value):
                    return make(value)
            raise Unplanned

        return any_of

    def _object(self, kind: GraphQLObjectType, details: FieldDetailsList, executor: Any) -> ObjectPlan:
        collected = collect_subfields(
            executor.schema,
            executor.fragments,
            executor.variable_values,
            executor.operation,
            kind,
            details,
            executor.hide_suggestions,
        )
        plain: list[Plain | Constant] = []
        others: list[FieldPlan] = []
        for key, found in collected[0].items():
            if any(each.defer_usage or each.fragment_variable_values for each in found):
                raise Unplanned
            name = found[0].node.name.value
            if name == "__typename":
                plain.append(Constant(key, kind.name))
                continue
            field = kind.fields.get(name)
            if field is None:
                raise Unplanned
            value = self.value(field.type, found, executor)
            declared = field.extensions.get(DEFINITION)
            read = _reading(declared, kind)
            if read is not None and value.complete is not None:
                plain.append(Plain(key, read, value.complete))
                continue
            plain.append(Constant(key, None))
            reading = attrgetter(read) if isinstance(read, str) else read
            call, load = _calling(declared)
            others.append(FieldPlan(key, kind, field, [each.node for each in found], value, reading, load, call))
        return ObjectPlan(kind, _accepting(kind), project(plain), tuple(others))


def _shape(kind: Any) -> tuple[Shape, GraphQLNamedType]:
    nullable = []
    while True:
        nullable.append(not is_non_null_type(kind))
        if is_non_null_type(kind):
            kind = kind.of_type
        if not is_list_type(kind):
            return Shape(tuple(nullable)), kind
        kind = kind.of_type


def _shaped(shape: Shape, complete: Complete) -> Complete:
    for number, nullable in enumerate(reversed(shape.nullable)):
        if number:
            complete = listed(complete)
        if not nullable:
            complete = present(complete)
    return complete


def _possible(named: GraphQLNamedType, executor: Any) -> Sequence[GraphQLObjectType]:
    if isinstance(named, GraphQLObjectType):
        return (named,)
    if isinstance(named, GraphQLUnionType | GraphQLInterfaceType):
        kinds: Sequence[GraphQLObjectType] = executor.schema.get_possible_types(named)
        if all(_source(kind) is not None for kind in kinds):  # else a value may say itself of which type it is
            return kinds
    raise Unplanned


def _accepting(kind: GraphQLObjectType) -> Callable[[Any], bool]:
    """Whether a value is one of this type: what graphql-core asks of `is_type_of`, which a type need not have."""
    source = _source(kind)
    if source is not None:
        record = source.record
        return lambda value: isinstance(value, record)
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


def _settled(kind: GraphQLObjectType) -> type | None:
    """The class whose instances never change, where the type says so (`object_type(…, settled=True)`)."""
    source = _source(kind)
    return source.record if source is not None and source.settled else None


def _source(kind: GraphQLObjectType) -> Source | None:
    definition = kind.extensions.get(DEFINITION)
    return getattr(definition.origin, SOURCE, None) if definition is not None else None


def _reading(declared: StrawberryField | None, kind: GraphQLObjectType) -> str | Complete | None:
    """How a plain field is read: an attribute's name, or a function of the record; None for one that is not plain."""
    if declared is None or not _usual(declared):
        return None
    resolver = declared.base_resolver
    if resolver is None:
        return declared.python_name if declared.default_resolver is getattr else None
    function: Any = resolver.wrapped_func
    of_kind = getattr(function, "of_kind", None)
    if of_kind is not None:
        reading: Complete = of_kind(kind.name)
        return reading
    if resolver.arguments or _waits(function) or _info_of(declared) or not inspect.isfunction(function):
        return None
    return function if len(resolver.signature.parameters) == 1 else None


def _usual(declared: StrawberryField) -> bool:
    """Whether nothing but its resolver has a say in what a field answers."""
    return not declared.extensions and type(declared).get_result is StrawberryField.get_result


def _waits(function: Any) -> bool:
    """Whether a resolver answers something to wait for, be it behind decorators."""
    return inspect.iscoroutinefunction(inspect.unwrap(function))


def _info_of(declared: StrawberryField) -> str | None:
    """The name of the parameter in which a resolver takes the info, if it does."""
    resolver = declared.base_resolver
    return resolver.info_parameter.name if resolver is not None and resolver.info_parameter is not None else None


def _calling(declared: StrawberryField | None) -> tuple[Callable[..., Any] | None, Loaded | None]:
    """A resolver's function where it takes the record and the info and nothing else, and what it loads by key."""
    if declared is None or not _usual(declared):
        return None, None
    resolver = declared.base_resolver
    if resolver is None or resolver.arguments:
        return None, None
    function: Any = resolver.wrapped_func
    names = list(resolver.signature.parameters)
    if not inspect.isfunction(function) or len(names) != 2 or names[1] != _info_of(declared):
        return None, None
    return function, getattr(function, "loaded", None)


class Plans:
    """The plans of one document: for each place in it, each type there, and what its directives decide."""

    def __init__(self, planner: Planner, switches: Sequence[str]) -> None:
        self._planner = planner
        self._switches = tuple(switches)
        self._kept: dict[Any, ValuePlan | None] = {}

    def of(self, kind: GraphQLOutputType, details: FieldDetailsList, executor: Any) -> ValuePlan | None:
        """The plan of a value at this place; None where there can be none."""
        values: Mapping[str, Any] = executor.variable_values.coerced if self._switches else {}
        key = (id(kind), *(id(each.node) for each in details), *(values.get(name) for name in self._switches))
        if key in self._kept:
            return self._kept[key]
        try:
            plan: ValuePlan | None = self._planner.value(kind, details, executor)
        except Exception:  # noqa: BLE001  # Unplanned, or something wrong that graphql-core meets and reports in its place
            plan = None
        if len(self._kept) >= MOST_PLANS:
            self._kept.clear()
        self._kept[key] = plan
        return plan
