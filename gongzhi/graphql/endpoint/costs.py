"""What an operation costs, as far as that depends on its variables: a number, and parts that count so many times."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from graphql import FieldNode, IntValueNode, ListValueNode, NullValueNode, VariableNode

from gongzhi.core.paging import DEFAULT_SIZE

AROUND = None
"""The size that a fragment takes over from the connection into which it is spread."""
Source = int | str | tuple[int | str, ...] | None
"""How often something counts: a number, the name of a variable, the first of several that is not null, or `AROUND`."""


class Cost(NamedTuple):
    """A cost: a number, and parts that count as often as their source says."""

    fixed: int = 0
    parts: "tuple[tuple[Source, Cost], ...]" = ()

    def at(self, variables: Mapping[str, Any], most: int) -> int:
        """The number, for these variables; no page is larger than `most`."""
        total = self.fixed
        for source, cost in self.parts:
            total += members(_value(source, variables), most) * cost.at(variables, most)
        return total


class OperationCost(NamedTuple):
    """What an operation costs, and the defaults of its variables that say how many members something has."""

    cost: Cost
    defaults: Mapping[str, Any]

    def at(self, variables: Mapping[str, Any], most: int) -> int:
        """The number, for the variables that were sent."""
        cost = self.cost
        return cost.at({**self.defaults, **variables}, most) if cost.parts else cost.fixed


def asked(node: FieldNode, names: Sequence[str], most: int) -> Source:
    """How many members the arguments of these names ask for; what is no number is refused by validation.

    One that is null, or a variable that turns out to be, leaves it to the next.
    """
    found: list[int | str] = []
    for argument in node.arguments or ():
        value = argument.value
        if argument.name.value not in names or isinstance(value, NullValueNode):
            continue
        if isinstance(value, IntValueNode):
            found.append(members(int(value.value[:9]), most))
        elif isinstance(value, VariableNode):
            found.append(value.name.value)
        elif isinstance(value, ListValueNode):
            found.append(len(value.values))
    if len(found) > 1:
        return tuple(found)
    return found[0] if found else DEFAULT_SIZE


def _value(source: Source, variables: Mapping[str, Any]) -> Any:
    if isinstance(source, str):
        return variables.get(source)
    if isinstance(source, tuple):
        return next((value for each in source if (value := _value(each, variables)) is not None), None)
    return source


def members(size: Any, most: int) -> int:
    """How many members a value asks for: a list its own, nothing the usual page, `100.0` as many as `100`."""
    if isinstance(size, list):
        return len(size)
    if isinstance(size, bool) or not isinstance(size, int | float):
        return DEFAULT_SIZE
    return int(min(max(size, 0), most))


def repeated(source: Source, cost: Cost) -> Cost:
    """A cost as often as a source says."""
    if isinstance(source, int) and not cost.parts:
        return Cost(source * cost.fixed)
    return Cost(0, ((source, cost),)) if cost.fixed or cost.parts else Cost()


def placed(cost: Cost, around: Source) -> Cost:
    """A fragment's cost where it is spread: what took its size from around it takes it from there."""
    if not cost.parts or around is AROUND or all(source is not AROUND for source, _ in cost.parts):
        return cost
    fixed = cost.fixed
    parts: list[tuple[Source, Cost]] = []
    for source, part in cost.parts:
        moved = repeated(around if source is AROUND else source, part)
        fixed += moved.fixed
        parts += moved.parts
    return Cost(fixed, tuple(parts))
