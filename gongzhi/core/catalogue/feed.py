"""The change feed: what publications and withdrawals did, for front ends that keep a copy. Resumable, with removals."""

from collections.abc import Iterable
from uuid import UUID

from gongzhi.core import clock
from gongzhi.core.catalogue import content, tables
from gongzhi.core.catalogue.records import Edition, FeedEntry, FeedKind
from gongzhi.core.events.outbox import bump
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


async def record_publication(slug: str, edition: Edition, before: Edition | None) -> int:
    """Write what the edition changed against the one before it; answers the new revision."""
    old = await _documents(before.id) if before else {}
    new = await _documents(edition.id)
    entries: list[tuple[FeedKind, str, UUID | None]] = [(FeedKind.published, "", None)]
    for code, (item, document) in new.items():
        if code not in old:
            entries.append((FeedKind.added, code, item))
        elif old[code][1] != document:
            entries.append((FeedKind.changed, code, item))
    entries.extend((FeedKind.removed, code, item) for code, (item, _) in old.items() if code not in new)
    return await _write(slug, edition, entries)


async def record_withdrawal(slug: str, edition: Edition) -> int:
    """Write that the edition is withdrawn; answers the new revision."""
    return await _write(slug, edition, [(FeedKind.withdrawn, "", None)])


async def _documents(edition_id: UUID) -> dict[str, tuple[UUID, bytes]]:
    items = tables.EditionItem
    rows = (
        await items.select(items.id, items.code, items.document)
        .where(items.edition == edition_id)
        .order_by(items.position)
    )
    return {row["code"]: (row["id"], content.encode(content.decode(row["document"]))) for row in rows}


async def _write(slug: str, edition: Edition, entries: Iterable[tuple[FeedKind, str, UUID | None]]) -> int:
    revision, at = await bump("catalogue"), clock.now()
    rows = [
        _table(
            revision=revision,
            ordinal=ordinal,
            kind=kind.value,
            list_slug=slug,
            edition=edition.id,
            code=code,
            item=item,
            at=at,
        )
        for ordinal, (kind, code, item) in enumerate(entries)
    ]
    for start in range(0, len(rows), 200):
        await _table.insert(*rows[start : start + 200])
    return revision
