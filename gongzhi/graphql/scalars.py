"""Scalars that GraphQL does not have."""

from typing import NewType

import strawberry
from graphql import GraphQLError, IntValueNode, ValueNode
from strawberry.types.scalar import ScalarDefinition

LARGEST_INT = 2**31 - 1
"""The largest `Int` of GraphQL."""
LARGEST_SAFE = 2**53 - 1
"""The largest whole number that JSON keeps exact in JavaScript."""

SafeInt = NewType("SafeInt", int)
"""A whole number that may be larger than an Int."""


def _checked(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -LARGEST_SAFE <= value <= LARGEST_SAFE:
        raise GraphQLError(f"SafeInt cannot represent {str(value)[:40]!r}: write a whole number within ±(2^53 - 1).")
    return value


def _literal(node: ValueNode, _: object = None) -> int:
    if not isinstance(node, IntValueNode) or len(node.value) > len(str(LARGEST_SAFE)) + 1:
        raise GraphQLError("SafeInt is written as a whole number within ±(2^53 - 1).", node)
    return _checked(int(node.value))


SCALARS: dict[object, ScalarDefinition] = {
    SafeInt: strawberry.scalar(
        name="SafeInt",
        description="A whole number within ±(2^53 - 1), which JSON keeps exact in JavaScript; for money and points.",
        serialize=_checked,
        parse_value=_checked,
        parse_literal=_literal,
    )
}
"""What the schema needs to know of them."""
