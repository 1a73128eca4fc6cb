"""Selects of one table, whose text is written once for each shape; see `db.shapes`."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from piccolo.columns import Column
from piccolo.columns.combination import WhereRaw
from piccolo.custom_types import Combinable
from piccolo.query import Select
from piccolo.query.methods.raw import Raw
from piccolo.querystring import QueryString
from piccolo.table import Table

from gongzhi.core.db.engine import Statements
from gongzhi.core.db.shapes import shape_of, text_of
from gongzhi.core.db.together import Together, joins
from gongzhi.core.parts import Parts

Rows = Sequence[Mapping[str, Any]]

_JOINED = 'LEFT JOIN "{other}" {beside} ON {beside}."{primary}" = {key}'
_LOOKED_UP = 'LEFT JOIN LATERAL (SELECT * FROM "{other}" WHERE "{primary}" = {key} OFFSET 0) {beside} ON TRUE'
"""Each by its key, as many as a page has rows: PostgreSQL would read all of a small table, and sort the page again."""


class Order(NamedTuple):
    """Columns to order by, each with whether it ascends, and by their names the order itself."""

    columns: Sequence[tuple[Column, bool]]
    names: Hashable


def order_by(*columns: tuple[Column, bool]) -> Order:
    """The order by these columns, each with whether it ascends."""
    return Order(columns, tuple((column._meta.name, ascending) for column, ascending in columns))


UNORDERED = order_by()


class Written(NamedTuple):
    """A reading's text, unless Piccolo has to bind it, its values, who runs it, and what joins it with others."""

    text: str | None
    values: list[Any]
    engine: Statements
    together: Together | None


class Reading:
    """A select that runs by itself, or becomes a part of a larger one. `columns` stand beside the table's own.

    With `alone` they stand instead of them. `parts` says which of its own are read, all if it is None, and what stands
    beside each row, if it names any: the column `code` of what the foreign key `organization` names as
    `organization.code`. `once` says that one plan suits it, whatever its values are (`db.plans`).
    """

    __slots__ = ("_known", "alone", "columns", "limit", "once", "order", "parts", "table", "where")

    def __init__(
        self,
        table: type[Table],
        where: Sequence[Combinable],
        *,
        order: Order = UNORDERED,
        limit: int | None = None,
        columns: Sequence[Any] = (),
        alone: bool = False,
        parts: Parts | None = None,
        once: bool = False,
    ) -> None:
        self.table = table
        self.where = where
        self.order = order
        self.limit = limit
        self.columns = columns
        self.alone = alone
        self.parts = parts
        self.once = once
        self._known: Written | None = None

    async def rows(self) -> Rows:
        """The rows: one statement, in the running transaction if there is one."""
        text, values, engine, together = self._written()
        if text is not None and together is not None and engine.current_transaction.get() is None:
            return await together.rows(text, values)
        found: Rows = await (self.query() if text is None else engine.run(text, values))
        return found

    @property
    def together(self) -> Together | None:
        """What reads it with those of other requests, outside of a transaction; None where nothing does."""
        return self._written().together if self.once else None

    def _written(self) -> Written:
        if self._known is None:
            engine, values = self._engine, list[Any]()
            shape = self.shape(values)
            text = text_of(shape, engine.engine_type, values, self.query, once=self.once)
            together = engine.together if self.once and text is not None and joins(text) else None
            self._known = Written(text, values, engine, together)
        return self._known

    @property
    def _engine(self) -> Statements:
        return cast(Statements, self.table._meta.db)

    def shape(self, values: list[Any]) -> Hashable:
        """All of it but its values, which are added to `values`."""
        return (
            self.table,
            self.alone,
            self.limit,
            self.order.names,
            self.parts.names if self.parts is not None else None,
            tuple([_shape_of(column, values) for column in self.columns]),
            tuple([shape_of(clause, values) for clause in self.where]),
        )

    def query(self) -> "Select[Any] | Raw":
        """The same, as Piccolo writes it."""
        return Raw(self.table, self._with(self.parts)) if self.parts and self.parts.beside else self._own()

    def _with(self, parts: Parts) -> QueryString:
        """The rows are found first: what stands beside them must not say how."""
        rows = f'"{self.table._meta.tablename}"'
        own = [column._meta.db_column_name for column in parts.columns]
        hidden = [column for column, _ in self.order.columns if column._meta.db_column_name not in own]
        columns = [f"{rows}.*"] if self.columns or not hidden else [f'{rows}."{name}"' for name in own]
        joins = []
        seeks = self._engine.engine_type == "postgres"
        for part in parts.beside:
            key, beside = part.key, f'"beside_{part.name}"'
            other = key._foreign_key_meta.resolved_references
            columns += _named_after(part.name, beside, part.columns)
            name, primary = key._meta.db_column_name, other._meta.primary_key._meta.db_column_name
            join = _LOOKED_UP if seeks else _JOINED
            joins.append(
                join.format(other=other._meta.tablename, beside=beside, primary=primary, key=f'{rows}."{name}"')
            )
        order = [f'{rows}."{column._meta.name}" {"ASC" if up else "DESC"}' for column, up in self.order.columns]
        (found,) = self._own(*hidden).querystrings
        text = f"SELECT {', '.join(columns)} FROM ({{}}) {rows} {' '.join(joins)} ORDER BY {', '.join(order)}"  # noqa: S608  # names of columns
        return QueryString(text, found)

    def _own(self, *more: Column) -> "Select[Any]":
        own = () if self.alone else self.table.all_columns() if self.parts is None else self.parts.columns
        query = self.table.select(*own, *more, *self.columns)
        for column, ascending in self.order.columns:
            query = query.order_by(column, ascending=ascending)
        for clause in self.where:
            query = query.where(clause)
        return query if self.limit is None else query.limit(self.limit)


