"""The numbers of the source article, computed by the services from the demo's records."""

from collections import Counter
from datetime import date, timedelta

from gongzhi import data, demo
from gongzhi.core import clock
from gongzhi.core.actors import organizations, statistics
from gongzhi.core.actors.kinds import ActorKind, OrganizationSubkind
from gongzhi.core.catalogue import assignments
from gongzhi.core.catalogue.assignments import AssignmentFilter
from gongzhi.core.catalogue.coverage import coverage
from gongzhi.core.catalogue.lists import DispositionKind, ListRegistry
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.catalogue.workload import workload
from gongzhi.core.db import Database
from gongzhi.core.figures.core import CORE_FIGURES
from gongzhi.core.figures.registry import FigureRegistry, Scenario
from gongzhi.core.paging import PageRequest
from gongzhi.core.permissions import ANONYMOUS
from gongzhi.core.territory import service as territory
from gongzhi.core.territory.records import Level
from gongzhi.demo.scenario import MEILIN, MERGED_ON, NANYUAN, PILOTS, REDUCED_ON

COMMITTEE = (ActorKind.committee, OrganizationSubkind.residents_committee)
STATION = (ActorKind.station, OrganizationSubkind.workstation)
CENTRE = (ActorKind.org, OrganizationSubkind.service_center)
PARTY = (ActorKind.party, OrganizationSubkind.general_party_organization)


async def stations(path: str, on: date) -> int:
    return (await organizations.organization_counts(ANONYMOUS, path, on))[STATION]


async def test_places_actors_and_people_have_the_published_numbers(loaded: Database) -> None:
    places = Counter(place.level for place in await territory.all_below(demo.DISTRICT, demo.DAY))
    assert places == {Level.district: 1, Level.subdistrict: 10, Level.community: 95}

    for day in (demo.DAY, clock.today()):
        counts = await organizations.organization_counts(ANONYMOUS, demo.DISTRICT, day)
        assert [counts[kind] for kind in (COMMITTEE, STATION, CENTRE, PARTY)] == [115, 94, 90, 95]
        people = await statistics.committee_statistics(ANONYMOUS, demo.DISTRICT, day)
        assert (people.members, people.college_count, people.directors) == (825, 664, 115)
        assert (people.leaders, people.cross_appointed) == (573, 494)
        assert round(people.average_age or 0) == 43
        assert round(people.college_share or 0, 3) == 0.805
        assert round(people.cross_share or 0, 4) == 0.8621
        assert (people.directors_college_share or 0) >= 0.9

    eve = MERGED_ON - timedelta(days=1)
    assert (await stations(MEILIN, eve), await stations(MEILIN, MERGED_ON)) == (13, 8)
    assert (await stations(demo.DISTRICT, eve), await stations(demo.DISTRICT, MERGED_ON)) == (99, 94)


async def test_lists_tasks_and_functions_have_the_published_numbers(loaded: Database) -> None:
    catalogue = Catalogue(ListRegistry())
    await catalogue.refresh()
    sizes = {slug: len(published.items) for slug, published in catalogue.snapshot.current.items()}
    assert sizes == {
        "basic-services": 87,
        "value-added-services": 23,
        "committee-functions": 71,
        "station-tasks": 147,
    }

    tasks = await workload(ANONYMOUS, NANYUAN)
    assert (len(tasks.before), len(tasks.after)) == (147, 45)
    assert tasks.before_day == REDUCED_ON - timedelta(days=1)
    assert tasks.kinds == {
        DispositionKind.keep: 45,
        DispositionKind.transfer_org: 33,
        DispositionKind.transfer_property: 17,
        DispositionKind.return_committee: 26,
        DispositionKind.return_department: 26,
    }
    for place in await territory.all_below(NANYUAN):
        if place.level is Level.community:
            here = await workload(ANONYMOUS, place.path, after=demo.DAY)
            assert (len(here.before), len(here.after)) == (147, 45), place.path

    wanted = AssignmentFilter(within=demo.DISTRICT, list_slug="committee-functions", on=demo.DAY)
    page = await assignments.assignments(ANONYMOUS, wanted, PageRequest(first=100))
    found = list(page.rows)
    while page.has_next:
        page = await assignments.assignments(ANONYMOUS, wanted, PageRequest(first=100, after=page.cursors[-1]))
        found.extend(page.rows)
    assert Counter(row.path for row in found) == {f"{NANYUAN}/{slug}": 71 for slug in PILOTS}
    assert len({(row.path, row.item_code) for row in found}) == 142


async def test_coverage_has_gaps_but_every_item_is_offered_somewhere(loaded: Database) -> None:
    catalogue = Catalogue(ListRegistry())
    await catalogue.refresh()
    for slug, offered, possible in (("basic-services", 7951, 8265), ("value-added-services", 1311, 2185)):
        matrix = await coverage(ANONYMOUS, catalogue, demo.DISTRICT, slug, demo.DAY)
        assert (matrix.offered, matrix.possible) == (offered, possible)
        assert all(item.offered_in and item.providers for item in matrix.items)


async def test_every_figure_that_core_computes_agrees_with_the_published_one(loaded: Database) -> None:
    catalogue = Catalogue(ListRegistry())
    await catalogue.refresh()
    registry = FigureRegistry(CORE_FIGURES)
    for day in (demo.DAY, clock.today()):
        found = await registry.figures(data.figures(), Scenario(catalogue, demo.DISTRICT, day))
        computed = [figure for figure in found if figure.computed_by is not None]
        assert (len(found), len(computed)) == (83, sum(len(source.keys) for source in CORE_FIGURES))
        assert [figure.published.key for figure in computed if not figure.agrees] == []
