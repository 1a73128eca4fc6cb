"""The change feed: what publications and withdrawals did, for front ends that keep a copy. Resumable, with removals."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from gongzhi.core import clock
from gongzhi.core.catalogue import content, tables
from gongzhi.core.catalogue.records import Edition, FeedEntry, FeedKind
from gongzhi.core.events.outbox import CATALOGUE, bump
from gongzhi.core.paging import Keyset, Page, PageRequest
from gongzhi.core.permissions import Principal
from gongzhi.core.records import as_record

_table = tables.CatalogueChange
_keyset = Keyset(
    tag="catalogue-change",
    table=_table,
    order=(_table.revision, _table.ordinal),
    types=(int, int),
    convert=lambda row: as_record(row, FeedEntry),
)


async def changes(principal: Principal, slug: str | None, request: PageRequest) -> Page[FeedEntry]:
    """The feed in its order, of one list or of all. A cursor stays good for ever; the last one resumes the feed."""
    return await _keyset.page(request, [_table.list_slug == slug] if slug is not None else [])


class Entry(msgspec.Struct, frozen=True):
    """What one row of the feed tells; `edition` is where `item` stands."""

    kind: FeedKind
    edition: UUID
    code: str = ""
    item: UUID | None = None


async def record_publication(slug: str, edition: Edition, before: Edition | None) -> int:
    """Write what the edition changed against the one before it; answers the new revision."""
    return await _write(slug, [Entry(FeedKind.published, edition.id), *await _differences(before, edition)])


async def record_withdrawal(slug: str, edition: Edition, newest: Edition | None) -> int:
    """Write that the edition is withdrawn and, if it was the newest, what `newest` puts in its place.

    So whoever applies every entry in turn holds the newest edition that is not withdrawn. Answers the new revision.
    """
    entries = [Entry(FeedKind.withdrawn, edition.id)]
    if newest is None or newest.number < edition.number:
        entries += await _differences(edition, newest)
    return await _write(slug, entries)


async def _differences(before: Edition | None, after: Edition | None) -> list[Entry]:
    old = await _documents(before.id) if before else {}
    new = await _documents(after.id) if after else {}
    entries = []
    for code, (item, document) in new.items():
        if after is not None and (code not in old or old[code][1] != document):
            kind = FeedKind.changed if code in old else FeedKind.added
            entries.append(Entry(kind, after.id, code, item))
    for code, (item, _) in old.items():
        if before is not None and code not in new:
            entries.append(Entry(FeedKind.removed, before.id, code, item))
    return entries


async def _documents(edition_id: UUID) -> dict[str, tuple[UUID, bytes]]:
    items = tables.EditionItem
    rows = (
        await items.select(items.id, items.code, items.document)
        .where(items.edition == edition_id)
        .order_by(items.position)
    )
    return {row["code"]: (row["id"], content.encode(content.decode(row["document"]))) for row in rows}


async def _write(slug: str, entries: Sequence[Entry]) -> int:
    revision, at = await bump(CATALOGUE), clock.now()
    rows = [
        _table(
            revision=revision,
            ordinal=ordinal,
            kind=entry.kind.value,
            list_slug=slug,
            edition=entry.edition,
            code=entry.code,
            item=entry.item,
            at=at,
        )
        for ordinal, entry in enumerate(entries)
    ]
    for start in range(0, len(rows), 200):
        await _table.insert(*rows[start : start + 200])
    return revision
