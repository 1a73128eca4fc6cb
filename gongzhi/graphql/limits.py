"""How large a document may be: one pass over it, each fragment measured once however often it is spread."""

from collections.abc import Iterable
from functools import partial

import msgspec
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Visitor,
    visit,
)

from gongzhi.core.errors import Limited
from gongzhi.core.settings import Settings


class Size(msgspec.Struct, frozen=True):
    """What a selection amounts to when every fragment is written out: fields, aliases, directives, root fields, depth.

    Numbers grow fast in nested fragments and are exact all the same: they are added, never walked.
    """

    nodes: int = 0
    aliases: int = 0
    directives: int = 0
    roots: int = 0
    depth: int = 0

    def beside(self, other: "Size") -> "Size":
        """Both, one after the other."""
        return Size(
            self.nodes + other.nodes,
            self.aliases + other.aliases,
            self.directives + other.directives,
            self.roots + other.roots,
            max(self.depth, other.depth),
        )


CYCLE = Size()
"""A fragment that spreads itself is refused by validation; here it counts nothing."""

MEASURED = (
    ("node_limit", "nodes", "selections"),
    ("alias_limit", "aliases", "aliases"),
    ("directive_limit", "directives", "directives"),
    ("root_field_limit", "roots", "fields at the top"),
    ("depth_limit", "depth", "levels"),
)


def check_document(document: DocumentNode, settings: Settings) -> None:
    """:raises Limited: naming the first limit that the document breaks, its value and what was asked for."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    _refuse("operation_limit", len(operations), settings, "operations")
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    known: dict[str, Size] = {}
    sizes = [_measure(operation.selection_set, fragments, known) for operation in operations]
    sizes += [_fragment(name, fragments, known) for name in fragments]
    for limit, name, noun in MEASURED:
        _refuse(limit, max((getattr(size, name) for size in sizes), default=0), settings, noun)
    found = Lists()
    visit(document, found)
    check_list(found.longest, settings)


class Lists(Visitor):
    """The length of the longest list that is written out in a document."""

    longest = 0

    def enter_list_value(self, node: ListValueNode, *_: object) -> None:
        """Compare."""
        self.longest = max(self.longest, len(node.values))


def check_variables(variables: object, settings: Settings) -> None:
    """:raises Limited: a list among the variables, at whatever depth, has too many members."""
    rest = [variables]
    while rest:
        value = rest.pop()
        if isinstance(value, dict):
            rest.extend(value.values())
        elif isinstance(value, list):
            check_list(len(value), settings)
            rest.extend(value)


def check_list(length: int, settings: Settings) -> None:
    """:raises Limited: a list in an input has too many members."""
    value = settings.input_list_limit
    if length > value:
        message = f"A list in the input has {length} members; at most {value} are allowed."
        raise Limited(message, limit="input_list_limit", value=value, actual=length)


def _refuse(limit: str, actual: int, settings: Settings, noun: str) -> None:
    value = getattr(settings, limit)
    if actual > value:
        raise Limited(
            f"The document has {actual} {noun}; at most {value} are allowed.", limit=limit, value=value, actual=actual
        )


def _measure(
    selections: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode], known: dict[str, Size]
) -> Size:
    return _sum(map(partial(_selection, fragments=fragments, known=known), selections.selections))


def _selection(node: object, fragments: dict[str, FragmentDefinitionNode], known: dict[str, Size]) -> Size:
    if isinstance(node, FragmentSpreadNode):
        own = Size(nodes=1, directives=len(node.directives or ()))
        return own.beside(_fragment(node.name.value, fragments, known))
    if isinstance(node, InlineFragmentNode):
        own = Size(nodes=1, directives=len(node.directives or ()))
        return own.beside(_measure(node.selection_set, fragments, known))
    if isinstance(node, FieldNode):
        below = _measure(node.selection_set, fragments, known) if node.selection_set else Size()
        return Size(
            1 + below.nodes,
            bool(node.alias) + below.aliases,
            len(node.directives or ()) + below.directives,
            1,
            1 + below.depth,
        )
    return Size()


def _fragment(name: str, fragments: dict[str, FragmentDefinitionNode], known: dict[str, Size]) -> Size:
    if name not in known:
        known[name] = CYCLE
        if name in fragments:
            known[name] = _measure(fragments[name].selection_set, fragments, known)
    return known[name]


def _sum(sizes: Iterable[Size]) -> Size:
    total = Size()
    for size in sizes:
        total = total.beside(size)
    return total
