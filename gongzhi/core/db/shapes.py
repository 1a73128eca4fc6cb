"""SQL that is written once for each shape of a statement, and bound to other values each time.

Piccolo writes a statement's text anew whenever it runs, which takes several times as long as PostgreSQL's answer.
The shape of a statement is all of it but its values: which columns are compared and how, in which order, how many rows.
The first time a shape is met Piccolo writes its text, so that the text has one source; from then on only the values are
collected. Whether these are what Piccolo binds, in its order, is checked that first time; a shape where it is not so is
left to Piccolo for ever.
"""

from collections.abc import Callable, Hashable, Sequence
from itertools import count
from typing import Any

from piccolo.columns import Column
from piccolo.columns.combination import And, CombinableMixin, Or, Undefined, Where
from piccolo.custom_types import Combinable
from piccolo.query.base import Query
from piccolo.querystring import QueryString

from gongzhi.core.db.plans import planned_once

MOST = 10_000
"""Shapes and texts kept; where there are more, all are forgotten and written again."""

COMPOSED = (Column, QueryString, Query)
"""What stands in a statement's text and not among its values."""

_numbers = count()
_shapes: dict[Hashable, int] = {}
_texts: dict[Hashable, str | None] = {}


class Fixed(CombinableMixin):
    """A clause that is used again with the same values: its shape and its values are known."""

    __slots__ = ("inner", "shape", "values")

    def __init__(self, inner: Any, shape: int, values: tuple[Any, ...]) -> None:
        self.inner = inner
        self.shape = shape
        self.values = values

    @property
    def querystring(self) -> QueryString:
        """The clause for a select."""
        found: QueryString = self.inner.querystring
        return found

    @property
    def querystring_for_update_and_delete(self) -> QueryString:
        """The clause for an update or a delete."""
        found: QueryString = self.inner.querystring_for_update_and_delete
        return found

    def get_column_values(self) -> dict[object, object]:
        """Nothing that `get_or_create` could fill in."""
        return {}


def fixed(clause: Combinable) -> Combinable:
    """The same clause, to be kept and used again; as it is if it reaches into another table by a join."""
    values: list[Any] = []
    joins: list[Column] = []
    structure = _structure(clause, values, joins)
    kept: Any = Fixed(clause, number_of(structure), tuple(values))
    return clause if joins else kept


def number_of(structure: Hashable) -> int:
    """A number for a structure: the same for an equal one, and no other's."""
    found = _shapes.get(structure)
    if found is None:
        if len(_shapes) >= MOST:
            _shapes.clear()
        found = _shapes[structure] = next(_numbers)
    return found


def shape_of(part: Any, values: list[Any]) -> int:
    """The shape of a clause or of a column of a select; its values are added to `values`."""
    if type(part) is Fixed:
        values.extend(part.values)
        return part.shape
    return number_of(_structure(part, values, []))


def text_of(
    key: Hashable,
    engine_type: str,
    values: Sequence[Any],
    build: Callable[[], "Query[Any, Any]"],
    *,
    once: bool = False,
) -> str | None:
    """The text of the statement of a shape, written by Piccolo if it is new; None if Piccolo has to bind it, too.

    With `once` PostgreSQL plans it once for all values.
    """
    try:
        return _texts[engine_type, once, key]
    except KeyError:
        pass
    (querystring,) = build().querystrings
    text, bound = querystring.compile_string(engine_type=engine_type)
    alike = len(bound) == len(values) and all(map(_same, bound, values))
    if len(_texts) >= MOST:
        _texts.clear()
    if once and alike and engine_type == "postgres":
        text = planned_once(text, values)
    _texts[engine_type, once, key] = text if alike else None
    return text if alike else None


def _same(one: Any, other: Any) -> bool:
    return one is other or (type(one) is type(other) and bool(one == other))


def _structure(part: Any, values: list[Any], joins: list[Column]) -> Hashable:
    kind = type(part)
    if kind is Fixed:
        values.extend(part.values)
        return int(part.shape)
    if kind is Where:
        return _comparison(part, values, joins)
    if kind is And or kind is Or:
        return kind, _structure(part.first, values, joins), _structure(part.second, values, joins)
    return _querystring(part if isinstance(part, QueryString) else part.querystring, values)


def _comparison(part: Where, values: list[Any], joins: list[Column]) -> Hashable:
    """A column and what it is compared with; anything but plain values is looked at as Piccolo would write it."""
    column, one, many = part.column, part.value, part.values
    meta = column._meta
    if meta.call_chain or getattr(meta.table, meta.name, None) is not column:
        joins.append(column)
        return _querystring(part.querystring, values)
    if (
        isinstance(one, COMPOSED)
        or not isinstance(many, list | Undefined)
        or any(isinstance(v, COMPOSED) for v in _each(many))
    ):
        return _querystring(part.querystring, values)
    if not isinstance(one, Undefined):
        values.append(one)
    values.extend(_each(many))
    return meta.table, meta.name, part.operator, isinstance(one, Undefined), len(_each(many))


def _each(many: Any) -> Sequence[Any]:
    return () if isinstance(many, Undefined) else many


def _querystring(part: QueryString, values: list[Any]) -> Hashable:
    parts: list[Hashable] = [part.template, part._alias]
    for each in part.args:
        if isinstance(each, QueryString):
            parts.append(_querystring(each, values))
        else:
            values.append(each)
            parts.append(None)
    return tuple(parts)