async def both(one: Reading, other: Reading) -> Mapping[str, Any]:
    """The row of each of two readings that have one at most: one statement.

    The column `code` is `one.code` and `other.code`; where there is no row, its columns are None.
    """
    engine, values = cast(Statements, one.table._meta.db), list[Any]()
    shape = ("both", one.shape(values), other.shape(values))

    def build() -> Raw:
        columns = [*_named_after("one", '"one"', one.table.all_columns())]
        columns += _named_after("other", '"other"', other.table.all_columns())
        joins = '(SELECT 1 AS "here") "here" LEFT JOIN ({}) "one" ON 1 = 1 LEFT JOIN ({}) "other" ON 1 = 1'
        texts = [querystring for each in (one, other) for querystring in each.query().querystrings]
        return Raw(one.table, QueryString(f"SELECT {', '.join(columns)} FROM {joins}", *texts))  # noqa: S608  # names

    text = text_of(shape, engine.engine_type, values, build, once=True)
    ((row),) = await (build() if text is None else engine.run(text, values))
    found: Mapping[str, Any] = row
    return found


async def exists(table: type[Table], *where: Combinable) -> bool:
    """Whether there is a row that meets every clause: one statement."""
    return bool(await Reading(table, where, limit=1, columns=(table._meta.primary_key,), alone=True).rows())


def _named_after(name: str, alias: str, columns: Iterable[Column]) -> list[str]:
    """Columns of a table that a statement knows as `alias`: `code` as `organization.code`."""
    names = [column._meta.db_column_name for column in columns]
    return [f'{alias}."{column}" AS "{name}.{column}"' for column in names]


def _shape_of(column: Any, values: list[Any]) -> object:
    return column._meta.name if isinstance(column, Column) else shape_of(column, values)


def equal(column: Column, value: object) -> WhereRaw:
    """The clause for rows whose `column` is `value`, which is neither None nor an enum's member."""
    return WhereRaw(f"{_name(column)} = {{}}", value)


def among(column: Column, values: Sequence[object]) -> WhereRaw:
    """The clause for rows whose `column` is one of `values`, of which there is at least one, all plain.

    Few shapes for many numbers of values: an array where there are arrays, else lists of 1, 2, 4, 8 … members.
    """
    if column._meta.engine_type != "sqlite":
        return WhereRaw(f"{_name(column)} = ANY({{}})", list(values))
    padded = [*values, *[values[-1]] * ((1 << (len(values) - 1).bit_length()) - len(values))]
    return WhereRaw(f"{_name(column)} IN ({', '.join('{}' for _ in padded)})", *padded)


def _name(column: Column) -> str:
    return f'"{column._meta.table._meta.tablename}"."{column._meta.db_column_name}"'
