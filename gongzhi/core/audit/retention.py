"""Pruning: whole beginnings of the chain go when they are old enough, and leave the hash that the rest goes on from.

Nothing else is ever deleted, and nothing before 180 days: the database itself refuses both.
"""

from datetime import timedelta
from typing import Any

import msgspec

from gongzhi.core import clock
from gongzhi.core.audit.log import record
from gongzhi.core.audit.sealing import Head
from gongzhi.core.audit.stored import checkpoint
from gongzhi.core.audit.tables import AuditCheckpoint, AuditEntry, AuditSeal
from gongzhi.core.audit.trail import RESOURCE
from gongzhi.core.db import Database
from gongzhi.core.events.outbox import bump, emit
from gongzhi.core.permissions import Principal, require
from gongzhi.core.permissions.tables import DecisionEntry
from gongzhi.core.territory.path import ROOT

STEP = 1000
_PRUNED = "SELECT sequence, entry, log FROM audit_seal WHERE sequence <= {} ORDER BY sequence LIMIT {}"


class Pruned(msgspec.Struct, frozen=True):
    """What was removed: so many lines, up to and with this one."""

    lines: int
    until: Head


async def prune(principal: Principal, database: Database, keep: timedelta) -> Pruned | None:
    """Remove the lines whose seals are older than `keep`, and note where; None if there are none.

    Stopped half-way, it goes on when it is run again. It is itself a line of the log.
    """
    decision = require(principal, "prune", RESOURCE, ROOT)
    async with database.transaction(isolation="read committed"):
        await bump("audit.chain")
        until = await _reach(keep)
        if until is not None:
            await AuditCheckpoint.insert(AuditCheckpoint(sequence=until.sequence, hash=until.hash, at=clock.now()))
            after = {"sequence": until.sequence, "hash": until.hash}
            await record(principal, decision, f"AuditLog:{until.sequence}", None, after)
            await emit(f"{RESOURCE}.prune", f"AuditLog:{until.sequence}", ROOT, after)
    until = until or await checkpoint()
    if until is None:
        return None
    removed = 0
    while step := await _remove(database, until.sequence):
        removed += step
    return Pruned(removed, until) if removed else None


async def _reach(keep: timedelta) -> Head | None:
    """The last line of the beginning in which every seal is old enough."""
    table = AuditSeal
    cutoff = clock.now() - keep
    younger = await table.select(table.sequence).where(table.sealed_at >= cutoff).order_by(table.sequence).limit(1)
    query = table.select(table.sequence, table.hash)
    if younger:
        query = query.where(table.sequence < younger[0]["sequence"])
    rows: list[dict[str, Any]] = await query.order_by(table.sequence, ascending=False).limit(1)
    known = await checkpoint()
    if not rows or (known is not None and rows[0]["sequence"] <= known.sequence):
        return None
    return Head(**rows[0])


async def _remove(database: Database, until: int) -> int:
    async with database.transaction(isolation="read committed"):
        rows = await AuditSeal.raw(_PRUNED, until, STEP)
        if not rows:
            return 0
        for log, table in (("change", AuditEntry), ("decision", DecisionEntry)):
            ids = [row["entry"] for row in rows if row["log"] == log]
            if ids:
                await table.delete().where(table.id.is_in(ids))
        await AuditSeal.delete().where(AuditSeal.sequence <= rows[-1]["sequence"])
    return len(rows)
