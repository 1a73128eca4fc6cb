"""One function for the plain fields of an object type: compiled from the selection, without a call for each field.

What it is made of are names: of response keys, which the GraphQL grammar confines to letters, digits and underscores,
and of attributes in our own declarations. No value of a request becomes part of its text.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from graphql import GraphQLEnumType, GraphQLOutputType, GraphQLScalarType, is_non_null_type

from gongzhi.graphql.executor.completion import TESTS, Complete, Unplanned, discard, names_of, refuse


class Plain(NamedTuple):
    """A field read from its record: by an attribute's name, or by a function of the record alone; and its type."""

    key: str
    read: str | Complete
    complete: Complete
    kind: GraphQLOutputType


class Constant(NamedTuple):
    """A field whose value the type alone decides (`__typename`), or the place of one that is filled in later."""

    key: str
    value: str | None


def project(fields: Sequence[Plain | Constant]) -> Complete:
    """From a record to the object with these fields, in this order.

    What a function has answered is not left waiting where that was not expected.
    """
    given: dict[str, Any] = {"discard": discard, "refuse": refuse}
    parts = []
    for number, field in enumerate(fields):
        if not field.key.isidentifier():
            raise Unplanned
        if isinstance(field, Constant):
            parts.append(f"{field.key!r}: {field.value!r}")
            continue
        if isinstance(field.read, str):
            if not field.read.isidentifier():
                raise Unplanned
            source = f"record.{field.read}"
        else:
            given[f"r{number}"] = field.read
            source = f"(found := r{number}(record))"
        parts.append(f"{field.key!r}: {_completed(field, number, source, given)}")
    asks = any(isinstance(field, Plain) and not isinstance(field.read, str) for field in fields)
    exec((_ASKING if asks else _READING) % ", ".join(parts), given)  # noqa: S102  # see above: names only
    function: Complete = given["projected"]
    return function


def _completed(field: Plain, number: int, source: str, given: dict[str, Any]) -> str:
    """The text that completes a value: a test where the value is the answer, a look-up for an enum, or a call."""
    nullable = not is_non_null_type(field.kind)
    named: Any = field.kind if nullable else field.kind.of_type  # type: ignore[union-attr]  # of what may not be null
    name = f"c{number}"
    if isinstance(named, GraphQLEnumType):
        given[name] = names_of(named, nullable=nullable)
        return f"{name}[{source}]"
    if isinstance(named, GraphQLScalarType) and named.name in TESTS:
        value = f"v{number}"
        test = TESTS[named.name].format(value) + (f" or {value} is None" if nullable else "")
        return f"({value} if {test.replace(value, f'({value} := {source})', 1)} else refuse())"
    given[name] = field.complete
    return f"{name}({source})"


_READING = "def projected(record): return {%s}"
_ASKING = """def projected(record):
    found = None
    try:
        return {%s}
    except Exception:
        discard(found)
        raise
"""
