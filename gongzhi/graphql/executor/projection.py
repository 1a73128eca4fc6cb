"""One function for the plain fields of an object type: compiled from the selection, without a call for each field.

It reads records, or rows as a database answered them. What it is made of are names: of response keys, which the GraphQL
grammar confines to letters, digits and underscores, and of attributes in our own declarations. No value of a request
becomes part of its text.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple

import msgspec
from graphql import GraphQLEnumType, GraphQLOutputType, GraphQLScalarType, is_non_null_type

from gongzhi.core.parts import Unmade
from gongzhi.core.rows import held
from gongzhi.graphql.executor.completion import TESTS, Complete, Unplanned, discard, names_of, refuse


class Attribute(NamedTuple):
    """How a field is read from its record: an attribute, and what is made of that, if it is not the value itself."""

    name: str
    make: Callable[[Any], Any] | None = None


class Plain(NamedTuple):
    """A field read from its record: from an attribute, or by a function of the record alone; and its type."""

    key: str
    read: Attribute | Complete
    complete: Complete
    kind: GraphQLOutputType


class Constant(NamedTuple):
    """A field whose value the type alone decides (`__typename`), or the place of one that is filled in later."""

    key: str
    value: str | None


class InContext(NamedTuple):
    """A field that is found, when the plan is run, in what the context holds by the record's attributes `by`."""

    key: str
    complete: Complete
    by: tuple[str, ...]


class Kept(NamedTuple):
    """A field that is kept ready, already completed, by a key, the record's attribute `by`, when the plan is run."""

    key: str
    by: str


Field = Plain | Constant | InContext | Kept


class NotHeld(Exception):
    """A row does not hold what a field reads; its record does."""


class Columns(NamedTuple):
    """The columns of rows: their names as they come, of which types they are by their names, and how a row is opened.

    A name without a type is none of a record's.
    """

    names: tuple[str, ...]
    kinds: Mapping[str, type]
    opened: str


Rows = Callable[..., list[dict[str, Any]]]
"""From records or rows, and for each `InContext` and `Kept` what is known by key, to the objects.

For a row a `Kept` brings a function as well: of a key that is not known yet and of the row, which has the record.
"""


def project(fields: Sequence[Plain | Constant]) -> Complete:
    """From a record to the object with these fields, in this order.

    What a function has answered is not left waiting where that was not expected.
    """
    given: dict[str, Any] = {"discard": discard, "refuse": refuse}
    text = _texts(fields, given, None)
    asks = any(isinstance(field, Plain) and not isinstance(field.read, Attribute) for field in fields)
    exec((_ASKING if asks else _READING) % text, given)  # noqa: S102  # see above: names only
    function: Complete = given["projected"]
    return function


def project_rows(fields: Sequence[Field], columns: Columns | None = None) -> Rows | None:
    """The same for many records at once, or rows, with fields of which more is known when the plan is run.

    None where a function of the record may answer something to wait for, or a row does not hold what is read.
    """
    if any(isinstance(each, Plain) and not isinstance(each.read, Attribute) for each in fields):
        return None
    given: dict[str, Any] = {"refuse": refuse}
    try:
        text = _texts(fields, given, columns)
    except NotHeld:
        return None
    late = "".join(
        f", a{number}, b{number}" if columns is not None and isinstance(field, Kept) else f", a{number}"
        for number, field in enumerate(fields)
        if isinstance(field, InContext | Kept)
    )
    opening = "" if columns is None else _opening(columns)
    exec(_EACH % (late, opening, text), given)  # noqa: S102  # see above: names only
    function: Rows = given["projected"]
    return function


class Raw:
    """What makes objects with these fields of rows that would become records of this class.

    It is compiled when the first of them come, for each order of columns that there is.
    """

    __slots__ = ("_fields", "_made", "_record")

    def __init__(self, record: type[msgspec.Struct] | None, fields: Sequence[Field]) -> None:
        self._record = record
        self._fields = fields
        self._made: dict[object, Rows | None] = {}

    def of(self, rows: Unmade) -> Rows | None:
        """The function for these rows; None where they have to become records."""
        record = self._record
        if record is None or record != rows.parts.record:
            return None
        if not rows.rows:
            return _nothing
        first = rows.rows[0]
        order = (rows.parts.names, len(first), first.__class__)  # together with others a row has a column more
        if order not in self._made:
            opened = "record.values()" if isinstance(first, dict) else "record"
            self._made[order] = project_rows(self._fields, Columns(tuple(first.keys()), held(record), opened))
        return self._made[order]


