"""Documents: parsed, measured and validated once, then kept by their text."""

from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from sys import getsizeof
from typing import Any

import msgspec
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)

from gongzhi.core.errors import Invalid, Limited
from gongzhi.core.settings import Settings
from gongzhi.graphql.access import CacheScope
from gongzhi.graphql.endpoint.limits import check_size
from gongzhi.graphql.endpoint.measuring import Measured, OperationCost, measure
from gongzhi.graphql.endpoint.pricing import Prices
from gongzhi.graphql.endpoint.sharing import Sharing
from gongzhi.graphql.executor import Planner, Plans

KEPT = 1_000
"""Documents that are kept, newest use first."""
KEPT_BYTES = 32_000_000
"""Of memory, that they take together; `weight` says how much one takes."""
ABORTED = "Validation aborted."
"""What graphql-core says alone when checking would take too much work, though nothing was found wrong so far."""


class Rejected(Exception):
    """A document that cannot be executed, with the errors of parsing or validation."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("the document was rejected")
        self.errors = errors


class Document(msgspec.Struct, frozen=True, eq=False, weakref=True):
    """A document that can be executed: its SHA-256, and of each operation what it costs and how far it may be shared.

    `plans` are how its operations are executed.
    """

    node: DocumentNode
    operations: Mapping[str | None, OperationDefinitionNode]
    digest: str
    costs: Mapping[str | None, OperationCost]
    scopes: Mapping[str | None, CacheScope]
    plans: Plans

    def chosen(self, name: str | None) -> OperationDefinitionNode:
        """The one operation that a request runs, or Invalid when its name chooses none or several."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        found = self.operations.get(name) if name is not None else None
        return found if found is not None else chosen_operation(self.node, name)


class Documents:
    """The documents of one schema that were seen lately, and found good."""

    def __init__(self, schema: GraphQLSchema, settings: Settings) -> None:
        self._schema = schema
        self._settings = settings
        self._prices = Prices(schema)
        self._planner = Planner()
        self._sharing = Sharing(schema)
        self._kept: OrderedDict[tuple[str, bool], Document] = OrderedDict()
        self._weight = 0

    def get(self, text: str, *, introspection: bool) -> Document:
        """The document of a text.

        :raises Limited: it is longer, deeper or wider than the settings allow.
        :raises Rejected: it is no GraphQL, or not of this schema.
        """
        key = (text, introspection)
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = self._read(text, introspection)
            self._weight += weight(text, kept)
            self._shed()
        else:
            self._kept.move_to_end(key)
        return kept

    def used(self, text: str, *, introspection: bool) -> None:
        """A document was used again without being asked for here."""
        if (text, introspection) in self._kept:
            self._kept.move_to_end((text, introspection))

    def _shed(self) -> None:
        """Forget those that were not used for longest, until the rest is light enough; the newest stays."""
        while len(self._kept) > KEPT or (self._weight > KEPT_BYTES and len(self._kept) > 1):
            (text, _), gone = self._kept.popitem(last=False)
            self._weight -= weight(text, gone)

    def _read(self, text: str, introspection: bool) -> Document:
        limit = self._settings.source_limit_bytes
        encoded = text.encode()
        size = len(encoded)
        if size > limit:
            raise Limited(
                f"The document has {size} bytes; at most {limit} are allowed.",
                limit="source_limit_bytes",
                value=limit,
                actual=size,
            )
        try:
            node = parse(text, max_lexical_tokens=self._settings.token_limit)
            measured = self._checked(node, introspection)
            plans = Plans(self._planner, measured.switches)
            return Document(
                node, operations_of(node), sha256(encoded).hexdigest(), measured.costs, self._sharing.of(node), plans
            )
        except GraphQLError as error:
            if "Parsing aborted" in error.message:
                raise self._too_many_tokens() from None
            raise Rejected([error]) from None
        except RecursionError:
            raise Limited(
                "The document is nested too deeply.", limit="depth_limit", value=self._settings.depth_limit
            ) from None

    def _checked(self, document: DocumentNode, introspection: bool) -> Measured:
        most = self._settings.node_limit
        measured = measure(document, self._prices, most_nodes=most, most_members=self._settings.page_size_max)
        check_size(measured, self._settings)
        rules = specified_rules if introspection else [*specified_rules, NoSchemaIntrospectionCustomRule]
        errors = validate(
            self._schema,
            document,
            rules,
            max_errors=self._settings.error_limit,
            hide_suggestions=not self._settings.demo,
        )
        if [error.message for error in errors] == [ABORTED]:
            limit = self._settings.node_limit
            message = "The document repeats fields or fragments too often to be checked; ask for each once."
            raise Limited(message, limit="node_limit", value=limit)
        if errors:
            raise Rejected(errors)
        return measured

    def _too_many_tokens(self) -> Limited:
        limit = self._settings.token_limit
        return Limited(f"The document has more than {limit} tokens.", limit="token_limit", value=limit)


def weight(text: str, document: Document) -> int:
    """Bytes that a document takes, from above: its text, the same again in tokens and values, and what is made of it.

    A token with its node takes 300 to 600 bytes; a plan of the executor about as much again.
    """
    return 3 * getsizeof(text) + 1_000 * document.node.token_count


def operations_of(document: DocumentNode) -> dict[str | None, OperationDefinitionNode]:
    """A valid document's operations by their names."""
    found = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    return {node.name.value if node.name else None: node for node in found}


def chosen_operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The one operation that a request runs, or Invalid when its name chooses none or several."""
    found: list[Any] = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    names = ", ".join(node.name.value for node in found if node.name) or "none has a name"
    if name is not None:
        found = [node for node in found if node.name and node.name.value == name]
    if len(found) == 1:
        operation: OperationDefinitionNode = found[0]
        return operation
    if not found:
        raise Invalid.at("operationName", f"the document has no operation {(name or '')[:60]!r}", f"it has: {names}")
    raise Invalid.at("operationName", f"the document has {len(found)} operations", f"name one of: {names}")


def changes(operation: OperationDefinitionNode) -> bool:
    """Whether it is a mutation."""
    return operation.operation is OperationType.MUTATION


def follows(operation: OperationDefinitionNode) -> bool:
    """Whether it is a subscription."""
    return operation.operation is OperationType.SUBSCRIPTION
