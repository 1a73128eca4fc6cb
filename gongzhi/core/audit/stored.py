"""The chain in the database: its lines page by page, and whether all of it holds."""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gongzhi.core.audit.encoding import CHANGE, DECISION, GENESIS, Line, Seal, line_of, moment
from gongzhi.core.audit.sealing import OVERDUE_SECONDS, Head, backlog
from gongzhi.core.audit.tables import AuditCheckpoint, AuditEntry, AuditPending, AuditSeal
from gongzhi.core.audit.verification import ERASE, Report, Walk, check_authority
from gongzhi.core.permissions.tables import DecisionEntry

PAGE = 1000
_TABLES = {CHANGE: AuditEntry, DECISION: DecisionEntry}
_LINES = "SELECT * FROM {table} WHERE id IN ({marks})"
_SEALS = "SELECT * FROM audit_seal WHERE sequence > {} ORDER BY sequence LIMIT {}"
_UNSEALED = """
SELECT lines.id AS id, audit_pending.id AS waiting, audit_seal.entry AS sealed
FROM (SELECT id FROM {table} WHERE id > {{}} ORDER BY id LIMIT {{}}) AS lines
LEFT JOIN audit_seal ON audit_seal.entry = lines.id
LEFT JOIN audit_pending ON audit_pending.id = lines.id
ORDER BY lines.id
"""
_VANISHED = """
SELECT audit_pending.id AS id FROM audit_pending
WHERE NOT EXISTS (SELECT 1 FROM audit_entry WHERE audit_entry.id = audit_pending.id)
AND NOT EXISTS (SELECT 1 FROM decision_entry WHERE decision_entry.id = audit_pending.id)
ORDER BY audit_pending.id LIMIT {}
"""
_FIRST_ID = UUID(int=0)


async def checkpoint() -> Head | None:
    """Up to where the log was pruned; None when it never was."""
    table = AuditCheckpoint
    rows = await table.select(table.sequence, table.hash).order_by(table.sequence, ascending=False).limit(1)
    return Head(**rows[0]) if rows else None


async def sealed_lines(after: int, until: int | None = None) -> AsyncIterator[list[tuple[Seal, Line | None]]]:
    """The chain after a number, page by page, each seal with its line if that is there."""
    while True:
        rows = await AuditSeal.raw(_SEALS, after, PAGE)
        seals = [_seal(row) for row in rows if until is None or row["sequence"] <= until]
        if not seals:
            return
        lines: dict[str, Line] = {}
        for log in _TABLES:
            lines |= await _lines(log, [seal.entry for seal in seals if seal.log == log])
        yield [(seal, lines.get(seal.entry)) for seal in seals]
        after = seals[-1].sequence


async def verify(anchors: Iterable[Head] = (), keys: Sequence[Ed25519PublicKey] = ()) -> Report:
    """Check everything. Reads every line once, and disturbs nobody."""
    noted = tuple(anchors)
    while True:
        pruned = await checkpoint()
        walk = Walk(pruned or Head(0, GENESIS), noted, keys, checkpoint=pruned is not None)
        async for page in sealed_lines(walk.report.head.sequence):
            for seal, line in page:
                walk.step(seal, line)
        if await checkpoint() == pruned:
            break
    await _check_authority(walk)
    report = walk.finish()
    await _check_unsealed(report)
    return report


async def _check_authority(walk: Walk) -> None:
    wanted = {f"Account:{who}" for who in walk.erased_people} | set(walk.erased_records)
    if not wanted:
        return
    known: set[str] = set()
    labels = sorted(wanted)
    for start in range(0, len(labels), PAGE):
        some = AuditEntry.record.is_in(labels[start : start + PAGE])
        rows = await AuditEntry.select(AuditEntry.record).where(some).where(AuditEntry.action == ERASE)
        known |= {row["record"] for row in rows}
    people = {who for who in walk.erased_people if f"Account:{who}" in known}
    check_authority(walk, people, known, known_all=True)


async def _check_unsealed(report: Report) -> None:
    """Lines that nobody sealed yet, whose seals are gone, or that went before they were sealed."""
    for table in ("audit_entry", "decision_entry"):
        after = _FIRST_ID
        while rows := await AuditEntry.raw(_UNSEALED.format(table=table), after, PAGE):
            for row in rows:
                if row["sealed"] is None and row["waiting"] is None:
                    report.add("unsealed", "it has no seal and waits for none: its seal was removed", line=_id(row))
            after = UUID(_id(rows[-1]))
    for row in await AuditPending.raw(_VANISHED, PAGE):
        report.add("vanished", "it was removed before it was sealed", line=_id(row))
    waiting = await backlog()
    report.waiting, report.waiting_seconds = waiting.lines, round(waiting.seconds, 1)
    if waiting.seconds > OVERDUE_SECONDS:
        report.warn("overdue", f"{waiting.lines} lines wait for their seal since {waiting.seconds:.0f} s: nobody seals")


def _id(row: dict[str, Any]) -> str:
    return str(row["id"])


def _seal(row: dict[str, Any]) -> Seal:
    return Seal(
        sequence=row["sequence"],
        entry=str(row["entry"]),
        log=row["log"],
        person=row["person"],
        state=row["state"],
        sealed_at=moment(row["sealed_at"]),
        hash=row["hash"],
        signature=row["signature"],
    )


async def _lines(log: str, ids: Sequence[str]) -> dict[str, Line]:
    if not ids:
        return {}
    table = _TABLES[log]
    marks = ", ".join(["{}"] * len(ids))
    rows = await table.raw(_LINES.format(table=table._meta.tablename, marks=marks), *map(UUID, ids))
    return {line.id: line for line in (line_of(log, row) for row in rows)}
