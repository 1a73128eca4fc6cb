"""Published figures beside those that the records give."""

from datetime import date, timedelta
from typing import Any

import pytest

from gongzhi.core.actors import mergers
from gongzhi.core.actors.commands import MergeOrganizations, MergeSource
from gongzhi.core.actors.kinds import Education
from gongzhi.core.catalogue import assignments
from gongzhi.core.catalogue.commands import CreateAssignment, RecordDisposition
from gongzhi.core.catalogue.item import Category
from gongzhi.core.catalogue.lists import DispositionKind
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.errors import Invalid, NotFound
from gongzhi.core.figures.core import CORE_FIGURES
from gongzhi.core.figures.registry import (
    Figure,
    FigureRegistry,
    FigureSource,
    PublishedFigure,
    Qualifier,
    Scenario,
    Value,
    compare,
)
from gongzhi.core.permissions import SYSTEM
from gongzhi.data import figures
from tests.core.actors.people import committee, organization, person, post, station
from tests.core.catalogue.contents import content
from tests.core.catalogue.editing import published
from tests.core.places import TODAY, on_day

DONGYUAN, MEITING, MEILIN1 = "/futian/nanyuan/dongyuan", "/futian/meilin/meiting", "/futian/meilin/meilin1"


def figure(key: str, value: Value, qualifier: Qualifier = Qualifier.exact) -> PublishedFigure:
    return PublishedFigure(
        code="F1", key=key, section="", subject="", subject_en="", value=value, unit="", unit_en="", qualifier=qualifier
    )


async def computed(catalogue: Catalogue, day: date = TODAY) -> dict[str, Value | None]:
    found = await FigureRegistry(CORE_FIGURES).figures(figures(), Scenario(catalogue, "/futian", day))
    return {each.published.key: each.computed for each in found if each.computed_by is not None}


@pytest.mark.parametrize(
    ("value", "qualifier", "computed", "agrees"),
    [
        (95, Qualifier.exact, 95, True),
        (95, Qualifier.exact, 94, False),
        (0.8621, Qualifier.exact, 0.862135, True),
        (0.8621, Qualifier.exact, 0.8622, False),
        (41.5, Qualifier.exact, 41.46, True),
        (3, Qualifier.exact, 3.4, True),
        (300, Qualifier.more_than, 301, True),
        (300, Qualifier.more_than, 299, False),
        (300, Qualifier.reaches, 300, True),
        (5, Qualifier.at_most, 3, True),
        (5, Qualifier.at_most, 5, True),
        (5, Qualifier.at_most, 6, False),
        (95, Qualifier.exact, None, None),
        ("福发[2015]1号", Qualifier.exact, 1, None),
        (1, Qualifier.exact, "1", None),
    ],
)
def test_figures_agree_as_far_as_they_were_published(
    value: Value, qualifier: Qualifier, computed: Value | None, agrees: bool | None
) -> None:
    assert compare(figure("x", value, qualifier), computed) is agrees


def test_every_figure_that_core_computes_is_a_published_one() -> None:
    known = {each.key for each in figures()}
    keys = {key for source in CORE_FIGURES for key in source.keys}
    assert len(keys) == 20
    assert keys <= known


async def test_what_nothing_computes_is_listed_as_not_computed(catalogue: Catalogue) -> None:
    found = await FigureRegistry(CORE_FIGURES).figures(figures(), Scenario(catalogue, "/futian", TODAY))
    assert [each.published for each in found] == list(figures())
    bare = [each for each in found if each.computed_by is None]
    assert len(bare) == len(found) - 20
    assert {(each.computed, each.agrees) for each in bare} == {(None, None)}


async def test_an_empty_district_gives_counts_of_zero_and_nothing_that_was_not_counted(catalogue: Catalogue) -> None:
    found = await computed(catalogue)
    zero = {"residents_committees", "workstations", "party_mass_centers", "committee_pilot_communities"}
    zero |= {"committee_college_count", "cross_posts"}
    assert found["communities"] == 5
    assert {key for key, value in found.items() if value == 0} == zero
    assert {key for key, value in found.items() if value is None} == found.keys() - zero - {"communities"}


