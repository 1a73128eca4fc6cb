"""What a document amounts to: one pass over it, each fragment measured once however often it is spread.

Numbers grow fast in nested fragments and are exact all the same: they are added, never walked.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
)

from gongzhi.graphql.endpoint.costs import AROUND, Cost, OperationCost, Source, asked, placed, repeated
from gongzhi.graphql.endpoint.pricing import Price, Prices

__all__ = ["Measured", "OperationCost", "measure"]


class Size(NamedTuple):
    """Selections, aliases and directives, how deep it goes, what it costs; and how often names come again.

    `names` are those of the fields at the top, with how often each is asked for; `below` is how many fields further
    down ask for what another one of their selection asks for. Checking whether such fields agree takes the square.
    """

    nodes: int = 0
    aliases: int = 0
    directives: int = 0
    depth: int = 0
    cost: Cost = Cost()
    names: Mapping[str, int] = {}
    below: int = 0

    @property
    def roots(self) -> int:
        """How many fields stand at the top."""
        return sum(self.names.values())

    @property
    def repeats(self) -> int:
        """How many fields ask for what another one of their selection asks for."""
        return self.below + self.roots - len(self.names)


NOTHING = Size()
"""Also what a fragment that spreads itself counts there; validation refuses it."""


class Largest(NamedTuple):
    """The largest value of each kind in any operation or fragment of a document; `roots` is that of operations."""

    nodes: int
    aliases: int
    directives: int
    roots: int
    depth: int
    repeats: int
    variables: int


class Measured(NamedTuple):
    """A document: how large it is, what each operation costs, and the variables that its directives ask."""

    operations: int
    largest: Largest
    longest_list: int
    costs: Mapping[str | None, OperationCost]
    switches: Sequence[str]


def measure(document: DocumentNode, prices: Prices, *, most_nodes: int, most_members: int) -> Measured:
    """Measure a document that was parsed, whether or not it is valid.

    Of one with more than `most_nodes` selections the cost is not worked out to its end: it is refused anyway. A page is
    taken to have at most `most_members`.
    """
    return _Measuring(document, prices, most_nodes, most_members).measured()


class _Measuring:
    def __init__(self, document: DocumentNode, prices: Prices, most_nodes: int, most_members: int) -> None:
        self._prices = prices
        self._most_nodes = most_nodes
        self._most_members = most_members
        self._definitions = document.definitions
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._known: dict[str, Size] = {}
        self._longest = 0
        self._switches: dict[str, None] = {}

    def measured(self) -> Measured:
        sizes, roots, variables, costs = [], [0], [0], {}
        for node in self._definitions:
            if isinstance(node, OperationDefinitionNode):
                defaults = self._defaults(node)
                own = self._directives(node.directives or ())
                size = self._set(node.selection_set.selections, self._prices.root(node.operation), 1)
                sizes.append(size._replace(directives=size.directives + own))
                roots.append(size.roots)
                variables.append(len(node.variable_definitions or ()))
                costs[node.name.value if node.name else None] = OperationCost(size.cost, defaults)
        operations = len(sizes)
        sizes += [self._fragment(name) for name in self._fragments]
        largest = Largest(
            nodes=max((size.nodes for size in sizes), default=0),
            aliases=max((size.aliases for size in sizes), default=0),
            directives=max((size.directives for size in sizes), default=0),
            roots=max(roots),
            depth=max((size.depth for size in sizes), default=0),
            repeats=max((size.repeats for size in sizes), default=0),
            variables=max(variables),
        )
        return Measured(operations, largest, self._longest, costs, tuple(self._switches))

    def _defaults(self, node: OperationDefinitionNode) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for variable in node.variable_definitions or ():
            value = variable.default_value
            if value is None:
                continue
            self._value(value)
            if isinstance(value, IntValueNode):
                found[variable.variable.name.value] = int(value.value[:9])
            elif isinstance(value, ListValueNode):
                found[variable.variable.name.value] = [None] * len(value.values)
        return found

    def _fragment(self, name: str) -> Size:
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = NOTHING
            node = self._fragments.get(name)
            if node is not None:
                fields = self._prices.of(node.type_condition.name.value)
                own = self._directives(node.directives or ())
                size = self._set(node.selection_set.selections, fields, AROUND)
                known = self._known[name] = size._replace(directives=size.directives + own)
        return known

    def _set(self, selections: Sequence[SelectionNode], fields: Mapping[str, Price], around: Source) -> Size:
        nodes = aliases = directives = below = depth = fixed = 0
        names: dict[str, int] = {}
        parts: list[tuple[Source, Cost]] = []
        for node in selections:
            nodes += 1
            if node.directives:
                directives += self._directives(node.directives)
            if isinstance(node, FieldNode):
                aliases += node.alias is not None
                key = node.alias.value if node.alias else node.name.value
                names[key] = names.get(key, 0) + 1
                for argument in node.arguments or ():
                    self._value(argument.value)
                price = fields.get(node.name.value)
                if node.selection_set is None:
                    depth = depth or 1
                    fixed += price.weight if price else 0
                    continue
                size, cost = self._field(node, node.selection_set, price, around)
                deep = size.depth + 1
                below += size.repeats
            else:
                size, cost = self._inner(node, fields, around)
                for key, times in size.names.items():
                    names[key] = names.get(key, 0) + times
                deep = size.depth
                below += size.below
            depth = max(depth, deep)
            nodes += size.nodes
            aliases += size.aliases
            directives += size.directives
            fixed += cost.fixed
            if cost.parts and nodes <= self._most_nodes:
                parts += cost.parts
        return Size(nodes, aliases, directives, depth, Cost(fixed, tuple(parts)), names, below)

    def _field(
        self, node: FieldNode, below: SelectionSetNode, price: Price | None, around: Source
    ) -> tuple[Size, Cost]:
        if price is None:
            inside = self._set(below.selections, {}, 1)
            return inside, Cost(inside.cost.fixed + 1, inside.cost.parts)
        size = asked(node, price.sized, self._most_members) if price.sized else price.times
        inside = self._set(below.selections, price.below, size if price.passed else 1)
        whole = Cost(inside.cost.fixed + price.weight, inside.cost.parts)
        if price.repeated:
            return inside, repeated(around, whole)
        return inside, whole if price.passed or size == 1 else repeated(size, whole)

    def _inner(self, node: SelectionNode, fields: Mapping[str, Price], around: Source) -> tuple[Size, Cost]:
        if isinstance(node, FragmentSpreadNode):
            size = self._fragment(node.name.value)
            return size, placed(size.cost, around)
        assert isinstance(node, InlineFragmentNode)  # noqa: S101  # the language has no fourth kind of selection
        condition = node.type_condition
        known = self._prices.of(condition.name.value) if condition else fields
        size = self._set(node.selection_set.selections, known, around)
        return size, size.cost

    def _directives(self, directives: Sequence[DirectiveNode]) -> int:
        for directive in directives:
            for argument in directive.arguments or ():
                self._value(argument.value)
                if isinstance(argument.value, VariableNode):
                    self._switches[argument.value.name.value] = None
        return len(directives)

    def _value(self, value: ValueNode) -> None:
        if isinstance(value, ListValueNode):
            self._longest = max(self._longest, len(value.values))
            for member in value.values:
                self._value(member)
        elif isinstance(value, ObjectValueNode):
            for field in value.fields:
                self._value(field.value)
