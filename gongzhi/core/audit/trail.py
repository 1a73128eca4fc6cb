"""Looking into the audit log, for those who may: who did what, on which authority, and whether it is sealed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from piccolo.custom_types import Combinable

from gongzhi.core.actors.tables import Account
from gongzhi.core.audit.kinds import AuditKind
from gongzhi.core.audit.reading import BOTH, Logged, merged, of_change
from gongzhi.core.audit.reading import RESOURCE as DECISIONS
from gongzhi.core.audit.tables import AuditEntry, AuditSeal
from gongzhi.core.paging import Keyset, Page, PageRequest
from gongzhi.core.permissions import Principal, scope
from gongzhi.core.permissions.tables import DecisionEntry
from gongzhi.core.records import fetch_many
from gongzhi.core.territory import service as territory

RESOURCE = "audit.entry"


class AuditLine(Logged, frozen=True, kw_only=True):
    """A line of the audit log."""

    kind: AuditKind
    result: str
    changed: tuple[str, ...] = ()
    before_digest: str = ""
    after_digest: str = ""


class LineSeal(msgspec.Struct, frozen=True):
    """Where a line stands in the chain."""

    entry: UUID
    sequence: int
    hash: str
    sealed_at: datetime


class TrailFilter(msgspec.Struct, frozen=True):
    """Which lines: of an account (by its code; also system and anonymous), about a record (`Edition:<id>`) or a
    resource, at or below a place, of a time, of a kind."""

    within: str | None = None
    account: str | None = None
    record: str | None = None
    resource: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    kind: AuditKind | None = None


def _change(row: Mapping[str, Any]) -> AuditLine:
    return AuditLine(
        **of_change(row),
        kind=AuditKind.change,
        result=row["result"],
        changed=tuple(msgspec.json.decode(row["changed"])),
        before_digest=row["before_digest"],
        after_digest=row["after_digest"],
    )


def _decision(row: Mapping[str, Any]) -> AuditLine:
    kept = (*BOTH, "account", "account_label", "relations", "rule", "revision", "reason")
    allowed = bool(row["allowed"])
    return AuditLine(
        **{name: row[name] for name in kept},
        allowed=allowed,
        kind=AuditKind.reading if allowed else AuditKind.denial,
        result="done" if allowed else "denied",
    )


_TAG = "audit"
_changes = Keyset(tag=_TAG, table=AuditEntry, order=(AuditEntry.id,), types=(UUID,), convert=_change)
_decisions = Keyset(tag=_TAG, table=DecisionEntry, order=(DecisionEntry.id,), types=(UUID,), convert=_decision)


async def lines(principal: Principal, wanted: TrailFilter, request: PageRequest) -> Page[AuditLine]:
    """The log where the caller may read it, oldest first; refusals and readings where they may read decisions."""
    pages: list[Page[AuditLine]] = []
    who = await _account_of(wanted.account)
    if wanted.kind in (None, AuditKind.change):
        clauses = _clauses(principal, RESOURCE, wanted, AuditEntry)
        if wanted.account is not None:
            clauses.append(AuditEntry.actor == who if who else AuditEntry.actor_label == _label(wanted.account))
        pages.append(await _changes.page(request, clauses))
    if wanted.kind != AuditKind.change:
        clauses = _clauses(principal, DECISIONS, wanted, DecisionEntry)
        if wanted.account is not None:
            clauses.append(
                DecisionEntry.account == who if who else DecisionEntry.account_label == _label(wanted.account)
            )
        if wanted.kind is not None:
            clauses.append(DecisionEntry.allowed == (wanted.kind == AuditKind.reading))
        pages.append(await _decisions.page(request, clauses))
    return pages[0] if len(pages) == 1 else merged(pages, request)


async def seals_of(ids: Iterable[UUID]) -> dict[UUID, LineSeal]:
    """The seals of these lines, as far as they have one: one statement."""
    rows = await fetch_many(AuditSeal, AuditSeal.entry, ids)
    return {row["entry"]: LineSeal(row["entry"], row["sequence"], row["hash"], row["sealed_at"]) for row in rows}


async def _account_of(code: str | None) -> UUID | None:
    """By its id, which stays when a person is erased; None for those who have no account: system and anonymous."""
    if code is None:
        return None
    rows = await Account.select(Account.id).where(Account.code == code).limit(1)
    return rows[0]["id"] if rows else None


def _label(code: str) -> str:
    return code if code == "anonymous" else f"account:{code}"


def _clauses(
    principal: Principal, resource: str, wanted: TrailFilter, table: type[AuditEntry | DecisionEntry]
) -> list[Combinable]:
    clauses: list[Combinable] = [scope(principal, "read", resource).where(table)]
    if wanted.within is not None:
        clauses.append(territory.path_clause(table.path, wanted.within))
    if wanted.record is not None:
        clauses.append(table.record == wanted.record)
    if wanted.resource is not None:
        clauses.append(table.resource == wanted.resource)
    if wanted.since is not None:
        clauses.append(table.at >= wanted.since)
    if wanted.until is not None:
        clauses.append(table.at < wanted.until)
    return clauses
