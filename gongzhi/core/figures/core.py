"""The figures that core's own records give: places, actors, lists, dispositions and mergers."""

from collections.abc import Mapping
from datetime import date, timedelta

import msgspec

from gongzhi.core.actors import organizations, statistics
from gongzhi.core.actors.kinds import ActorKind, OrganizationSubkind
from gongzhi.core.actors.tables import Organization
from gongzhi.core.catalogue import tables
from gongzhi.core.catalogue.item import Item
from gongzhi.core.catalogue.store import in_force
from gongzhi.core.catalogue.workload import TASKS, workload
from gongzhi.core.figures.registry import FigureSource, Scenario, Value
from gongzhi.core.permissions import SYSTEM
from gongzhi.core.territory import service as territory
from gongzhi.core.territory.path import ancestors
from gongzhi.core.territory.records import Level
from gongzhi.core.validity import in_force as holds

NANYUAN = "nanyuan"
MEILIN = "meilin"
FUNCTIONS = "committee-functions"
WORKSTATION = (ActorKind.station, OrganizationSubkind.workstation)
SIZES = {
    "basic_items": "basic-services",
    "value_added_items": "value-added-services",
    "committee_functions": FUNCTIONS,
    "workstation_tasks_district": TASKS,
}
"""Figures that are the size of a list."""


async def places_and_actors(scenario: Scenario) -> Mapping[str, Value | None]:
    """Counts of communities and of organizations by kind."""
    places = await territory.all_below(scenario.path, scenario.day)
    counts = await organizations.organization_counts(SYSTEM, scenario.path, scenario.day)
    return {
        "communities": sum(place.level is Level.community for place in places),
        "residents_committees": counts.get((ActorKind.committee, OrganizationSubkind.residents_committee), 0),
        "workstations": counts.get(WORKSTATION, 0),
        "party_mass_centers": counts.get((ActorKind.org, OrganizationSubkind.service_center), 0),
    }


async def committee_people(scenario: Scenario) -> Mapping[str, Value | None]:
    """The statistics of committee members, from their memberships."""
    found = await statistics.committee_statistics(SYSTEM, scenario.path, scenario.day)
    return {
        "committee_avg_age": found.average_age,
        "committee_college_share": found.college_share,
        "committee_college_count": found.college_count,
        "director_college_share": found.directors_college_share,
        "cross_posts": found.cross_appointed,
        "cross_posts_share": found.cross_share,
    }


async def lists(scenario: Scenario) -> Mapping[str, Value | None]:
    """Sizes of the lists in force on the day, and the communities where the function list is at work."""
    items = {slug: await _items(scenario, slug) for slug in SIZES.values() if slug in scenario.catalogue.snapshot.lists}
    tasks = items.get(TASKS)
    return {
        **{key: _size(items.get(slug)) for key, slug in SIZES.items()},
        "committee_pilot_communities": await _pilots(scenario),
        "workstation_categories": len({item.category.code for item in tasks}) if tasks is not None else None,
    }


async def _items(scenario: Scenario, slug: str) -> tuple[Item, ...] | None:
    edition = in_force(scenario.catalogue.snapshot.editions[slug], scenario.day)
    return (await scenario.catalogue.published(edition, slug)).items if edition else None


def _size(items: tuple[Item, ...] | None) -> int | None:
    return None if items is None else len(items)


async def _pilots(scenario: Scenario) -> int:
    """Communities where, on the day, somebody performs a function of the list, in the whole of them or in a part."""
    table = tables.Assignment
    rows = await (
        table.select(table.path)
        .distinct()
        .where(table.list_slug == FUNCTIONS)
        .where(territory.path_clause(table.path, scenario.path))
        .where(holds(table.valid_from, table.valid_to, scenario.day))
    )
    above = {place for row in rows for place in ancestors(row["path"])}
    places = await territory.all_below(scenario.path, scenario.day)
    return sum(place.level is Level.community and place.path in above for place in places)


async def reforms(scenario: Scenario) -> Mapping[str, Value | None]:
    """Nanyuan's tasks before and after, and Meilin's workstations before and after their merger.

    Nothing where nobody ever performed a task or there never was a workstation: zero would claim to be counted.
    """
    tasks = await workload(SYSTEM, f"{scenario.path}/{NANYUAN}", after=scenario.day)
    meilin = f"{scenario.path}/{MEILIN}"
    after = (await organizations.organization_counts(SYSTEM, meilin, scenario.day)).get(WORKSTATION, 0)
    eve = (await _first_merger(meilin) or scenario.day) - timedelta(days=1)
    before = (await organizations.organization_counts(SYSTEM, meilin, eve)).get(WORKSTATION, 0)
    known = bool(tasks.before or tasks.after)
    return {
        "nanyuan_tasks_before": len(tasks.before) if known else None,
        "nanyuan_tasks_after": len(tasks.after) if known else None,
        "meilin_stations_before": before if before or after else None,
        "meilin_stations_after": after if before or after else None,
    }


async def _first_merger(path: str) -> date | None:
    """The day on which the first workstation at or below a path became part of another."""
    table = Organization
    rows = await (
        table.select(table.valid_to)
        .where(table.kind == ActorKind.station.value)
        .where(table.merged_into.is_not_null())
        .where(territory.path_clause(table.path, path))
        .order_by(table.valid_to)
        .limit(1)
    )
    return msgspec.convert(rows[0]["valid_to"], date) if rows else None


CORE_FIGURES = (
    FigureSource(
        frozenset({"communities", "residents_committees", "workstations", "party_mass_centers"}), places_and_actors
    ),
    FigureSource(
        frozenset(
            {
                "committee_avg_age",
                "committee_college_share",
                "committee_college_count",
                "director_college_share",
                "cross_posts",
                "cross_posts_share",
            }
        ),
        committee_people,
    ),
    FigureSource(frozenset({*SIZES, "committee_pilot_communities", "workstation_categories"}), lists),
    FigureSource(
        frozenset({"nanyuan_tasks_before", "nanyuan_tasks_after", "meilin_stations_before", "meilin_stations_after"}),
        reforms,
    ),
)
