"""One function for the plain fields of an object type: compiled from the selection, without a call for each field.

What it is made of are names: of response keys, which the GraphQL grammar confines to letters, digits and underscores,
and of attributes in our own declarations. No value of a request becomes part of its text.
"""

from collections.abc import Callable, Sequence
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


class Told(NamedTuple):
    """A field that a function of the record tells, which is known when the plan is run."""

    key: str
    complete: Complete


class Kept(NamedTuple):
    """A field that is kept ready by a key, the record's attribute `by`, when the plan is run."""

    key: str
    by: str


Field = Plain | Constant | Told | Kept
Rows = Callable[..., list[dict[str, Any]]]
"""From records, and for each `Told` its function and each `Kept` what is kept, to the objects."""


def project(fields: Sequence[Plain | Constant]) -> Complete:
    """From a record to the object with these fields, in this order.

    What a function has answered is not left waiting where that was not expected.
    """
    given: dict[str, Any] = {"discard": discard, "refuse": refuse}
    text = _texts(fields, given)
    asks = any(isinstance(field, Plain) and not isinstance(field.read, str) for field in fields)
    exec((_ASKING if asks else _READING) % text, given)  # noqa: S102  # see above: names only
    function: Complete = given["projected"]
    return function


def project_rows(fields: Sequence[Field]) -> Rows | None:
    """The same for many records at once, with fields of which more is known when the plan is run.

    None where a function of the record may answer something to wait for: it does not say what it reads.
    """
    if any(isinstance(each, Plain) and not (isinstance(each.read, str) or _says(each.read)) for each in fields):
        return None
    given: dict[str, Any] = {"refuse": refuse}
    text = _texts(fields, given)
    late = "".join(f", a{number}" for number, field in enumerate(fields) if isinstance(field, Told | Kept))
    exec(_EACH % (late, text), given)  # noqa: S102  # see above: names only
    function: Rows = given["projected"]
    return function


def _says(function: Complete) -> bool:
    return getattr(function, "reads", None) is not None


def _texts(fields: Sequence[Field], given: dict[str, Any]) -> str:
    return ", ".join(f"{field.key!r}: {_text(field, number, given)}" for number, field in enumerate(fields))


def _text(field: Field, number: int, given: dict[str, Any]) -> str:
    if not field.key.isidentifier():
        raise Unplanned
    if isinstance(field, Constant):
        return repr(field.value)
    if isinstance(field, Told):
        given[f"c{number}"] = field.complete
        return f"c{number}(a{number}(record))"
    name = field.by if isinstance(field, Kept) else field.read
    if isinstance(name, str) and not name.isidentifier():
        raise Unplanned
    if isinstance(field, Kept):
        return f"a{number}[record.{name}]"
    if isinstance(name, str):
        return _completed(field, number, f"record.{name}", given)
    given[f"r{number}"] = name
    return _completed(field, number, f"(found := r{number}(record))", given)


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


_EACH = """def projected(records%s):
    made = []
    for record in records:
        made.append({%s})
    return made
"""
_READING = "def projected(record): return {%s}"
_ASKING = """def projected(record):
    found = None
    try:
        return {%s}
    except Exception:
        discard(found)
        raise
"""
