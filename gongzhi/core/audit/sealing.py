"""Sealing the log: each line gets a number without gaps and a hash over itself and the line before.

Background work, beside the mutations, so that they do not wait for each other at the chain's end. A line waits in
`audit_pending` from its own transaction on, however late that commits. Any number of workers may seal: the counter
`audit.chain` is locked for one batch.
"""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gongzhi.core import clock
from gongzhi.core.audit.encoding import CHANGE, DECISION, GENESIS, Line, hash_of, line_of, moment
from gongzhi.core.audit.signing import signed
from gongzhi.core.audit.tables import AuditCheckpoint, AuditEntry, AuditPending, AuditSeal
from gongzhi.core.db import Database
from gongzhi.core.errors import GongzhiError
from gongzhi.core.events.outbox import bump

logger = logging.getLogger("gongzhi.audit")

POLL_SECONDS = 1.0
BATCH = 500
ANCHOR_SECONDS = 3600.0
"""How often the log tells the chain's end, to be kept where the database's owner cannot reach it."""
OVERDUE_SECONDS = 60.0
"""A line that waits longer is an alarm: nobody seals."""

_WAITING = """
SELECT {table}.* FROM audit_pending JOIN {table} ON {table}.id = audit_pending.id
WHERE NOT EXISTS (SELECT 1 FROM audit_seal WHERE audit_seal.entry = audit_pending.id)
ORDER BY audit_pending.id LIMIT {limit}
"""
_TABLES = {CHANGE: "audit_entry", DECISION: "decision_entry"}
_COLUMNS = ("sequence", "entry", "log", "person", "state", "sealed_at", "hash", "signature")
_INSERT = "INSERT INTO audit_seal (sequence, entry, log, person, state, sealed_at, hash, signature) VALUES "


class Head(msgspec.Struct, frozen=True):
    """The end of the chain: how many lines were ever sealed, and the hash of the last."""

    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"


class Backlog(msgspec.Struct, frozen=True):
    """Lines without a seal: how many, and when the oldest was written."""

    lines: int
    since: datetime | None

    @property
    def seconds(self) -> float:
        """The age of the oldest, by this machine's clock."""
        return max(0.0, (datetime.now(UTC) - self.since).total_seconds()) if self.since else 0.0


class Sealer:
    """Seals what waits in one database, and signs the end of each batch where there is a key."""

    def __init__(self, database: Database, key: Ed25519PrivateKey | None = None) -> None:
        self._database = database
        self._key = key
        self._told = float("-inf")

    async def run(self) -> None:
        """Seal until cancelled. The database may go away meanwhile; what waits is sealed when it is back."""
        well = True
        while True:
            sealed = 0
            try:
                sealed = await self.seal_due()
                well = True
            except GongzhiError as error:
                if well:
                    logger.warning("audit lines wait for their seal: %s", error.message)
                well = False
            if sealed < BATCH:
                await asyncio.sleep(POLL_SECONDS)

    async def seal_all(self) -> int:
        """Seal everything that waits; answers how many lines that was."""
        total = 0
        while sealed := await self.seal_due():
            total += sealed
        return total

    async def seal_due(self) -> int:
        """Seal a batch, oldest first; answers how many lines were sealed."""
        if not await AuditPending.exists():
            return 0
        async with self._database.transaction(isolation="read committed"):
            await bump("audit.chain")
            lines = await _waiting(self._database)
            if not lines:
                return 0
            rows = _sealed(await head(), lines, clock.now())
            last = rows[-1]
            if self._key is not None:
                last["signature"] = signed(self._key, last["sequence"], last["hash"])
            await _store(rows)
            await AuditPending.delete().where(AuditPending.id.is_in([row["entry"] for row in rows]))
        self._tell(Head(last["sequence"], last["hash"]))
        return len(rows)

    def _tell(self, end: Head) -> None:
        now = time.monotonic()
        if now - self._told >= ANCHOR_SECONDS:
            self._told = now
            logger.info("audit head %s; keep it elsewhere: `gongzhi audit verify --head` checks against it", end)


async def head() -> Head:
    """The end of the chain, also when every line before it was pruned."""
    for table in (AuditSeal, AuditCheckpoint):
        rows = await table.select(table.sequence, table.hash).order_by(table.sequence, ascending=False).limit(1)
        if rows:
            return Head(**rows[0])
    return Head(0, GENESIS)


async def backlog() -> Backlog:
    """What waits for its seal."""
    oldest = await AuditPending.select(AuditPending.id).order_by(AuditPending.id).limit(1)
    if not oldest:
        return Backlog(0, None)
    return Backlog(await AuditPending.count(), written_at(oldest[0]["id"]))


def written_at(line: UUID | str) -> datetime:
    """When a line was written, from its id."""
    return datetime.fromtimestamp((UUID(str(line)).int >> 80) / 1000, UTC)


class Watch:
    """Says when lines wait too long, as this process sees it: it may have been started a moment ago."""

    def __init__(self) -> None:
        self._oldest: UUID | None = None
        self._since = 0.0

    async def overdue(self) -> str | None:
        """What is wrong, in words; None while lines are sealed in time."""
        rows = await AuditPending.select(AuditPending.id).order_by(AuditPending.id).limit(1)
        oldest = rows[0]["id"] if rows else None
        now = time.monotonic()
        if oldest is None or oldest != self._oldest:
            self._oldest, self._since = oldest, now
            return None
        if now - self._since < OVERDUE_SECONDS:
            return None
        waiting = await backlog()
        return (
            f"{waiting.lines} audit lines wait for their seal since {waiting.since:%Y-%m-%d %H:%M:%S} UTC; "
            "look into the log of the worker, and run `gongzhi audit verify`"
        )


async def _waiting(database: Database) -> list[Line]:
    found: list[Line] = []
    for log, table in _TABLES.items():
        rows = await AuditEntry.raw(_WAITING.format(table=table, limit=BATCH))
        found += [line_of(log, row) for row in rows]
    return sorted(found, key=lambda line: line.id)[:BATCH]


def _sealed(end: Head, lines: Sequence[Line], at: datetime) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    previous, told = end.hash, moment(at)
    for sequence, line in enumerate(lines, start=end.sequence + 1):
        person, state = line.person, line.state
        previous = hash_of(previous, sequence, told, line.fixed, person, state)
        values = (sequence, UUID(line.id), line.log, person, state, at, previous, "")
        rows.append(dict(zip(_COLUMNS, values, strict=True)))
    return rows


async def _store(rows: Sequence[Mapping[str, Any]]) -> None:
    marks = ", ".join(["(" + ", ".join(["{}"] * len(_COLUMNS)) + ")"] * len(rows))
    values = [row[name] for row in rows for name in _COLUMNS]
    await AuditSeal.raw(_INSERT + marks, *values)
