"""The figures that core's own records give: places, actors, lists, dispositions and mergers."""

from collections.abc import Mapping
from datetime import timedelta

from gongzhi.core.actors import organizations, statistics
from gongzhi.core.actors.kinds import ActorKind, OrganizationSubkind
from gongzhi.core.catalogue import tables
from gongzhi.core.catalogue.workload import workload
from gongzhi.core.figures.registry import FigureSource, Scenario, Value
from gongzhi.core.permissions import SYSTEM
from gongzhi.core.territory import service as territory
from gongzhi.core.territory.records import Level

NANYUAN = "nanyuan"
MEILIN = "meilin"


async def places_and_actors(scenario: Scenario) -> Mapping[str, Value | None]:
    """Counts of communities and of organizations by kind."""
    places = await territory.all_below(scenario.path, scenario.day)
    counts = await organizations.counts(SYSTEM, scenario.path, scenario.day)
    return {
        "communities": sum(place.level is Level.community for place in places),
        "residents_committees": counts.get((ActorKind.committee, OrganizationSubkind.residents_committee), 0),
        "workstations": counts.get((ActorKind.station, OrganizationSubkind.workstation), 0),
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
    """Sizes of the lists in force, and the communities where the function list is at work."""
    current = scenario.catalogue.snapshot.current
    sizes = {slug: len(published.items) for slug, published in current.items()}
    tasks = current.get("station-tasks")
    assigned = tables.Assignment
    pilots = await (
        assigned.select(assigned.path)
        .distinct()
        .where(assigned.list_slug == "committee-functions")
        .where(territory.path_clause(assigned.path, scenario.path))
    )
    return {
        "basic_items": sizes.get("basic-services"),
        "value_added_items": sizes.get("value-added-services"),
        "committee_functions": sizes.get("committee-functions"),
        "committee_pilot_communities": len(pilots),
        "workstation_tasks_district": sizes.get("station-tasks"),
        "workstation_categories": len({item.category.code for item in tasks.items}) if tasks else None,
    }


async def reforms(scenario: Scenario) -> Mapping[str, Value | None]:
    """Nanyuan's tasks before and after, and Meilin's workstations before and after their merger."""
    tasks = await workload(SYSTEM, f"{scenario.path}/{NANYUAN}", after=scenario.day)
    meilin = f"{scenario.path}/{MEILIN}"
    station = (ActorKind.station, OrganizationSubkind.workstation)
    after = await organizations.counts(SYSTEM, meilin, scenario.day)
    merged_on = await organizations.first_merger(SYSTEM, meilin, ActorKind.station)
    before = await organizations.counts(SYSTEM, meilin, (merged_on or scenario.day) - timedelta(days=1))
    return {
        "nanyuan_tasks_before": len(tasks.before),
        "nanyuan_tasks_after": len(tasks.after),
        "meilin_stations_before": before.get(station, 0),
        "meilin_stations_after": after.get(station, 0),
    }


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
    FigureSource(
        frozenset(
            {
                "basic_items",
                "value_added_items",
                "committee_functions",
                "committee_pilot_communities",
                "workstation_tasks_district",
                "workstation_categories",
            }
        ),
        lists,
    ),
    FigureSource(
        frozenset({"nanyuan_tasks_before", "nanyuan_tasks_after", "meilin_stations_before", "meilin_stations_after"}),
        reforms,
    ),
)
