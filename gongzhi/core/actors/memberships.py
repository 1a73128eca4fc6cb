"""Use cases on memberships: appoint, end, list, and the posts that an account holds now."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import msgspec
from piccolo.custom_types import Combinable

from gongzhi.core import clock, journal
from gongzhi.core.actors import accounts, organizations, tables
from gongzhi.core.actors.commands import Appoint, EndMembership
from gongzhi.core.actors.kinds import Position
from gongzhi.core.actors.posts import POSITIONS_OF
from gongzhi.core.actors.records import AccountStatus, ActiveMembership, Membership, Organization
from gongzhi.core.batching import look_up
from gongzhi.core.errors import Conflict, Invalid, NotFound
from gongzhi.core.fields import checked
from gongzhi.core.paging import Keyset, Page, PageRequest
from gongzhi.core.permissions import Principal, require
from gongzhi.core.records import as_record, check_version, fetch, fetch_many
from gongzhi.core.territory import path as paths
from gongzhi.core.territory import service as territory
from gongzhi.core.validity import check_day, check_term, in_force

RESOURCE = "actors.membership"

_table = tables.Membership
_keyset = Keyset(
    tag="membership",
    table=_table,
    order=(_table.id,),
    types=(UUID,),
    convert=lambda row: as_record(row, Membership),
)

_HELD = """
SELECT m.id AS membership_id, o.id AS organization_id, o.code AS organization_code, o.kind AS kind,
       o.subkind AS subkind, m.position AS position, o.path AS path, s.path AS served
FROM membership m
JOIN organization o ON o.id = m.organization
LEFT JOIN service_area s ON s.organization = o.id
     AND (s.valid_from IS NULL OR s.valid_from <= {}) AND (s.valid_to IS NULL OR s.valid_to > {})
WHERE m.account = {}
  AND m.valid_from <= {} AND (m.valid_to IS NULL OR m.valid_to > {})
  AND (o.valid_from IS NULL OR o.valid_from <= {}) AND (o.valid_to IS NULL OR o.valid_to > {})
