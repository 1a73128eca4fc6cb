"""Reading the decision log, for those who may."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

import msgspec
from piccolo.columns import Column
from piccolo.custom_types import Combinable

from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.paging import Keyset, Page, PageRequest
from gongzhi.core.permissions import Principal, scope
from gongzhi.core.permissions.tables import DecisionEntry
from gongzhi.core.records import as_record
from gongzhi.core.territory import service as territory

RESOURCE = "permissions.decision_log"


class Logged(msgspec.Struct, frozen=True, kw_only=True):
    """What every line of a log tells: who asked for what, and what was decided on which authority."""

    id: UUID
    at: datetime
    account: UUID | None
    account_label: str
    acting_for: UUID | None
    source: str
    action: str
    resource: str
    record: str
    path: str
    relations: str
    allowed: bool
    rule: str
    revision: str
    reason: str


class LoggedDecision(Logged, frozen=True, kw_only=True):
    """One line of the decision log."""


class DecisionFilter(msgspec.Struct, frozen=True):
    """Which decisions: at or below a path, of an account (by its label), about a resource, allowed or denied."""

    within: str | None = None
    account: str | None = None
    resource: str | None = None
    allowed: bool | None = None


def of_change(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is logged of a grant, from the audit line of what was changed on it."""
    why = msgspec.json.decode(row["decision"])
    return {
        **{name: row[name] for name in BOTH},
        "account": row["actor"],
        "account_label": row["actor_label"],
        "relations": why.get("relations", ""),
        "allowed": True,
        "rule": why.get("rule") or "",
        "revision": why.get("revision", ""),
        "reason": why.get("reason", ""),
    }


BOTH = ("id", "at", "acting_for", "source", "action", "resource", "record", "path")
"""The columns of both logs."""
_TAG = "decision"
_noticed = Keyset(
    tag=_TAG,
    table=DecisionEntry,
    order=(DecisionEntry.id,),
    types=(UUID,),
    convert=lambda row: as_record(row, LoggedDecision),
)
_changes = Keyset(
    tag=_TAG,
    table=AuditEntry,
    order=(AuditEntry.id,),
    types=(UUID,),
    convert=lambda row: LoggedDecision(**of_change(row)),
)


async def decisions(principal: Principal, wanted: DecisionFilter, request: PageRequest) -> Page[LoggedDecision]:
    """The log where the caller may read it, oldest first: an indexed statement a page for each kind of decision."""
    pages: list[Page[LoggedDecision]] = []
    if wanted.allowed is not False:
        pages.append(await _changes.page(request, _clauses(principal, wanted, AuditEntry, AuditEntry.actor_label)))
    clauses = _clauses(principal, wanted, DecisionEntry, DecisionEntry.account_label)
    if wanted.allowed is not None:
        clauses.append(DecisionEntry.allowed == wanted.allowed)
    pages.append(await _noticed.page(request, clauses))
    return pages[0] if len(pages) == 1 else merged(pages, request)


def _clauses(
    principal: Principal, wanted: DecisionFilter, table: type[AuditEntry | DecisionEntry], label: Column
) -> list[Combinable]:
    clauses: list[Combinable] = [scope(principal, "read", RESOURCE).where(table)]
    if wanted.within is not None:
        clauses.append(territory.path_clause(table.path, wanted.within))
    if wanted.account is not None:
        clauses.append(label == f"account:{wanted.account}")
    if wanted.resource is not None:
        clauses.append(table.resource == wanted.resource)
    return clauses


class Identified(Protocol):
    """What has an id, in whose order it is listed."""

    @property
    def id(self) -> UUID:
        """A UUID version 7."""


Row = TypeVar("Row", bound=Identified)


def merged(pages: Sequence[Page[Row]], request: PageRequest) -> Page[Row]:
    """One page of two in the same order, whose ids, and therefore cursors, never meet."""
    rows = [pair for page in pages for pair in zip(page.rows, page.cursors, strict=True)]
    rows.sort(key=lambda pair: pair[0].id)
    kept = rows[max(0, len(rows) - request.size) :] if request.backwards else rows[: request.size]
    more = len(rows) > len(kept)

    async def total() -> int:
        return sum([await page.total() for page in pages])

    return Page(
        rows=[row for row, _ in kept],
        cursors=[cursor for _, cursor in kept],
        has_next=any(page.has_next for page in pages) or (more and not request.backwards),
        has_previous=any(page.has_previous for page in pages) or (more and request.backwards),
        total=total,
    )
