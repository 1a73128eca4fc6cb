"""A register: all records of one resource, with how they are found, shown, entered and changed.

    CASES = Register("mediation.case", tables.Case, records.MediationCase, "case", relations={"assigned": assigned})

A relation is declared once, as a clause over the table. Lists use it in their query, and a single record is loaded
with the relations in which its reader stands to it: so what a list shows and what a decision allows cannot differ.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from piccolo.columns import Column
from piccolo.querystring import QueryString
from piccolo.table import Table

from gongzhi.core import journal
from gongzhi.core.errors import NotFound
from gongzhi.core.paging import Keyset, Page, PageRequest
from gongzhi.core.permissions import Decision, Principal, current, decide, notice_read, require, scope
from gongzhi.core.reading import UNORDERED, Reading, among, equal, order_by
from gongzhi.core.records import VersionedRecord
from gongzhi.core.writing import append

Clause = Any
"""Whatever Piccolo takes in `where`."""

Relation = Callable[[Principal], Clause]
"""The clause for the rows to which a caller stands in a relation. It is asked for callers with an account alone.

Nobody stands in a relation to anything: a comparison of a column with an `account_id` of None would find the rows in
which nobody is named.
"""

_PREFIX = "standing_"


class PlacedRecord(VersionedRecord, frozen=True, kw_only=True):
    """A record that belongs to a place, and to an organization unless that is None.

    `relations` says how whoever loaded it stands to it; it is neither stored nor part of the record.
    """

    path: str
    organization: UUID | None = None
    relations: tuple[str, ...] = ()


P = TypeVar("P", bound=PlacedRecord)


class Register(Generic[P]):
    """The records of one resource. A field that is a struct, a list or a mapping is JSON text in its column.

    `order` is how its pages are sorted, the last column unique; by id, which is by the time of entry, if left out.
    """

    def __init__(
        self,
        resource: str,
        table: type[Table],
        record: type[P],
        noun: str,
        *,
        relations: Mapping[str, Relation] | None = None,
        order: tuple[tuple[Column, type], ...] = (),
    ) -> None:
        self.resource = resource
        self.table = table
        self.record = record
        self.noun = noun
        self.relations: Mapping[str, Relation] = relations or {}
        self._nested = _nested_fields(record)
        self._keyset = self.keyset(*(order or ((self.identity, UUID),)))

    @property
    def identity(self) -> Column:
        """The column of the ids."""
        return self.table._meta.primary_key

    def keyset(self, *order: tuple[Column, type]) -> Keyset[P]:
        """Pages of these records in another order, the last column unique."""
        columns, types = tuple(column for column, _ in order), tuple(kind for _, kind in order)
        tag = f"{self.resource}:{','.join(column._meta.name for column in columns)}"
        return Keyset(tag=tag, table=self.table, order=columns, types=types, convert=self.from_row)

    def from_row(self, row: Mapping[str, Any]) -> P:
        """A row of `select` or of the table as a record."""
        values: dict[str, Any] = {}
        for name in self.record.__struct_fields__:
            if name != "relations" and name in row:
                values[name] = msgspec.json.decode(row[name]) if name in self._nested and row[name] else row[name]
        values["relations"] = [name for name in self.relations if row.get(_PREFIX + name)]
        return msgspec.convert(values, self.record)

    def standings(self, principal: Principal) -> list[Any]:
        """The columns, one a relation, that tell how a caller stands to each row."""
        return [
            QueryString("CASE WHEN {} THEN 1 ELSE 0 END", clause(principal).querystring, alias=_PREFIX + name)
            for name, clause in self._relations_of(principal)
        ]

    def visible(self, principal: Principal, action: str = "read") -> Clause:
        """The clause for the rows that a caller may do `action` to."""
        clauses = {name: clause(principal) for name, clause in self._relations_of(principal)}
        return scope(principal, action, self.resource).where(self.table, **clauses)

    async def find(self, principal: Principal, key: UUID) -> P:
        """The record of an id, whether or not the caller may see it: `require` is next. One statement.

        :raises NotFound: there is none.
        """
        rows = await self._select(principal, [equal(self.identity, key)]).rows()
        if not rows:
            # The words of `require`: whoever may not see a record is not to learn from the message that it is there.
            raise NotFound("There is no such record, or none that you may see.")
        return self.from_row(rows[0])

    async def get(self, principal: Principal, key: UUID) -> P:
        """The record of an id that the caller may read. One statement.

        :raises NotFound: there is none, or none that the caller may see.
        """
        found = await self.find(principal, key)
        self.require(principal, "read", found)
        return self._read([found], principal)[0]

    async def by_ids(self, principal: Principal, keys: Iterable[UUID]) -> dict[UUID, P]:
        """Those of these records that the caller may read. One statement."""
        wanted = list(dict.fromkeys(keys))
        if not wanted:
            return {}
        rows = await self._select(principal, [among(self.identity, wanted), self.visible(principal)]).rows()
        return {found.id: found for found in self._read(map(self.from_row, rows), principal)}

    async def page(
        self,
        principal: Principal,
        request: PageRequest,
        where: Sequence[Clause] = (),
        keyset: Keyset[P] | None = None,
    ) -> Page[P]:
        """The page of the records that the caller may read and that meet every clause. One statement."""
        chosen = keyset or self._keyset
        page = await chosen.page(request, [*where, self.visible(principal)], self.standings(principal))
        self._read(page.rows, principal)
        return page

    async def every(self, principal: Principal, where: Sequence[Clause] = (), limit: int = 1000) -> list[P]:
        """At most `limit` records that the caller may read and that meet every clause, in the order of entry."""
        rows = await self._select(principal, [self.visible(principal), *where], limit=limit).rows()
        return self._read([self.from_row(row) for row in rows], principal)

    def decide(self, principal: Principal, action: str, record: P) -> Decision:
        """Whether the caller may do something to a record that was loaded for them."""
        return decide(principal, action, self.resource, record.path, record.relations, owner=record.organization)

    def require(self, principal: Principal, action: str, record: P) -> Decision:
        """The same, refusing what is not allowed.

        :raises NotFound: the caller may not even read it.
        :raises Forbidden: the caller may read it. Unauthenticated for one who has not signed in.
        """
        owner, relations = record.organization, record.relations
        return require(principal, action, self.resource, record.path, relations, owner=owner, readable=False)

    async def insert(
        self,
        principal: Principal,
        path: str,
        values: Mapping[str, Any],
        *,
        action: str = "create",
        organization: UUID | None = None,
        relations: Collection[str] = (),
    ) -> P:
        """Enter a record at a path, with its audit line and event. `relations` are those its maker will have to it.

        :raises Forbidden: the caller may not do `action` there.
        """
        decision = require(principal, action, self.resource, path, relations, owner=organization)
        row = await append(self.table, self._columns({"path": path, "organization": organization, **values}))
        made = msgspec.structs.replace(self.from_row(row), relations=tuple(relations))
        await journal.write(principal, decision, journal.label_of(made), after=journal.state_of(made))
        return made

    async def amend(
        self, principal: Principal, decision: Decision, current: P, values: Mapping[str, Any], event: str | None = None
    ) -> P:
        """Write `values` over a record, with its audit line and event; the event is named `event`, or as the action.

        :raises Conflict: it changed since it was loaded.
        """
        return await journal.amend(
            principal, decision, self.table, current, values, columns=self._columns(values), event=event
        )

    async def note(self, principal: Principal, decision: Decision, current: P, after: Mapping[str, Any]) -> None:
        """The audit line and event of something beside the record's own row: a signature, a part. `after` is told."""
        await journal.write(principal, decision, journal.label_of(current), after=after)

    def _columns(self, values: Mapping[str, Any]) -> dict[str, Any]:
        known = {column._meta.name for column in self.table._meta.columns}
        return {
            name: msgspec.json.encode(value).decode() if name in self._nested else getattr(value, "value", value)
            for name, value in values.items()
            if name in known
        }

    def _read(self, records: Iterable[P], principal: Principal) -> list[P]:
        """The records, each noticed where the resource asks that its readers be logged."""
        found = list(records)
        declared = current().vocabulary.resources.get(self.resource)
        if declared is not None and declared.log_reads:
            for record in found:
                notice_read(self.decide(principal, "read", record), journal.label_of(record))
        return found

    def _relations_of(self, principal: Principal) -> Iterable[tuple[str, Relation]]:
        return () if principal.account_id is None else self.relations.items()

    def _select(self, principal: Principal, where: Sequence[Clause], limit: int | None = None) -> Reading:
        """In the order of entry where there is a limit."""
        order = UNORDERED if limit is None else order_by((self.identity, True))
        return Reading(self.table, where, order=order, limit=limit, columns=self.standings(principal))


def _nested_fields(record: type[msgspec.Struct]) -> frozenset[str]:
    hints = get_type_hints(record)
    return frozenset(name for name, hint in hints.items() if name != "relations" and _is_nested(hint))


def _is_nested(hint: Any) -> bool:
    origin = get_origin(hint)
    if origin is Annotated or origin in (Union, UnionType):
        return any(_is_nested(part) for part in get_args(hint))
    if origin in (tuple, list, dict):
        return True
    return isinstance(hint, type) and issubclass(hint, msgspec.Struct)
