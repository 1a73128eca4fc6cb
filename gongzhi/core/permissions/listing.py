"""Records in a table of their own in memory, filtered by a scope's real clause in real SQL."""

import sqlite3
from collections.abc import Iterable
from types import TracebackType
from uuid import UUID

from piccolo import columns
from piccolo.engine.sqlite import SQLiteEngine
from piccolo.querystring import QueryString
from piccolo.table import Table

from gongzhi.core.permissions.principal import Principal
from gongzhi.core.permissions.scope import scope

Row = tuple[str, str, UUID | None, tuple[str, ...]]
"""(name, path, organization, relations of the caller)"""


class CaseRecord(Table, tablename="case_record", db=SQLiteEngine(":memory:")):
    """A record as lists filter it. `standing` holds the caller's relations, each between commas."""

    name = columns.Varchar()
    path = columns.Varchar()
    organization = columns.UUID(null=True, default=None)
    standing = columns.Varchar()


class Listing:
    """A list of records as one caller would see it; a context manager, since it holds a connection."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute("CREATE TABLE case_record (name TEXT, path TEXT, organization TEXT, standing TEXT)")
        self._connection.executemany(
            "INSERT INTO case_record VALUES (?, ?, ?, ?)",
            [(name, path, _text(owner), f",{','.join(relations)},") for name, path, owner, relations in rows],
        )

    def __enter__(self) -> "Listing":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def shown(self, principal: Principal, action: str, resource: str) -> set[str]:
        """The names of the records that a list shows to the caller."""
        found = scope(principal, action, resource)
        relations = found.snapshot.vocabulary.resources[resource].relations[1:]
        named = {each: CaseRecord.standing.like(f"%,{each},%") for each in relations}
        clause = found.where(CaseRecord, path=None, owner=None, **named)
        query = QueryString("SELECT name FROM case_record WHERE {}", clause.querystring)
        sql, values = query.compile_string(engine_type="sqlite")
        return {name for (name,) in self._connection.execute(sql, [_text(value) for value in values])}


def _text(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value
