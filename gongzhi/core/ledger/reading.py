"""Reading entries: by id, by reference, by the record that they follow from."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from gongzhi.core.errors import NotFound
from gongzhi.core.ledger.records import Entry, EntryLine
from gongzhi.core.ledger.tables import LedgerEntry, LedgerLine
from gongzhi.core.records import as_record, fetch_many

_KNOWN = "SELECT id, digest FROM ledger_entry WHERE book = {} AND reference = {}"


async def entry(key: UUID) -> Entry:
    """One entry with its lines. Two statements.

    :raises NotFound: there is none of this id.
    """
    found = await _loaded(await LedgerEntry.select().where(LedgerEntry.id == key))
    if not found:
        raise NotFound(f"there is no ledger entry {str(key)!r}")
    return found[0]


async def entries(
    *, source: str | None = None, account: UUID | None = None, ids: Iterable[UUID] | None = None, limit: int = 1000
) -> list[Entry]:
    """At most `limit` entries that meet every condition, in the order of entry. Two statements.

    :param source: the label of the record that they follow from.
    """
    query = LedgerEntry.select().order_by(LedgerEntry.id).limit(limit)
    if source is not None:
        query = query.where(LedgerEntry.source == source)
    if account is not None:
        query = query.where(
            LedgerEntry.id.is_in(LedgerLine.select(LedgerLine.entry).where(LedgerLine.account == account))
        )
    if ids is not None:
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return []
        query = query.where(LedgerEntry.id.is_in(wanted))
    return await _loaded(await query)


async def known(book: str, reference: str) -> tuple[Entry, str] | None:
    """The entry of a reference with its digest; one statement if there is none."""
    rows = await LedgerEntry.raw(_KNOWN, book, reference)
    return (await entry(rows[0]["id"]), rows[0]["digest"]) if rows else None


def entry_of(row: Mapping[str, Any], lines: Iterable[EntryLine]) -> Entry:
    """A row with its lines as a record."""
    return as_record({**row, "lines": tuple(lines)}, Entry)


async def _loaded(rows: list[dict[str, Any]]) -> list[Entry]:
    lines: dict[UUID, list[EntryLine]] = {row["id"]: [] for row in rows}
    for line in sorted(await fetch_many(LedgerLine, LedgerLine.entry, lines), key=lambda line: UUID(str(line["id"]))):
        lines[line["entry"]].append(as_record(line, EntryLine))
    return [entry_of(row, lines[row["id"]]) for row in rows]
