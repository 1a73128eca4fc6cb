"""The profile of residents' committees (居委会队伍建设与交叉任职): computed from the records of a day, never stored."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from piccolo.custom_types import Combinable

from gongzhi.core.actors import tables
from gongzhi.core.actors.kinds import COLLEGE_OR_ABOVE, LEADING_POSITIONS, ActorKind, OrganizationSubkind, Position
from gongzhi.core.actors.posts import COMMITTEE_MEMBERS
from gongzhi.core.permissions import Principal, require
from gongzhi.core.territory import service as territory
from gongzhi.core.validity import check_day, in_force

RESOURCE = "actors.statistics"

_post = tables.Membership
_committee = _post.organization._


class CommitteeStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """People are counted once, however many posts they hold. Shares run from 0 to 1; None: nothing to divide by.

    `average_age` is in completed years, of those whose birth date is entered. Somebody whose education is not entered
    counts as not college-educated. Leaders are directors and deputy directors; `cross_appointed` are those leaders who
    also hold a post in a party organization.
    """

    members: int
    average_age: float | None
    college_count: int
    college_share: float | None
    directors: int
    directors_college_share: float | None
    leaders: int
    cross_appointed: int
    cross_share: float | None


async def committee_statistics(principal: Principal, within: str, on: date) -> CommitteeStatistics:
    """The profile of the residents' committees located at or below a path on a day: two statements."""
    require(principal, "read", RESOURCE, within)
    check_day(on, "on")
    rows = await (
        _post.select(
            _post.account.as_alias("account"),
            _post.position.as_alias("position"),
            _post.account._.birth_date.as_alias("birth_date"),
            _post.account._.education.as_alias("education"),
        )
        .where(_seats(within, on))
        .where(_post.position.is_in([position.value for position in COMMITTEE_MEMBERS]))
    )
    people = {row["account"]: row for row in rows}
    directors = {row["account"] for row in rows if row["position"] == Position.director.value}
    leaders = {row["account"] for row in rows if row["position"] in LEADING_POSITIONS}
    educated = {key for key, row in people.items() if row["education"] in COLLEGE_OR_ABOVE}
    crossed = await _cross_appointed(within, on)
    ages = [completed_years(row["birth_date"], on) for row in people.values() if row["birth_date"] is not None]
    return CommitteeStatistics(
        members=len(people),
        average_age=_share(sum(ages), len(ages)),
        college_count=len(educated),
        college_share=_share(len(educated), len(people)),
        directors=len(directors),
        directors_college_share=_share(len(directors & educated), len(directors)),
        leaders=len(leaders),
        cross_appointed=len(crossed),
        cross_share=_share(len(crossed), len(leaders)),
    )


async def _cross_appointed(within: str, on: date) -> set[UUID]:
    leading = (
        _post.select(_post.account)
        .where(_seats(within, on))
        .where(_post.position.is_in([position.value for position in LEADING_POSITIONS]))
    )
    rows: list[dict[str, Any]] = await (
        _post.select(_post.account.as_alias("account"))
        .where(_committee.kind == ActorKind.party.value)
        .where(_held(on))
        .where(_post.account.is_in(leading))
    )
    return {row["account"] for row in rows}


def _seats(within: str, on: date) -> Combinable:
    clause: Combinable = (
        (_committee.subkind == OrganizationSubkind.residents_committee.value)
        & territory.path_clause(_committee.path, within)
        & _held(on)
    )
    return clause


def _held(on: date) -> Combinable:
    clause: Combinable = in_force(_post.valid_from, _post.valid_to, on) & in_force(
        _committee.valid_from, _committee.valid_to, on
    )
    return clause


def completed_years(born: date, on: date) -> int:
    """The age in completed years; who was born on 29 February completes a year on 1 March of a common year."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None
