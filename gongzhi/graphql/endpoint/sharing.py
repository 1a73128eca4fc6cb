"""Between whom the answer to an operation may be shared: as far as every field in it is declared to be.

A field that needs a permission is shared with nobody. One that is read from an interface is shared as far as it is in
each type that may stand there.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
)

from gongzhi.graphql.access import CacheControl, CacheScope
from gongzhi.graphql.executor.declared import DEFINITION

WIDTH = {CacheScope.public: 2, CacheScope.viewer: 1, CacheScope.private: 0}
SCOPES = {width: scope for scope, width in WIDTH.items()}


class Sharing:
    """How far the fields of one schema may be shared, found out when they are first asked for."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._known: dict[tuple[str, str], int] = {}

    def of(self, document: DocumentNode) -> Mapping[str | None, CacheScope]:
        """The scope of each operation of a valid document; mutations and subscriptions are private."""
        found: dict[str | None, CacheScope] = {}
        walk = _Walk(self, document)
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                kind = self._schema.get_root_type(node.operation)
                width = 0
                if node.operation is OperationType.QUERY and kind is not None:
                    width = walk.width(node.selection_set, kind)
                found[node.name.value if node.name else None] = SCOPES[width]
        return found

    def kind(self, name: str) -> Any:
        """The type of a name."""
        return self._schema.type_map.get(name)

    def field(self, kind: Any, name: str) -> GraphQLField | None:
        """The field of a type; introspection is none of a type's own."""
        fields = kind.fields if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) else {}
        found: GraphQLField | None = fields.get(name)
        return found

    def width(self, kind: Any, name: str) -> int:
        """How far a field's value may be shared, as a number."""
        key = (kind.name, name)
        found = self._known.get(key)
        if found is None:
            kinds: Sequence[Any] = (kind,)
            if isinstance(kind, GraphQLInterfaceType):
                kinds = (kind, *self._schema.get_possible_types(kind))
            found = self._known[key] = min(_declared(self.field(each, name)) for each in kinds)
        return found


def _declared(field: GraphQLField | None) -> int:
    definition: Any = field.extensions.get(DEFINITION) if field is not None else None
    for directive in definition.directives if definition is not None else ():
        if isinstance(directive, CacheControl):
            return WIDTH[directive.scope]
    return 0


class _Walk:
    """One document, each of its fragments once."""

    def __init__(self, sharing: Sharing, document: DocumentNode) -> None:
        self._sharing = sharing
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._known: dict[str, int] = {}

    def width(self, selections: SelectionSetNode, kind: Any) -> int:
        found = WIDTH[CacheScope.public]
        for node in selections.selections:
            if isinstance(node, FieldNode):
                found = min(found, self._field(node, kind))
            elif isinstance(node, FragmentSpreadNode):
                found = min(found, self._fragment(node.name.value))
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                within = self._sharing.kind(condition.name.value) if condition else kind
                found = min(found, self.width(node.selection_set, within))
            if not found:
                break
        return found

    def _field(self, node: FieldNode, kind: Any) -> int:
        name = node.name.value
        if name in ("__typename", "__schema", "__type"):
            return WIDTH[CacheScope.public]  # what the schema says of itself is the same for all who may ask
        found = self._sharing.width(kind, name)
        field = self._sharing.field(kind, name)
        if not found or field is None or node.selection_set is None:
            return found
        return min(found, self.width(node.selection_set, get_named_type(field.type)))

    def _fragment(self, name: str) -> int:
        if name not in self._known:
            fragment = self._fragments[name]
            kind = self._sharing.kind(fragment.type_condition.name.value)
            self._known[name] = self.width(fragment.selection_set, kind)
        return self._known[name]
