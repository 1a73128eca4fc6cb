"""Reading and changing single records: found or NotFound, the expected version or Conflict."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from piccolo.columns import Column
from piccolo.table import Table

from gongzhi.core.errors import Conflict, Internal, NotFound
from gongzhi.core.reading import Reading, Rows, among, equal
from gongzhi.core.writing import change

Record = TypeVar("Record", bound=msgspec.Struct)


class VersionedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record that counts its changes. `version` grows by one with each; a writer names the one that it saw."""

    id: UUID
    version: int


Versioned = TypeVar("Versioned", bound=VersionedRecord)


async def fetch(table: type[Table], column: Column, value: object, noun: str) -> Mapping[str, Any]:
    """The row whose `column` equals `value`, or NotFound naming it."""
    rows = await Reading(table, [equal(column, value)], limit=1).rows()
    if not rows:
        raise none_such(noun, value)
    return rows[0]


def none_such(noun: str, value: object) -> NotFound:
    """What to raise where nothing has this value."""
    return NotFound(f"there is no {noun} {str(value)[:80]!r}")


async def fetch_many(table: type[Table], column: Column, values: Iterable[object]) -> Rows:
    """All rows whose `column` is among `values`: one statement, whatever their number."""
    wanted = list(dict.fromkeys(values))
    return await Reading(table, [among(column, wanted)], once=True).rows() if wanted else []


async def update(table: type[Table], row_id: UUID, version: int, values: Mapping[str, Any]) -> None:
    """Write `values` and version + 1 if the row still has `version`; otherwise Conflict and nothing is written."""
    _check_versioned(table)
    key = table._meta.primary_key._meta.name
    if not await change(table, {key: row_id, "version": version}, {**values, "version": version + 1}):
        raise Conflict(f"this {table._meta.tablename} changed since version {version}; load it again")


def check_version(actual: int, expected: int | None, noun: str) -> None:
    """Conflict when the caller saw another version. None means that the caller does not care."""
    if expected is not None and expected != actual:
        raise Conflict(f"this {noun} is at version {actual}, and you changed version {expected}; load it again")


def as_record(row: Mapping[str, Any], kind: type[Record]) -> Record:
    """A row as the frozen struct that the rest of the program sees; columns the struct lacks are left out."""
    return msgspec.convert({name: row[name] for name in kind.__struct_fields__}, kind)


@cache
def _check_versioned(table: type[Table]) -> None:
    if not any(column._meta.name == "version" for column in table.all_columns()):
        raise Internal(f"table {table._meta.tablename} has no version column")
