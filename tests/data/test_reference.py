"""The territory, the figures, the mechanisms, the glossary and the register of sources."""

from collections import Counter

from gongzhi import data
from gongzhi.core.figures.registry import Qualifier
from gongzhi.core.territory import path as paths
from gongzhi.core.territory.records import PARENT_LEVEL, Level


def unique(values: list[str]) -> bool:
    return len(set(values)) == len(values)


def test_one_district_ten_subdistricts_95_communities() -> None:
    places = data.territory()
    assert Counter(place.level for place in places) == {
        Level.district: 1,
        Level.subdistrict: 10,
        Level.community: 95,
    }
    assert unique([place.code for place in places])
    assert unique([place.path for place in places])
    assert all(place.sources for place in places)


def test_every_place_comes_after_the_one_above_it() -> None:
    seen: dict[str, Level] = {}
    for place in data.territory():
        assert paths.parse(place.path) == place.path
        above = place.path.rpartition("/")[0]
        assert seen.get(above) is PARENT_LEVEL[place.level], place.path
        seen[place.path] = place.level


def test_subdistricts_have_as_many_communities_as_listed() -> None:
    counts = Counter(place.path.split("/")[2] for place in data.territory() if place.level is Level.community)
    assert counts == {
        "yuanling": 7,
        "nanyuan": 11,
        "futian": 13,
        "shatou": 12,
        "meilin": 13,
        "huafu": 8,
        "xiangmihu": 9,
        "lianhua": 12,
        "fubao": 5,
        "huaqiangbei": 5,
    }


def test_83_figures_each_with_a_key_of_its_own() -> None:
    figures = data.figures()
    assert [figure.code for figure in figures] == [f"F{number:03d}" for number in range(1, 84)]
    assert unique([figure.key for figure in figures])
    for figure in figures:
        assert figure.subject
        assert figure.subject_en
        assert figure.unit
        assert figure.unit_en


def test_figures_keep_the_type_and_precision_of_the_source() -> None:
    figures = {figure.key: figure for figure in data.figures()}
    assert figures["cross_posts_share"].value == 0.8621
    assert isinstance(figures["committee_avg_age"].value, int)
    assert figures["page_published"].value == "2016-01-04T10:42:21"
    assert figures["workstation_tasks_district"].qualifier is Qualifier.more_than


def test_64_mechanisms_refer_to_figures_that_exist() -> None:
    mechanisms = data.mechanisms()
    assert [mechanism.code for mechanism in mechanisms] == [f"M{number:02d}" for number in range(1, 65)]
    keys = {figure.key for figure in data.figures()}
    assert {key for mechanism in mechanisms for key in mechanism.figures} <= keys


def test_terms_are_unique_in_both_languages() -> None:
    terms = data.glossary()
    assert len(terms) == 74
    assert unique([term.term for term in terms])
    assert unique([term.term_en.lower() for term in terms])


def test_sources_are_unique_and_name_articles_only_where_the_text_was_read() -> None:
    sources = data.sources()
    assert len(sources) == 77
    assert unique([source.code for source in sources])
    assert unique([source.name for source in sources])
    for source in sources:
        assert bool(source.articles_checked) == source.text_checked, source.code
