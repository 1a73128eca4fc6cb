"""Who can do something at a place: the accounts, by the posts that they hold and by what policy files give them."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from gongzhi.core import clock
from gongzhi.core.actors import tables
from gongzhi.core.actors.records import AccountStatus
from gongzhi.core.permissions import OWN, Post, Principal, bindings_for, current, decide
from gongzhi.core.territory.path import ancestors
from gongzhi.core.validity import in_force

_BATCH = 500


class Wanted(msgspec.Struct, frozen=True):
    """What is asked: an action on a resource at a path; `owner` is the organization that the record belongs to."""

    action: str
    resource: str
    path: str
    relations: tuple[str, ...] = ()
    owner: UUID | None = None


async def accounts_that_can(wanted: Wanted, after: str, limit: int, on: date | None = None) -> list[str]:
    """The codes of at most `limit` accounts, by code, behind `after`. A few statements for every 500 accounts."""
    found: list[str] = []
    while len(found) < limit:
        batch = await _accounts(after)
        if not batch:
            break
        posts = await _posts([row["id"] for row in batch], wanted.path, on or clock.today())
        for row in batch:
            principal = Principal(
                account_id=row["id"], account_code=row["code"], bindings=bindings_for(posts.get(row["id"], ()))
            )
            own = (OWN,) if wanted.resource == "actors.account" and OWN in wanted.relations else ()
            relations = tuple(each for each in wanted.relations if each != OWN) + own
            if decide(principal, wanted.action, wanted.resource, wanted.path, relations, owner=wanted.owner).allowed:
                found.append(row["code"])
        after = batch[-1]["code"]
    return found[:limit]


async def _accounts(after: str) -> list[dict[str, Any]]:
    table = tables.Account
    rows: list[dict[str, Any]] = await (
        table.select(table.id, table.code)
        .where(table.code > after)
        .where(table.status == AccountStatus.active.value)
        .order_by(table.code)
        .limit(_BATCH)
    )
    return rows


async def _posts(accounts: list[UUID], path: str, day: date) -> dict[UUID, list[Post]]:
    """The posts of these accounts that count at a path: others cannot bear on what is asked."""
    post, area = tables.Membership, tables.ServiceArea
    organization = post.organization._
    above = ancestors(path)
    serving = (
        area.select(area.organization)
        .where(area.path.is_in(above))
        .where(in_force(area.valid_from, area.valid_to, day))
    )
    rows = await (
        post.select(
            post.id,
            post.account,
            post.position,
            organization.id.as_alias("organization_id"),
            organization.kind.as_alias("kind"),
        )
        .where(post.account.is_in(accounts))
        .where(in_force(post.valid_from, post.valid_to, day))
        .where(in_force(organization.valid_from, organization.valid_to, day))
        .where(organization.path.is_in(above) | post.organization.is_in(serving))
    )
    found: dict[UUID, list[Post]] = {}
    for row in rows:
        held = Post(row["kind"], row["position"], (path,), row["id"], row["organization_id"])
        found.setdefault(row["account"], []).append(held)
    return found


def known(action: str, resource: str) -> bool:
    """Whether the vocabulary has this action on this resource."""
    declared = current().vocabulary.resources.get(resource)
    return declared is not None and action in declared.action_names
