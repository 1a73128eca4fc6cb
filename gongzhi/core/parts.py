"""What a page reads of its rows: all that their records have, or what is asked for of them.

A list shows a few fields of each row. The others' columns would be read, sent and decoded for nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeGuard, overload

import msgspec
from piccolo.columns import Column, ForeignKey
from piccolo.table import Table

from gongzhi.core.db.shapes import number_of
from gongzhi.core.rows import Row, reader

MOST = 64
"""Selections of which a table's statements are kept; further ones read everything, so that there is an end of them."""

Fields = frozenset[str] | None
"""Names of a record's fields; None for all of them."""


class Wanted(msgspec.Struct, frozen=True):
    """What is wanted of each row of a page: fields of its own record, and of those that its foreign keys name.

    `beside` has the names of foreign keys, each with the kind of its record; what a list does not know brings nothing.
    Without `cursors`, what they are made of need not be read.
    """

    fields: Fields = None
    beside: frozenset[tuple[str, type, Fields]] = frozenset()
    cursors: bool = True


EVERYTHING = Wanted()


class Beside(msgspec.Struct, frozen=True):
    """What can be read beside each row of a page: the record that a foreign key of it names."""

    key: ForeignKey[Any]
    record: type[msgspec.Struct]


class Part(msgspec.Struct, frozen=True):
    """What is read beside each row: its foreign key, the columns, and the record that is made of them."""

    name: str
    key: ForeignKey[Any]
    columns: tuple[Column, ...]
    convert: Callable[[Row], Any]

    def found(self, rows: Sequence[Row]) -> dict[Any, Any]:
        """The records beside these rows, by their ids."""
        named = {row[self.name]: row for row in rows}
        named.pop(None, None)
        return {key: self.convert(row) for key, row in named.items()}


class Parts(msgspec.Struct, frozen=True):
    """What is read of each row, what that becomes, and what is read beside it.

    `names` is a number: another one for other columns. `record` is what a row becomes, where the columns say it all.
    """

    columns: tuple[Column, ...]
    convert: Callable[[Row], Any]
    beside: tuple[Part, ...]
    names: int
    record: type[msgspec.Struct] | None


class Unmade(Sequence[Any]):
    """Rows as the database answered them. They become records, all of them, when somebody looks at one.

    What shows a few columns of each needs no record for it: `rows` are as they came.
    """

    __slots__ = ("_records", "parts", "rows")

    def __init__(self, rows: Sequence[Row], parts: Parts) -> None:
        self.rows = rows
        self.parts = parts
        self._records: list[Any] | None = None

    @property
    def records(self) -> list[Any]:
        """The same as records."""
        if self._records is None:
            convert = self.parts.convert
            self._records = [convert(row) for row in self.rows]
        return self._records

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.records)

    @overload
    def __getitem__(self, index: int) -> Any: ...

    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...

    def __getitem__(self, index: int | slice) -> Any:
        return self.records[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self.records == list(other)

    __hash__ = None  # type: ignore[assignment]  # as of lists


class Companions(Mapping[str, Mapping[Any, Any]]):
    """What stands beside rows, by the names of their foreign keys: records by their ids, made when they are wanted."""

    __slots__ = ("_found", "_parts", "_rows")

    def __init__(self, rows: Sequence[Row], parts: Sequence[Part]) -> None:
        self._rows = rows
        self._parts = {part.name: part for part in parts}
        self._found: dict[str, Mapping[Any, Any]] = {}

    def __getitem__(self, name: str) -> Mapping[Any, Any]:
        if name not in self._found:
            self._found[name] = self._parts[name].found(self._rows)
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)


class Reader:
    """How a table's rows become what `convert` makes of them, or a `record`, with or without all of its fields.

    `order` are the columns that cursors are made of.
    """

    def __init__(
        self,
        table: type[Table],
        order: tuple[Column, ...],
        convert: Callable[[Row], Any] | None,
        record: type[msgspec.Struct] | None,
        beside: Mapping[str, Beside],
    ) -> None:
        self._table = table
        self._order = frozenset(column._meta.name for column in order)
        self._convert = convert
        self._record = record if convert is None else None
        self._beside = beside
        self._known: dict[Wanted, Parts] = {}

    def parts(self, wanted: Wanted) -> Parts:
        """What is read where this is wanted."""
        found = self._known.get(wanted)
        if found is None and len(self._known) >= MOST:
            wanted = Wanted(None, frozenset((name, kind, None) for name, kind, _ in wanted.beside))
            found = self._known.get(wanted)
        if found is None:
            found = self._known[wanted] = self._made(wanted)
        return found

    def _made(self, wanted: Wanted) -> Parts:
        asked = {name: (kind, fields) for name, kind, fields in wanted.beside}
        there = {name: each for name, each in self._beside.items() if name in asked and asked[name][0] is each.record}
        parts = tuple(_part(each, asked[name][1]) for name, each in there.items())
        if self._record is None:
            return _parts(self._table.all_columns(), self._convert or dict, parts)
        if not _are_fields(wanted.fields, self._record):
            return _parts(self._table.all_columns(), reader(self._record), parts, self._record)
        names = wanted.fields | there.keys() | (self._order if wanted.cursors else frozenset())
        return _parts(_columns(self._table, names), reader(self._record, only=names), parts, self._record)


def _parts(
    columns: Sequence[Column],
    convert: Callable[[Row], Any],
    beside: tuple[Part, ...],
    record: type[msgspec.Struct] | None = None,
) -> Parts:
    names = (_names(columns), *((part.name, _names(part.columns)) for part in beside))
    return Parts(tuple(columns), convert, beside, number_of(("parts", names)), record)


def _part(beside: Beside, fields: Fields) -> Part:
    other = beside.key._foreign_key_meta.resolved_references
    name = beside.key._meta.name
    if not _are_fields(fields, beside.record):
        return Part(name, beside.key, tuple(other.all_columns()), reader(beside.record, name))
    return Part(name, beside.key, _columns(other, fields), reader(beside.record, name, fields))


def _are_fields(names: Fields, record: type[msgspec.Struct]) -> TypeGuard[frozenset[str]]:
    """Whether these are fields of a record and nothing more: what else it has may read any of its fields."""
    return names is not None and names <= set(record.__struct_fields__)


def _names(columns: Sequence[Column]) -> tuple[str, ...]:
    return tuple(column._meta.name for column in columns)


def _columns(table: type[Table], names: frozenset[str]) -> tuple[Column, ...]:
    """In the order of the table, so that equal selections are equal statements."""
    return tuple(column for column in table.all_columns() if column._meta.name in names)
