"""Pages by keyset: a cursor holds the sort key of a row, so that page 5,000 costs what page 1 costs.

The rules are Relay's cursor connections: `first`/`after` forwards, `last`/`before` backwards, never both.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar, overload
from uuid import UUID

import msgspec
from piccolo.columns import Column
from piccolo.columns.combination import WhereRaw
from piccolo.custom_types import Combinable
from piccolo.query.functions import Count
from piccolo.table import Table

from gongzhi.core.batching import rows_of
from gongzhi.core.errors import Internal, Invalid
from gongzhi.core.parts import EVERYTHING, Beside, Companions, Parts, Reader, Unmade, Wanted
from gongzhi.core.reading import UNORDERED, Order, Reading, order_by
from gongzhi.core.rows import Row

T = TypeVar("T")

MAX_SIZE = 100
"""Rows of a page at most; the setting `page_size_max` may allow less."""
DEFAULT_SIZE = 20
MAX_CURSOR = 2048
"""Characters; the longest sort key is a path or code with an id."""


class PageRequest(msgspec.Struct, frozen=True):
    """Which page is asked for. Cursors are opaque text that an earlier page gave.

    `wanted` says what of each row, and what else can be had in the same statement (`Keyset.beside`).
    """

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None
    wanted: Wanted = EVERYTHING

    def checked(self) -> "PageRequest":
        """The same request, or Invalid: sizes from 0 to 100, one direction only."""
        if self.first is not None and self.last is not None:
            raise Invalid.at("last", "`first` and `last` cannot be used together", "ask for one direction")
        for name, size in (("first", self.first), ("last", self.last)):
            if size is not None and not 0 <= size <= MAX_SIZE:
                raise Invalid.at(name, f"{size} is not a page size", f"use 0 to {MAX_SIZE}")
        return self

    @property
    def backwards(self) -> bool:
        """Whether the page ends at `before` rather than beginning at `after`."""
        return self.last is not None

    @property
    def size(self) -> int:
        """How many rows at most."""
        size = self.last if self.last is not None else self.first
        return DEFAULT_SIZE if size is None else size


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Rows of one page with a cursor each. `total` counts all rows that match, and is called only when asked for.

    Rows that were read from a table become records when somebody looks at one (`Unmade`). `beside` is what was found
    beside the rows, by the names of the foreign keys: records by their ids.
    """

    rows: Sequence[T]
    cursors: Sequence[str]
    has_next: bool
    has_previous: bool
    total: Callable[[], Awaitable[int]]
    beside: Mapping[str, Mapping[Any, Any]] = {}


class FixedPage(Page[T], frozen=True):
    """A page of rows that never change: whatever is made of it once can be kept with it."""


def encode_cursor(tag: str, key: Sequence[object]) -> str:
    """An opaque cursor: the row's sort key, marked with the connection that it belongs to."""
    return base64.urlsafe_b64encode(msgspec.json.encode([tag, *key])).rstrip(b"=").decode()


def decode_cursor(tag: str, text: str, types: Sequence[type], field: str) -> list[Any]:
    """The sort key in `text`, or Invalid when it is garbled or belongs to another connection."""
    try:
        if len(text) > MAX_CURSOR:
            raise ValueError(tag)
        raw = base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        parts = msgspec.json.decode(raw, type=list[Any])
        if len(parts) != len(types) + 1 or parts[0] != tag or b"\\u0000" in raw:
            raise ValueError(tag)
        return [msgspec.convert(part, kind, strict=True) for part, kind in zip(parts[1:], types, strict=True)]
    except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError):
        raise Invalid.at(field, "this cursor does not belong to this connection", "use one from its pageInfo") from None


def slice_rows(
    rows: Sequence[T],
    request: PageRequest,
    tag: str,
    key: Callable[[int, T], Sequence[int | str]],
    types: Sequence[type],
    *,
    kind: type[Page[T]] = Page,
) -> Page[T]:
    """A page of rows that are all in memory already, ordered by `key` ascending; `kind` is `FixedPage` if they stay."""
    request.checked()
    low, high = 0, len(rows)
    if request.after is not None:
        after = tuple(decode_cursor(tag, request.after, types, "after"))
        low = next((index for index, row in enumerate(rows) if tuple(key(index, row)) > after), high)
    if request.before is not None:
        before = tuple(decode_cursor(tag, request.before, types, "before"))
        high = next((index for index, row in enumerate(rows) if tuple(key(index, row)) >= before), high)
    start = max(low, high - request.size) if request.backwards else low
    stop = high if request.backwards else min(high, low + request.size)
    stop = max(start, stop)
    total = len(rows)

    async def count() -> int:
        return total

    return kind(
        rows=rows[start:stop],
        cursors=Cursors(stop - start, lambda index: encode_cursor(tag, key(start + index, rows[start + index]))),
        has_next=stop < total,
        has_previous=start > 0,
        total=count,
    )