ORDER BY m.id, s.path
"""


class MembershipFilter(msgspec.Struct, frozen=True):
    """Which memberships: of an account, in an organization, in organizations located at or below a path.

    Those in force on a day (today if None), unless `include_ended`.
    """

    account: UUID | None = None
    organization: UUID | None = None
    position: Position | None = None
    within: str | None = None
    on: date | None = None
    include_ended: bool = False


async def memberships(principal: Principal, wanted: MembershipFilter, request: PageRequest) -> Page[Membership]:
    """Memberships in the order in which they were entered, for those who may read them where they are asked for."""
    await _authorize_reading(principal, wanted)
    return await _keyset.page(request, filter_clauses(wanted))


async def _authorize_reading(principal: Principal, wanted: MembershipFilter) -> None:
    if wanted.organization is not None:
        found = await look_up(organizations.by_ids, wanted.organization)
        if found is None:
            raise NotFound("there is no such organization")
        require(principal, "read", RESOURCE, found.path, owner=found.id)
    elif wanted.account is not None:
        place = await accounts.place_of(wanted.account)
        require(principal, "read", RESOURCE, place, accounts.relations_to(principal, wanted.account))
    else:
        require(principal, "read", RESOURCE, wanted.within or await accounts.home())


def filter_clauses(wanted: MembershipFilter) -> list[Combinable]:
    """The conditions of a filter."""
    clauses: list[Combinable] = []
    if wanted.account is not None:
        clauses.append(_table.account == wanted.account)
    if wanted.organization is not None:
        clauses.append(_table.organization == wanted.organization)
    if wanted.position is not None:
        clauses.append(_table.position == wanted.position.value)
    if wanted.within is not None:
        place = tables.Organization
        located = place.select(place.id).where(territory.path_clause(place.path, paths.parse(wanted.within, "within")))
        clauses.append(_table.organization.is_in(located))
    if not wanted.include_ended:
        clauses.append(in_force(_table.valid_from, _table.valid_to, check_day(wanted.on or clock.today(), "on")))
    return clauses


async def by_ids(ids: Iterable[UUID]) -> dict[UUID, Membership]:
    """The memberships of these ids, for a caller who may read them: one statement."""
    return {row["id"]: as_record(row, Membership) for row in await fetch_many(_table, _table.id, ids)}


async def active_bindings(account_id: UUID, day: date) -> list[ActiveMembership]:
    """The posts that an account holds on a day in organizations that exist on it, in the order of entry: one statement.

    Every request of a signed-in caller begins with this.
    """
    rows = await _table.raw(_HELD, day, day, account_id, day, day, day, day)
    served: dict[UUID, list[str]] = {}
    first: dict[UUID, dict[str, object]] = {}
    for row in rows:
        first.setdefault(row["membership_id"], row)
        served.setdefault(row["membership_id"], [])
        if row["served"] is not None and row["served"] not in served[row["membership_id"]]:
            served[row["membership_id"]].append(row["served"])
    return [as_record({**row, "serves": tuple(served[key])}, ActiveMembership) for key, row in first.items()]


async def appoint(principal: Principal, command: Appoint) -> Membership:
    """Give an account a post that its organization's kind has, for a term within the organization's own.

    One person may hold several posts at once (交叉任职), but each of them once at a time.
    """
    command = checked(command)
    first = check_day(command.valid_from or clock.today(), "valid_from")
    organization = await organizations.find(command.organization, first)
    account = await accounts.find(command.account)
    decision = require(principal, "create", RESOURCE, organization.path, owner=organization.id)
    if account.status is AccountStatus.erased:
        raise Conflict(f"the account {account.code} is erased; nobody holds posts with it")
    if command.position not in POSITIONS_OF[organization.kind]:
        allowed = ", ".join(sorted(POSITIONS_OF[organization.kind]))
        raise Invalid.at("position", f"a {organization.kind} has no {command.position}", f"use one of {allowed}")
    check_term(first, command.valid_to)
    _check_within(organization, command.valid_to)
    await _claim(organization)
    await _check_free(account.id, organization, command.position, first, command.valid_to)
    row = _table(
        account=account.id,
        organization=organization.id,
        position=command.position.value,
        valid_from=first,
        valid_to=command.valid_to,
        note=command.note,
        recorded_at=clock.now(),
        recorded_by=principal.account_id,
    )
    return await journal.insert(principal, decision, row, Membership)


async def end(principal: Principal, command: EndMembership) -> Membership:
    """Let a post end on a day (today if None). A fixed term can be shortened, and not be prolonged: appoint anew."""
    command = checked(command)
    current = as_record(await fetch(_table, _table.id, command.id, "membership"), Membership)
    organization = (await organizations.by_ids([current.organization]))[current.organization]
    decision = require(principal, "end", RESOURCE, organization.path, owner=organization.id, readable=False)
    check_version(current.version, command.version, "membership")
    day = check_day(command.on or clock.today(), "on")
    if current.valid_to is not None and current.valid_to <= day:
        raise Conflict(f"this membership ends on {current.valid_to} already")
    if day < current.valid_from:
        raise Invalid.at("on", f"the membership begins only on {current.valid_from}", "use that day or a later one")
    values = {"valid_to": day, "note": command.note or current.note}
    return await journal.amend(principal, decision, _table, current, values)


async def end_all(principal: Principal, organization: Organization, day: date) -> list[Membership]:
    """End every post in an organization on the day; one that would begin later never takes effect."""
    rows = await (
        _table.select(*_table.all_columns())
        .where(_table.organization == organization.id)
        .where(_table.valid_to.is_null() | (_table.valid_to > day))
        .order_by(_table.id)
    )
    if not rows:
        return []
    decision = require(principal, "end", RESOURCE, organization.path, owner=organization.id)
    ended = []
    for row in rows:
        current = as_record(row, Membership)
        values = {"valid_to": max(day, current.valid_from)}
        ended.append(await journal.amend(principal, decision, _table, current, values))
    return ended


def _check_within(organization: Organization, valid_to: date | None) -> None:
    last = organization.valid_to
    if last is not None and (valid_to is None or valid_to > last):
        raise Invalid.at("valid_to", f"{organization.code} ends on {last}", f"let the term end by {last}")


async def _claim(organization: Organization) -> None:
    # Writes nothing new. Of two transactions that appoint in one organization at once the second gets a retryable
    # Conflict on PostgreSQL, so that both cannot find the post free; on SQLite only one writes at a time anyway.
    table = tables.Organization
    await table.update({table.code: organization.code}).where(table.id == organization.id)


async def _check_free(
    account: UUID, organization: Organization, position: Position, first: date, valid_to: date | None
) -> None:
    overlapping = (
        _table.select(_table.valid_from)
        .where(_table.account == account)
        .where(_table.organization == organization.id)
        .where(_table.position == position.value)
        .where(_table.valid_to.is_null() | ((_table.valid_to > first) & (_table.valid_to > _table.valid_from)))
    )
    if valid_to is not None:
        overlapping = overlapping.where(_table.valid_from < valid_to)
    taken = await overlapping.limit(1)
    if taken:
        since = taken[0]["valid_from"]
        raise Conflict(f"this account is {position} of {organization.code} from {since} already; end that post first")