async def test_places_actors_and_people(catalogue: Catalogue) -> None:
    await committee("c1", DONGYUAN)
    await organization("party", "general_party_organization", DONGYUAN)
    await organization("center", "service_center", DONGYUAN)
    await station("s1", DONGYUAN)
    await person("a1", date(1975, 6, 1), Education.college)
    await person("a2", date(1985, 6, 2), Education.secondary)
    await post("a1", "c1", "director")
    await post("a1", "party", "secretary")
    await post("a2", "c1", "member")
    found = await computed(catalogue)
    expected = {
        "residents_committees": 1,
        "workstations": 1,
        "party_mass_centers": 1,
        "committee_avg_age": 34.5,
        "committee_college_count": 1,
        "committee_college_share": 0.5,
        "director_college_share": 1.0,
        "cross_posts": 1,
        "cross_posts_share": 1.0,
    }
    assert {key: found[key] for key in expected} == expected


async def test_sizes_are_those_of_the_lists_on_the_day(catalogue: Catalogue) -> None:
    await published(catalogue, content("a"))
    other = Category(code="C9", name="别类")
    await published(catalogue, content("t1"), content("t2"), content("t3", category=other), slug="station-tasks")
    found = await computed(catalogue)
    assert (found["basic_items"], found["workstation_tasks_district"], found["workstation_categories"]) == (1, 3, 2)
    assert (found["value_added_items"], found["committee_functions"]) == (None, None)
    with on_day(TODAY + timedelta(days=1)):
        await published(catalogue, content("a"), content("b"))
        assert (await computed(catalogue, TODAY + timedelta(days=1)))["basic_items"] == 2
        assert (await computed(catalogue, TODAY))["basic_items"] == 1
        assert (await computed(catalogue, TODAY - timedelta(days=1)))["basic_items"] is None


async def assigned(catalogue: Catalogue, slug: str, code: str, path: str, performer: str, **more: Any) -> Any:
    command = CreateAssignment(list_slug=slug, item_code=code, path=path, organization=performer, **more)
    return await assignments.assign(SYSTEM, catalogue, command)


async def test_the_reforms_of_nanyuan_and_meilin_and_the_pilots(catalogue: Catalogue) -> None:
    await published(catalogue, content("f1", attributes={"kind": "statutory"}), slug="committee-functions")
    await published(catalogue, content("t1"), content("t2"), slug="station-tasks")
    for code, path in (("s1", MEITING), ("s2", MEILIN1), ("s3", DONGYUAN)):
        await station(code, path)
    await committee("c1", DONGYUAN)
    await assigned(catalogue, "committee-functions", "f1", DONGYUAN, "c1")
    yesterday = TODAY - timedelta(days=1)
    await assigned(catalogue, "station-tasks", "t1", DONGYUAN, "s3", valid_from=yesterday)
    task = await assigned(catalogue, "station-tasks", "t2", DONGYUAN, "s3", valid_from=yesterday)
    command = RecordDisposition(assignment=task.id, version=1, kind=DispositionKind.return_committee, target="c1")
    await assignments.dispose(SYSTEM, command)
    await mergers.merge(SYSTEM, MergeOrganizations(sources=(MergeSource(code="s2"),), into="s1", effective_on=TODAY))
    found = await computed(catalogue)
    assert (found["nanyuan_tasks_before"], found["nanyuan_tasks_after"]) == (2, 1)
    assert (found["meilin_stations_before"], found["meilin_stations_after"]) == (2, 1)
    assert found["committee_pilot_communities"] == 1
    assert (await computed(catalogue, yesterday))["committee_pilot_communities"] == 0


async def test_one_key_has_one_source(catalogue: Catalogue) -> None:
    async def compute(scenario: Scenario) -> dict[str, Value | None]:
        return {"x": 7, "unasked": 8}

    registry = FigureRegistry([FigureSource(frozenset({"x", "y"}), compute, "plugin")])
    with pytest.raises(Invalid, match="computed by plugin and by other"):
        registry.add(FigureSource(frozenset({"y", "z"}), compute, "other"))
    published = [figure("x", 7), figure("y", 1), figure("z", 1), figure("unasked", 8)]
    found = await registry.figures(published, Scenario(catalogue, "/futian", TODAY))
    assert found == [
        Figure(published[0], 7, "plugin"),
        Figure(published[1], None, "plugin"),
        Figure(published[2], None, None),
        Figure(published[3], None, None),
    ]
    assert [each.agrees for each in found] == [True, None, None, None]


async def test_figures_of_an_unknown_place_are_not_found(catalogue: Catalogue) -> None:
    with pytest.raises(NotFound):
        await FigureRegistry(CORE_FIGURES).figures(figures(), Scenario(catalogue, "/luohu", TODAY))
