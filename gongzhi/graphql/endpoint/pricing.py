"""What fields cost, derived from the schema: nobody declares a price.

An object costs 1, a scalar nothing: it came with its object. A list that its object holds costs 1 as a whole, one that
is looked up is taken to have `ASSUMED` members, `nodes(ids)` as many as it names, and a connection as many as the page
that is asked for. A mutation costs `MUTATION` beside what it answers. The directives `@cost` and `@listSize` of other
servers (IBM's cost specification) say the same by hand.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationType,
    get_named_type,
    get_nullable_type,
    is_composite_type,
)

ASSUMED = 10
"""Members of a list that is looked up, and of which the request does not say how many there are."""
MUTATION = 10
"""A transaction with its audit line and event, in objects read."""
PAGE = ("first", "last")
IDS = ("ids",)


class Price:
    """What one field costs. `sized` are the arguments that say how many members it has; `times` how many otherwise.

    A connection has no members itself: its size is `passed` to its `edges` and `nodes`, which are `repeated` by it.
    """

    __slots__ = ("__dict__", "_kind", "_prices", "passed", "repeated", "sized", "times", "weight")

    def __init__(self, prices: "Prices", owner: str, name: str, field: GraphQLField) -> None:
        self._prices = prices
        self._kind = get_named_type(field.type)
        composite = is_composite_type(self._kind)
        self.passed = composite and "first" in field.args and "after" in field.args
        self.sized: tuple[str, ...] = PAGE if self.passed else IDS if composite and "ids" in field.args else ()
        self.repeated = owner.endswith("Connection") and name in ("edges", "nodes")
        self.weight = _weight(prices, owner, name, composite)
        self.times = ASSUMED if _looked_up(field) and not self.repeated else 1

    @cached_property
    def below(self) -> "Mapping[str, Price]":
        """The prices of the fields of its type."""
        return self._prices.of(self._kind.name)


class Prices:
    """The prices of one schema's fields, worked out type by type when they are first asked for."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._known: dict[str, dict[str, Price]] = {}
        mutation = schema.mutation_type
        self.mutation = mutation.name if mutation else ""

    def of(self, name: str) -> Mapping[str, Price]:
        """The prices of a type's fields; empty for a type without fields, and for one that there is not."""
        found = self._known.get(name)
        if found is None:
            kind = self._schema.type_map.get(name)
            fields = kind.fields if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) else {}
            found = self._known[name] = {key: Price(self, name, key, field) for key, field in fields.items()}
        return found

    def root(self, operation: OperationType) -> Mapping[str, Price]:
        """The prices of the fields at the top of an operation."""
        kind = self._schema.get_root_type(operation)
        return self.of(kind.name) if kind else {}


def _weight(prices: Prices, owner: str, name: str, composite: bool) -> int:
    if owner == prices.mutation:
        return MUTATION
    if owner.endswith("Connection"):
        return 1 if name in ("nodes", "totalCount") else 0  # an edge costs what its node costs
    return 1 if composite else 0


def _looked_up(field: GraphQLField) -> bool:
    kind: GraphQLOutputType = get_nullable_type(field.type)  # type: ignore[assignment]  # of an output type it is one
    declared: Any = field.extensions.get("strawberry-definition")
    resolved = declared is not None and declared.base_resolver is not None
    return isinstance(kind, GraphQLList) and is_composite_type(get_named_type(kind)) and resolved
