"""What a plan consists of: objects, their fields, and how their values are completed."""

from collections.abc import Callable
from typing import Any, NamedTuple

from graphql import FieldNode, GraphQLField, GraphQLObjectType
from graphql.execution.collect_fields import FieldDetails
from strawberry.types.field import StrawberryField

from gongzhi.core.parts import Fields, Wanted
from gongzhi.graphql.executor.arguments import NONE, Arguments, Resolver
from gongzhi.graphql.executor.completion import Complete
from gongzhi.graphql.executor.projection import Constant, Plain, Raw, Rows
from gongzhi.graphql.loading import Keyed, Loaded

FieldDetailsList = list[FieldDetails]


class Shape(NamedTuple):
    """Of a value's type: whether null may be at its top, and within it from there to the inside of its lists.

    `depth` is how many lists lie around the named type.
    """

    nullable: tuple[bool, ...]
    depth: int


class FieldPlan(NamedTuple):
    """A field that needs a resolver, or within whose value something does.

    `read`, `loaded`, `keyed`, `call` and `chain` (with `arguments`) are quick ways to what graphql-core's road answers,
    the first that is there: see `declared` and `arguments`. `wanted` is what its page is asked for, where its value is
    one; `beside` says that what it loads for a row of a page may have come with that.
    """

    key: str
    parent: GraphQLObjectType
    field: GraphQLField
    declared: StrawberryField | None
    details: FieldDetailsList
    nodes: list[FieldNode]
    value: "ValuePlan"
    read: Complete | None = None
    loaded: Loaded | None = None
    keyed: Keyed | None = None
    call: Callable[..., Any] | None = None
    chain: Resolver | None = None
    arguments: Arguments = NONE
    wanted: Wanted | None = None
    beside: bool = False


class ObjectPlan(NamedTuple):
    """An object's fields: the plain ones in one function, which leaves room for the others.

    `plain` says that there are such beside the type's name. `reads` are the attributes that the fields read of a
    record, None if that is not known. `below` are the names of all fields, with their plans. `fields` are the plain
    ones, with places for the others; `rows` makes objects of all records at once, where their page brings all of it,
    and `raw` those of rows that are no records yet.
    """

    kind: GraphQLObjectType
    accepts: Callable[[Any], bool]
    project: Complete
    others: tuple[FieldPlan, ...]
    plain: bool
    reads: Fields
    below: "tuple[tuple[str, ValuePlan], ...]"
    fields: tuple[Plain | Constant, ...]
    rows: Rows | None = None
    raw: Raw | None = None


class ValuePlan(NamedTuple):
    """How a value is completed: by one function where everything is plain, else by the plans of its objects."""

    shape: Shape
    complete: Complete | None
    objects: tuple[ObjectPlan, ...]
