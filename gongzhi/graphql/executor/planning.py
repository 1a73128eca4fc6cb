"""From what an operation selects to how it is completed: planned once for a document, and kept with it."""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLUnionType,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import collect_fields, collect_subfields

from gongzhi.core.parts import Fields
from gongzhi.graphql.executor.arguments import arguments_of, chain_of
from gongzhi.graphql.executor.completion import Complete, Unplanned, leaf, listed
from gongzhi.graphql.executor.declared import (
    DEFINITION,
    accepting,
    calling_of,
    reading_of,
    record_of,
    settled_class,
    source_of,
)
from gongzhi.graphql.executor.memo import Memos
from gongzhi.graphql.executor.pages import of_page
from gongzhi.graphql.executor.plans import FieldDetailsList, FieldPlan, ObjectPlan, Shape, ValuePlan
from gongzhi.graphql.executor.projection import Attribute, Constant, Plain, Raw, project
from gongzhi.graphql.fields import Paged

P = TypeVar("P")
MOST_PLANS = 200
"""Plans that a document keeps: one for each field at its top, and for each way to switch what lies below on and off."""


class Planner:
    """Plans for one schema; it keeps what does not depend on a document."""

    def __init__(self) -> None:
        self.memos = Memos()
        self._leaves: dict[tuple[str, bool], Complete] = {}

    def value(self, kind: GraphQLOutputType, details: FieldDetailsList, executor: Any) -> ValuePlan:
        """The plan of a value of this type with these selections.

        :raises Unplanned: only graphql-core can do this.
        """
        shape, named = _shape(kind)
        if is_leaf_type(named):
            return ValuePlan(shape, _shaped(shape, self._leaf(named, nullable=shape.nullable[-1])), ())
        objects = tuple(self._object(each, details, executor) for each in _possible(named, executor))
        if any(plan.others for plan in objects):
            return ValuePlan(shape, None, objects)
        return ValuePlan(shape, _shaped(shape, self._plain(objects, nullable=shape.nullable[-1])), objects)

    def top(self, kind: GraphQLObjectType, executor: Any) -> ObjectPlan:
        """The plan of the fields at the top of an operation.

        :raises Unplanned: see `value`.
        """
        collected = collect_fields(
            executor.schema,
            executor.fragments,
            executor.variable_values,
            kind,
            executor.operation,
            executor.hide_suggestions,
        )
        return self._fields(kind, collected[0], executor)

    def _leaf(self, named: Any, *, nullable: bool) -> Complete:
        key = (named.name, nullable)
        return self._leaves.get(key) or self._leaves.setdefault(key, leaf(named, nullable=nullable))

    def _plain(self, objects: Sequence[ObjectPlan], *, nullable: bool) -> Complete:
        if len(objects) > 1:
            return _any_of([(plan.accepts, plan.project) for plan in objects], nullable=nullable)
        only = objects[0]
        accepts, make = only.accepts, only.project

        def one(value: Any) -> Any:
            if value is None and nullable:
                return None
            if accepts(value):
                return make(value)
            raise Unplanned

        settled = settled_class(only.kind)
        if settled is not None:
            return self.memos.remembering(settled, one)
        one.raw = only.raw  # type: ignore[attr-defined]  # `completion.listed` looks for it there
        return one

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
        return self._fields(kind, collected[0], executor)

    def _fields(self, kind: GraphQLObjectType, collected: Mapping[str, FieldDetailsList], executor: Any) -> ObjectPlan:
        plain: list[Plain | Constant] = []
        others: list[FieldPlan] = []
        reads: list[Fields] = []
        below: list[tuple[str, ValuePlan]] = []
        for key, found in collected.items():
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
            read = reading_of(declared, kind)
            below.append((name, value))
            if read is not None and value.complete is not None:
                plain.append(Plain(key, read, value.complete, field.type))
                reads.append(_attributes(read))
                continue
            plain.append(Constant(key, None))
            plan = FieldPlan(key, kind, field, declared, found, [each.node for each in found], value)
            others.append(_resolved(plan, read, executor.schema))
            reads.append(_attributes(read) if read is not None else _attributes_of(others[-1]))
        known = None if None in reads else frozenset(name for each in reads for name in each or ())
        plainly = any(isinstance(each, Plain) for each in plain)
        raw = None if others else Raw(record_of(kind), plain)
        return ObjectPlan(
            kind, accepting(kind), project(plain), tuple(others), plainly, known, tuple(below), tuple(plain), raw=raw
        )


