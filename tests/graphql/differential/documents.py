"""The operations that tests, pages and examples hold, as far as they are written down as they are."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode, parse, type_from_ast, validate
from graphql.language import OperationType

from gongzhi.web.examples import operations
from tests.access.operations import FIXED
from tests.graphql.differential.values import Values
from tests.style.source import ROOT

BLOCKS = re.compile(r"```graphql\n(.*?)```", re.DOTALL)
INDENTED = re.compile(r"^    ((?:query|\{ ).*)$", re.MULTILINE)
CHANGES_NOTHING = "Probe"
"""The name of mutations that are refused whoever sends them."""


@cache
def written() -> tuple[tuple[str, Any], ...]:
    """Every text that may be an operation, and variables where it has some beside it."""
    found: dict[str, Any] = {each.text: each.variables for each in operations()}
    found |= {each.document(): {"input": each.input} if each.input else {} for each in FIXED}
    for page in (*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"):
        text = page.read_text("utf-8")
        found |= dict.fromkeys((*BLOCKS.findall(text), *INDENTED.findall(text)), None)
    for file in sorted((ROOT / "tests").rglob("*.py")):
        found |= {text: found.get(text) for text in _texts(file)}
    return tuple(found.items())


def _texts(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "{" in node.value:
            yield node.value


def executable(schema: GraphQLSchema, values: Values, random: Random) -> Iterable[tuple[str, dict[str, Any]]]:
    """Those that are valid and change nothing, with variables: their own, or values that exist."""
    for text, variables in written():
        document = _valid(schema, text)
        if document is None:
            continue
        for operation in _operations(document):
            if variables is None:
                variables = {
                    each.variable.name.value: values.value(
                        random, each.variable.name.value, type_from_ast(schema, each.type)
                    )
                    for each in operation.variable_definitions or ()
                }
        yield text, variables


def _valid(schema: GraphQLSchema, text: str) -> DocumentNode | None:
    try:
        document = parse(text, max_lexical_tokens=2_000)
        found = _operations(document)
        wanted = len(found) == 1 and all(
            each.operation is OperationType.QUERY or (each.name is not None and each.name.value == CHANGES_NOTHING)
            for each in found
        )
        return document if wanted and not validate(schema, document, max_errors=1) else None
    except (GraphQLError, RecursionError):
        return None


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