class Keyset(msgspec.Struct, Generic[T], frozen=True):
    """How one connection is read: its table, its order (the last column unique), and what a row becomes.

    `tag` marks the cursors. `types` are the Python types of the order's columns. Rows become what `convert` makes of
    them; or else a `record`, of which then only a part is read where no more is wanted. `beside` are the records that
    each row names and that can be read with it, by the names of their foreign keys.
    """

    tag: str
    table: type[Table]
    order: tuple[Column, ...]
    types: tuple[type, ...]
    convert: Callable[[Row], T] | None = None
    record: type[msgspec.Struct] | None = None
    beside: Mapping[str, Beside] = {}
    _reader: Any = None
    _forwards: Order = UNORDERED
    _backwards: Order = UNORDERED

    def __post_init__(self) -> None:
        made = {
            "_reader": Reader(self.table, self.order, self.convert, self.record, self.beside),
            "_forwards": order_by(*[(column, True) for column in self.order]),
            "_backwards": order_by(*[(column, False) for column in self.order]),
        }
        for name, value in made.items():
            msgspec.structs.force_setattr(self, name, value)

    async def page(
        self, request: PageRequest, where: Sequence[Combinable], more: Sequence[Any] = (), *, once: bool = False
    ) -> Page[T]:
        """The page of rows that meet every clause of `where`: one statement, two when the total is asked for.

        `more` are further columns for `convert`. `once` says that one plan suits it (`Reading`).
        """
        request.checked()
        parts: Parts = self._reader.parts(request.wanted)
        size, backwards = request.size, request.backwards
        query = Reading(
            self.table,
            [*where, *self._bounds(request)],
            order=self._backwards if backwards else self._forwards,
            limit=size + 1,
            columns=more,
            parts=parts,
            once=once,
        )
        found = await rows_of(query, (self.table, len(more), parts.names)) if size else []
        beyond = len(found) > size
        found = found[:size]
        if backwards:
            found = found[::-1]

        async def count() -> int:
            counting = Reading(self.table, where, columns=(Count(),), alone=True)
            ((number,),) = [row.values() for row in await rows_of(counting, (self.table, "count"))]
            return int(number)

        return Page(
            rows=[parts.convert(row) for row in found] if parts.record is None else Unmade(found, parts),
            cursors=Cursors(len(found), lambda index: self._cursor(found[index])),
            has_next=request.before is not None if backwards else beyond,
            has_previous=beyond if backwards else request.after is not None,
            total=count,
            beside=Companions(found, parts.beside) if parts.beside else {},
        )

    def _cursor(self, row: Mapping[str, Any]) -> str:
        try:
            return encode_cursor(self.tag, [_plain(row[column._meta.name]) for column in self.order])
        except KeyError:
            raise Internal("A cursor is used that was not read: say that it is needed (`Wanted.cursors`).") from None

    def _bounds(self, request: PageRequest) -> list[Combinable]:
        if request.after is None and request.before is None:
            return []
        table = self.table._meta.tablename
        names = ", ".join(f'"{table}"."{column._meta.db_column_name}"' for column in self.order)
        marks = ", ".join("{}" for _ in self.order)
        clauses: list[Combinable] = []
        for field, cursor, sign in (("after", request.after, ">"), ("before", request.before, "<")):
            if cursor is not None:
                key = decode_cursor(self.tag, cursor, self.types, field)
                clauses.append(WhereRaw(f"({names}) {sign} ({marks})", *key))
        return clauses


class Cursors(Sequence[str]):
    """The cursors of so many rows, each made when it is asked for."""

    __slots__ = ("_count", "_made")

    def __init__(self, count: int, made: Callable[[int], str]) -> None:
        self._count = count
        self._made = made

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self._made(each) for each in range(*index.indices(self._count))]
        return self._made(range(self._count)[index])


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value
