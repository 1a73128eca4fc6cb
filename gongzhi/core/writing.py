"""Rows entered and changed by statements whose text is written once for each table; see `db.shapes`."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, cast
from uuid import UUID

from piccolo.columns import JSON, JSONB, Column
from piccolo.columns.defaults.base import Default
from piccolo.table import Table

from gongzhi.core.db.engine import Statements
from gongzhi.core.db.shapes import COMPOSED, text_of
from gongzhi.core.db.transaction import Taken, Transaction, refusing

_PLAIN = frozenset({str, int, float, bool, bytes, UUID, date, datetime, type(None)})
"""The classes of values that are bound as they are."""


async def insert(table: type[Table], values: Mapping[str, Any]) -> dict[str, Any]:
    """Enter a row; columns that are not given get their defaults. Answers the whole row.

    :raises ValueError: a column without default is missing, or one is named that the table does not have.
    """
    row = _completed(table, values)
    await _run(table, row)
    return row


async def enter(row: Table) -> None:
    """Enter a row that was made already."""
    table = type(row)
    await _run(table, {name: getattr(row, name) for name, _ in _columns(table)})
    row._exists_in_db = True


async def append(table: type[Table], values: Mapping[str, Any], taken: Taken | None = None) -> dict[str, Any]:
    """Enter a row later in the transaction, together with others that are appended: one round trip for all of them.

    That is before whatever statement comes next, so that every statement finds it, at the end of a savepoint, and at
    the latest before the commit, which fails if it cannot be written. Answers the whole row. `taken` is a unique index
    of the table, and what is raised in the place of a general Conflict where another row has its values.

    :raises ValueError: as `insert`. What the database refuses is raised when it is sent.
    """
    row = _completed(table, values)
    engine = cast(Statements, table._meta.db)
    running: Transaction | None = engine.current_transaction.get()
    bound = _bound(row)
    text = None if running is None else _text(table, row, bound, engine)
    if running is not None and text is not None:
        running.append(text, bound, taken)
        return row
    with refusing([taken] if taken is not None else [], named=engine.engine_type == "postgres"):
        await _run(table, row)
    return row


async def change(table: type[Table], where: Mapping[str, Any], values: Mapping[Any, Any]) -> bool:
    """Write `values` where the columns of `where` are as they say; whether there was such a row. One statement.

    Values may be expressions over columns, as Piccolo takes them.
    """
    engine = cast(Statements, table._meta.db)
    names = [key._meta.name if isinstance(key, Column) else key for key in values]
    asked = [getattr(table, name) for name in where]

    def build() -> Any:
        query = table.update(dict(values))
        for column, value in zip(asked, where.values(), strict=True):
            query = query.where(column == value)
        return query.returning(table._meta.primary_key)

    bound = [*_bound(values), *where.values()]
    if table._meta.auto_update_columns or any(isinstance(value, COMPOSED) for value in bound):
        return bool(await build())
    text = text_of(("update", table, *names, *where), engine.engine_type, bound, build)
    return bool(await (build() if text is None else engine.run(text, bound)))


async def _run(table: type[Table], row: Mapping[str, Any]) -> None:
    engine, bound = cast(Statements, table._meta.db), _bound(row)
    text = _text(table, row, bound, engine)
    await (table.insert(table(**row)) if text is None else engine.run(text, bound))


def _text(table: type[Table], row: Mapping[str, Any], bound: list[Any], engine: Statements) -> str | None:
    return text_of(("insert", table), engine.engine_type, bound, lambda: table.insert(table(**row)))


def _bound(row: Mapping[Any, Any]) -> list[Any]:
    return [value if value.__class__ in _PLAIN else _plain(value) for value in row.values()]


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return getattr(value, value._meta.primary_key._meta.name) if isinstance(value, Table) else value


def _completed(table: type[Table], values: Mapping[str, Any]) -> dict[str, Any]:
    row = {name: values[name] if name in values else default() for name, default in _columns(table)}
    if not values.keys() <= row.keys():
        raise ValueError(f"{table.__name__} has no {', '.join(sorted(values.keys() - row.keys()))}")
    return row


@cache
def _columns(table: type[Table]) -> tuple[tuple[str, Callable[[], Any]], ...]:
    """The table's columns in their order, each with what makes its default."""
    columns: Iterable[Column] = table._meta.columns
    for column in columns:
        if isinstance(column, JSON | JSONB):
            raise TypeError(f"{table.__name__}.{column._meta.name} is JSON, which Piccolo has to write")
    return tuple((column._meta.name, _default(column)) for column in columns)


def _default(column: Column) -> Callable[[], Any]:
    def made() -> Any:
        value = column.get_default_value()
        if isinstance(value, Default):
            value = value.python()
        if value is None and not column._meta.null:
            raise ValueError(f"{column._meta.name} wasn't provided")
        return value

    default = getattr(column, "default", None)
    if callable(default) and not isinstance(default, Default | Enum):
        return cast(Callable[[], Any], default)
    constant = isinstance(default, str | int | bool) or (default is None and column._meta.null)
    return (lambda: default) if constant and not isinstance(default, Enum) else made
