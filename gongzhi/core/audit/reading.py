"""Reading the decision log, for those who may."""

from datetime import datetime
from uuid import UUID

import msgspec
from piccolo.custom_types import Combinable

from gongzhi.core.paging import Keyset, Page, PageRequest
from gongzhi.core.permissions import Principal, scope
from gongzhi.core.permissions.tables import DecisionEntry
from gongzhi.core.records import as_record
from gongzhi.core.territory import service as territory

RESOURCE = "permissions.decision_log"


class LoggedDecision(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the decision log."""

    id: UUID
    at: datetime
    account: UUID | None
    account_label: str
    acting_for: UUID | None
    source: str
    action: str
    resource: str
    path: str
    relations: str
    allowed: bool
    rule: str
    revision: str
    reason: str


class DecisionFilter(msgspec.Struct, frozen=True):
    """Which decisions: at or below a path, of an account (by its label), about a resource, allowed or denied."""

    within: str | None = None
    account: str | None = None
    resource: str | None = None
    allowed: bool | None = None


_keyset = Keyset(
    tag="decision",
    table=DecisionEntry,
    order=(DecisionEntry.id,),
    types=(UUID,),
    convert=lambda row: as_record(row, LoggedDecision),
)


async def decisions(principal: Principal, wanted: DecisionFilter, request: PageRequest) -> Page[LoggedDecision]:
    """The log where the caller may read it, oldest first: one indexed statement a page."""
    clauses: list[Combinable] = [scope(principal, "read", RESOURCE).where(DecisionEntry)]
    if wanted.within is not None:
        clauses.append(territory.path_clause(DecisionEntry.path, wanted.within))
    if wanted.account is not None:
        clauses.append(DecisionEntry.account_label == f"account:{wanted.account}")
    if wanted.resource is not None:
        clauses.append(DecisionEntry.resource == wanted.resource)
    if wanted.allowed is not None:
        clauses.append(DecisionEntry.allowed == wanted.allowed)
    return await _keyset.page(request, clauses)