def _nothing(*_: object) -> list[dict[str, Any]]:
    return []


def _opening(columns: Columns) -> str:
    """The text that gives each column of a row a name."""
    names = "".join(f"x{number}, " for number in range(len(columns.names)))
    return f"({names}) = {columns.opened}; "


def _texts(fields: Sequence[Field], given: dict[str, Any], columns: Columns | None) -> str:
    return ", ".join(f"{field.key!r}: {_text(field, number, given, columns)}" for number, field in enumerate(fields))


def _text(field: Field, number: int, given: dict[str, Any], columns: Columns | None) -> str:
    if not field.key.isidentifier():
        raise Unplanned
    if isinstance(field, Constant):
        return repr(field.value)
    if isinstance(field, InContext):
        return _found(field, number, given, columns)
    if isinstance(field, Kept):
        source = _source(field.by, columns)
        if columns is None:
            return f"a{number}[{source}]"
        known = f"(m{number} := a{number}.get(v{number} := {source}))"
        return f"(m{number} if {known} is not None else b{number}(v{number}, record))"
    if not isinstance(field.read, Attribute):
        given[f"r{number}"] = field.read
        return _completed(field, number, f"(found := r{number}(record))", given)
    name, make = field.read
    if make is None and columns is not None and _is_enum(name, columns):
        return _of_value(field, number, f"x{columns.names.index(name)}", given)
    source = _source(name, columns)
    if make is not None:
        given[f"r{number}"] = make
        source = f"r{number}({source})"
    return _completed(field, number, source, given)


def _source(name: str, columns: Columns | None) -> str:
    """The text that reads an attribute.

    :raises NotHeld: rows hold it in no column, or not as it is.
    """
    if not name.isidentifier():
        raise Unplanned
    if columns is None:
        return f"record.{name}"
    if name not in columns.kinds or name not in columns.names or _is_enum(name, columns):
        raise NotHeld
    return f"x{columns.names.index(name)}"


def _is_enum(name: str, columns: Columns) -> bool:
    """Whether rows hold the value of an enum's member."""
    return name in columns.names and issubclass(columns.kinds.get(name, object), Enum)


def _completed(field: Plain, number: int, source: str, given: dict[str, Any]) -> str:
    """The text that completes a value: a test where the value is the answer, a look-up for an enum, or a call."""
    named, nullable = _named_type(field.kind)
    name = f"c{number}"
    if isinstance(named, GraphQLEnumType):
        given[name] = names_of(named, nullable=nullable)
        return f"{name}[{source}]"
    if isinstance(named, GraphQLScalarType) and named.name in TESTS:
        value = f"v{number}"
        test = TESTS[named.name].format(value) + (f" or {value} is None" if nullable else "")
        return f"({value} if {test.replace(value, f'({value} := {source})', 1)} else refuse())"
    given[name] = field.complete
    days = getattr(field.complete, "days", None)
    if days is None:
        return f"{name}({source})"
    given[f"k{number}"] = days
    return f"(k{number}.get(v{number} := {source}) or {name}(v{number}))"


def _of_value(field: Plain, number: int, source: str, given: dict[str, Any]) -> str:
    """The text that completes what a row holds of an enum's member: its value."""
    named, nullable = _named_type(field.kind)
    if not isinstance(named, GraphQLEnumType):
        raise NotHeld
    given[f"c{number}"] = {
        getattr(each, "value", each): name for each, name in names_of(named, nullable=nullable).items()
    }
    return f"c{number}[{source}]"


def _named_type(kind: GraphQLOutputType) -> tuple[Any, bool]:
    """A leaf's type without its mark, and whether it may be null."""
    nullable = not is_non_null_type(kind)
    named: Any = kind if nullable else kind.of_type  # type: ignore[union-attr]  # of what may not be null
    return named, nullable


def _found(field: InContext, number: int, given: dict[str, Any], columns: Columns | None) -> str:
    """The text that finds a record by key and completes it, where that was not done before."""
    key = ", ".join(_source(name, columns) for name in field.by)
    source = f"a{number}.get({f'({key})' if len(field.by) > 1 else key})"
    given[f"c{number}"] = field.complete
    encoded = getattr(field.complete, "encoded", None)
    if encoded is None:
        return f"c{number}({source})"
    given[f"k{number}"] = encoded
    known = f"(m{number} := k{number}.get(id(v{number} := {source})))"
    return f"(m{number} if {known} is not None else c{number}(v{number}))"


_EACH = """def projected(records%s):
    made = []
    for record in records:
        %smade.append({%s})
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
