"""What stations do before and after a reform: the tasks they perform on two days, and what became of the difference."""

from collections import Counter
from datetime import date, timedelta

import msgspec

from gongzhi.core import clock
from gongzhi.core.actors.kinds import ActorKind
from gongzhi.core.actors.tables import Organization
from gongzhi.core.catalogue import tables
from gongzhi.core.catalogue.assignments import ASSIGNMENT
from gongzhi.core.catalogue.lists import DispositionKind
from gongzhi.core.errors import Invalid
from gongzhi.core.permissions import Principal, scope
from gongzhi.core.territory import service as territory
from gongzhi.core.validity import check_day, in_force

TASKS = "station-tasks"


class Workload(msgspec.Struct, frozen=True):
    """The tasks that stations at a place perform on two days, by code; `kinds` counts what became of those disposed.

    A task that several stations perform counts once.
    """

    path: str
    list_slug: str
    before_day: date
    after_day: date
    before: tuple[str, ...]
    after: tuple[str, ...]
    kinds: dict[DispositionKind, int]


async def workload(
    principal: Principal, path: str, slug: str = TASKS, before: date | None = None, after: date | None = None
) -> Workload:
    """Before and after at a place: by default the day before the first disposition there, and today."""
    after_day = check_day(after or clock.today(), "after")
    decided = await _decided(path, slug, after_day)
    first = min((day for _, _, day in decided), default=after_day)
    before_day = check_day(before or first - timedelta(days=1), "before")
    if before_day > after_day:
        raise Invalid.at("before", f"{before_day} is later than {after_day}", "name the earlier day first")
    latest: dict[str, DispositionKind] = {code: kind for code, kind, day in decided if day > before_day}
    return Workload(
        path=path,
        list_slug=slug,
        before_day=before_day,
        after_day=after_day,
        before=await _performed(principal, path, slug, before_day),
        after=await _performed(principal, path, slug, after_day),
        kinds=dict(Counter(latest.values())),
    )


async def _decided(path: str, slug: str, until: date) -> list[tuple[str, DispositionKind, date]]:
    table = tables.Disposition
    rows = await (
        table.select(table.item_code, table.kind, table.effective_on)
        .where(territory.path_clause(table.path, path))
        .where(table.list_slug == slug)
        .where(table.effective_on <= until)
        .order_by(table.effective_on)
        .order_by(table.id)
    )
    return [(row["item_code"], DispositionKind(row["kind"]), row["effective_on"]) for row in rows]


async def _performed(principal: Principal, path: str, slug: str, day: date) -> tuple[str, ...]:
    table = tables.Assignment
    stations = Organization.select(Organization.id).where(Organization.kind == ActorKind.station.value)
    rows = await (
        table.select(table.item_code)
        .distinct()
        .where(territory.path_clause(table.path, path))
        .where(table.list_slug == slug)
        .where(table.organization.is_in(stations))
        .where(in_force(table.valid_from, table.valid_to, day))
        .where(scope(principal, "read", ASSIGNMENT).where(table))
    )
    return tuple(sorted(row["item_code"] for row in rows))