def _shape(kind: Any) -> tuple[Shape, GraphQLNamedType]:
    nullable = []
    while True:
        nullable.append(not is_non_null_type(kind))
        if is_non_null_type(kind):
            kind = kind.of_type
        if not is_list_type(kind):
            return Shape(tuple(nullable), len(nullable) - 1), kind
        kind = kind.of_type


def _shaped(shape: Shape, complete: Complete) -> Complete:
    for nullable in reversed(shape.nullable[:-1]):
        complete = listed(complete, nullable=nullable)
    return complete


def _any_of(alternatives: Sequence[tuple[Callable[[Any], bool], Complete]], *, nullable: bool) -> Complete:
    def any_of(value: Any) -> Any:
        if value is None and nullable:
            return None
        for accepts, make in alternatives:
            if accepts(value):
                return make(value)
        raise Unplanned

    return any_of


def _resolved(plan: FieldPlan, read: Attribute | Complete | None, schema: Any) -> FieldPlan:
    """The plan with the quickest way to the field's values that there is."""
    if isinstance(read, Attribute):
        return plan._replace(read=_reader(read))
    if read is not None:
        return plan._replace(read=read)
    declared = plan.declared
    if declared is None:
        return plan
    if any(isinstance(each, Paged) for each in declared.extensions):
        plan = of_page(plan)
    plan = plan._replace(**calling_of(declared))
    if plan.call is not None:
        return plan
    try:
        arguments = arguments_of(schema, plan.field, plan.nodes[0], declared)
        return plan._replace(arguments=arguments, chain=chain_of(schema, declared))
    except Exception:  # noqa: BLE001  # Unplanned, or something wrong that graphql-core meets and reports in its place
        return plan


def _reader(read: Attribute) -> Complete:
    get, make = attrgetter(read.name), read.make
    return get if make is None else lambda record: make(get(record))


def _attributes(read: Attribute | Complete) -> Fields:
    """What a plain field reads of its record; None if that is not known."""
    return frozenset((read.name,)) if isinstance(read, Attribute) else None


def _attributes_of(plan: FieldPlan) -> Fields:
    if plan.loaded is not None:
        return frozenset((plan.loaded.name.partition(".")[0],))
    return frozenset(plan.keyed.names) if plan.keyed is not None else None


def _possible(named: GraphQLNamedType, executor: Any) -> Sequence[GraphQLObjectType]:
    if isinstance(named, GraphQLObjectType):
        return (named,)
    if isinstance(named, GraphQLUnionType | GraphQLInterfaceType):
        kinds: Sequence[GraphQLObjectType] = executor.schema.get_possible_types(named)
        if all(source_of(each) is not None for each in kinds):  # else a value may say itself of which type it is
            return kinds
    raise Unplanned


class Plans:
    """The plans of one document: for each place in it, each type there, and what its directives decide.

    `templates` are executors of its operations, from which those of requests are made.
    """

    def __init__(self, planner: Planner, switches: Sequence[str]) -> None:
        self._planner = planner
        self._switches = tuple(switches)
        self._kept: dict[Any, ValuePlan | None] = {}
        self._tops: dict[Any, ObjectPlan | None] = {}
        self.templates: dict[Any, Any] = {}

    def of(self, kind: GraphQLOutputType, details: FieldDetailsList, executor: Any) -> ValuePlan | None:
        """The plan of a value at this place; None where there can be none."""
        key = (id(kind), *(id(each.node) for each in details), *self._switched(executor))
        return _found(self._kept, key, lambda: self._planner.value(kind, details, executor))

    def top(self, kind: GraphQLObjectType, executor: Any) -> ObjectPlan | None:
        """The plan of an operation from its top; None where there can be none."""
        key = (id(executor.operation), *self._switched(executor))
        return _found(self._tops, key, lambda: self._planner.top(kind, executor))

    def _switched(self, executor: Any) -> list[Any]:
        if not self._switches:
            return []
        values: Mapping[str, Any] = executor.variable_values.coerced
        return [values.get(name) for name in self._switches]


def _found(kept: dict[Any, P | None], key: Any, make: Callable[[], P]) -> P | None:
    """What is kept under a key, made where it is not yet; None where it cannot be made."""
    if key in kept:
        return kept[key]
    try:
        found: P | None = make()
    except Exception:  # noqa: BLE001  # Unplanned, or something wrong that graphql-core meets and reports in its place
        found = None
    if len(kept) >= MOST_PLANS:
        kept.clear()
    kept[key] = found
    return found
