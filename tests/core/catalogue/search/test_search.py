"""What people type, and what they must find."""

import time

import pytest

from gongzhi.core.actors.kinds import ActorKind
from gongzhi.core.catalogue.item import Audience, Channel, Cost, CostKind, ItemStatus, LifeEvent
from gongzhi.core.catalogue.search import MAX_QUERY, SearchFilters, SearchIndex
from gongzhi.core.errors import Invalid
from gongzhi.data import LISTS, reference_list
from tests.core.catalogue.contents import OTHER, item

INDEX = SearchIndex.build(
    [
        item("B001", "养老服务", name_en="Elderly care service", keywords=("日间照料",)),
        item("B002", "社区居家养老服务", name_en="Home care for the elderly", description="为老年人上门服务。"),
        item("B003", "图书借阅", name_en="Library lending", category=OTHER, keywords=("阅览室", "AED")),
        item("B004", "行走的课堂", name_en="Walking lessons", category=OTHER),
        item("B005", "女性健康检查", name_en="Women's health check"),
        item(
            "B006", "孕产妇健康管理", name_en="Maternal health management", description="按时检查身体，提供养老信息。"
        ),
        item("B007", "长者食堂", name_en="Canteen for older people", keywords=("养老服务",)),
    ]
)


def found(query: str, index: SearchIndex = INDEX, **more: object) -> list[str]:
    return [hit.item.code for hit in index.search(query, filters=SearchFilters(**more))]


@pytest.mark.parametrize(
    "query",
    [
        "养老",
        "yanglao",
        "YangLao",
        "ylfw",
        "YLFW",
        "ｙｌｆｗ",
        "yang lao",
        "yang老",
        "养lao",
        "yǎng lǎo",
        "養老",
        "养佬服务",
    ]
    + [
        "elderly",
        "eldrely",
        "ＥＬＤＥＲＬＹ",
        "B001",
        "b001",
        "养老 服务",
        "养老，服务！",
        "care for elderly",
        "yanglaofuwu",
    ]
    + ["yanglaofu", "yanlao", "养老服务🙂", "\0养老"],
)
def test_people_find_care_for_the_elderly_however_they_type(query: str) -> None:
    codes = found(query)
    assert "B001" in codes
    assert "B003" not in codes


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("xingzou", "B004"),
        ("hangzou", "B004"),
        ("nvxing", "B005"),
        ("nuxing", "B005"),
        ("zhangzhe", "B007"),
        ("changzheshitang", "B007"),
        ("zst", "B007"),
        ("aed", "B003"),
        ("rjzl", "B001"),
        ("womens health", "B005"),
        ("libraries", "B003"),
        ("社區居家養老", "B002"),
        ("居家养佬服物", "B002"),
    ],
)
def test_every_reading_every_form_and_small_slips_lead_to_the_item(query: str, code: str) -> None:
    assert found(query)[0] == code


def test_the_name_counts_more_than_keywords_and_these_more_than_the_description() -> None:
    hits = INDEX.search("养老")
    assert [hit.item.code for hit in hits] == ["B001", "B002", "B007", "B006"]
    assert [hit.fields for hit in hits] == [("name",), ("name",), ("keywords",), ("description",)]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_whole_name_comes_before_its_beginning_and_that_before_its_middle() -> None:
    names = ("老年养老", "养老院", "养老")
    index = SearchIndex.build([item(str(number), name) for number, name in enumerate(names)])
    assert found("养老", index) == ["2", "1", "0"]
    assert found("yanglao", index) == ["2", "1", "0"]


def test_characters_as_typed_come_before_those_that_only_sound_alike() -> None:
    index = SearchIndex.build([item("1", "洋烙展示"), item("2", "养老")])
    assert found("养老", index) == ["2"]
    assert set(found("yanglao", index)) == {"1", "2"}
    assert found("養老", index) == ["2", "1"]


def test_all_words_are_wanted_and_most_of_them_if_no_item_has_all() -> None:
    assert found("养老 社区") == ["B002"]
    assert found("health check") == ["B005"]
    assert found("社区 养老 量子") == ["B002"]
    assert found("量子 养老") == []


def test_a_code_comes_first_whatever_else_holds_its_letters() -> None:
    index = SearchIndex.build([item("A1", "B2 楼"), item("B2", "甲"), item("B21", "乙")])
    assert found("b2", index) == ["B2", "B21", "A1"]


def test_a_blank_query_finds_everything_in_order_and_a_limit_cuts() -> None:
    for query in ("", "  ", "　\t"):
        assert found(query) == [f"B00{number}" for number in range(1, 8)]
    assert [hit.score for hit in INDEX.search("")] == [0] * 7
    assert [hit.item.code for hit in INDEX.search("养老", limit=2)] == ["B001", "B002"]
    assert INDEX.search("养老", limit=0) == []
    assert INDEX.search("养老", limit=-1) == []


@pytest.mark.parametrize(
    "query",
    [
        "！？。",
        "...",
        "-",
        "\0",
        "🙂",
        "👨‍👩‍👧",
        "\u200b",
        "\ud800",
        "\\",
        "%_",
        "[",
        "(.*)+",
        "量子计算",
        "zzzz",
        "x" * 37,
    ],
)
def test_what_says_nothing_finds_nothing(query: str) -> None:
    nameless = SearchIndex.build([item("B001", "养老"), item("B002", "图书")])
    assert found(query) == []
    assert found(query, nameless) == []


def test_an_index_of_nothing_finds_nothing() -> None:
    empty = SearchIndex.build([])
    for query in ("", "养老", "ylfw", "elderly", "養老服務"):
        assert found(query, empty) == []
        assert found(query, empty, free=True) == []


def test_a_query_that_is_too_long_is_refused_at_once() -> None:
    start = time.perf_counter()
    for length in (MAX_QUERY + 1, 10_000, 10_000_000):
        with pytest.raises(Invalid) as refused:
            INDEX.search("养" * length)
        assert refused.value.problems[0].field == "search"
    assert time.perf_counter() - start < 0.5
    assert found("养" * MAX_QUERY) == []


@pytest.mark.parametrize(
    "query",
    [
        "x" * 200,
        "xian" * 9,
        "a" * 36,
        "yi1" * 12,
        "ng" * 18,
        "老a" * 100,
        "养 " * 100,
        "ﷺ" * 200,
        "é" * 200,
        "zhangchang" * 3,
    ]
    + ["an养" * 66, "%5" * 100, "服务" * 100, "s s" * 66],
)
def test_no_query_takes_long(query: str) -> None:
    lists = [content for slug in LISTS for content in reference_list(slug).items if slug.endswith("services")]
    index = SearchIndex.build([item(content.code, content.name, name_en=content.name_en) for content in lists])
    start = time.perf_counter()
    index.search(query)
    assert time.perf_counter() - start < 0.5


FILTERED = SearchIndex.build(
    [
        item("1", "养老甲", cost=Cost(kind=CostKind.free), audience=(Audience.elderly,), channels=(Channel.online,)),
        item("2", "养老乙", cost=Cost(kind=CostKind.paid), audience=(Audience.elderly, Audience.women)),
        item("3", "养老丙", category=OTHER, provider=ActorKind.org, competent=ActorKind.department),
        item("4", "养老丁", slug="value-added-services", status=ItemStatus.suspended, channels=(Channel.door,)),
        item("5", "图书", life_events=(LifeEvent.birth,), channels=(Channel.online, Channel.door)),
    ]
)


@pytest.mark.parametrize(
    ("filters", "codes"),
    [
        ({}, "1234"),
        ({"lists": ("value-added-services",)}, "4"),
        ({"lists": ("value-added-services", "basic-services")}, "1234"),
        ({"lists": ("nowhere",)}, ""),
        ({"categories": ("C2",)}, "3"),
        ({"audiences": (Audience.elderly,)}, "12"),
        ({"audiences": (Audience.women, Audience.youth)}, "2"),
        ({"providers": (ActorKind.org,)}, "3"),
        ({"competent": (ActorKind.department,)}, "3"),
        ({"competent": (ActorKind.party,)}, ""),
        ({"channels": (Channel.online, Channel.door)}, "14"),
        ({"status": (ItemStatus.suspended,)}, "4"),
        ({"life_events": (LifeEvent.birth,)}, ""),
        ({"free": True}, "134"),
        ({"free": False}, "2"),
        ({"free": True, "audiences": (Audience.elderly,), "channels": (Channel.online,)}, "1"),
        ({"free": False, "channels": (Channel.online,)}, ""),
    ],
)
def test_filters_combine(filters: dict[str, object], codes: str) -> None:
    for query in ("养老", "yanglao", "yl", "養老"):
        assert found(query, FILTERED, **filters) == list(codes)


def test_filters_hold_without_a_query_too() -> None:
    assert found("", FILTERED, channels=(Channel.online,)) == ["1", "5"]
    assert found("", FILTERED, life_events=(LifeEvent.birth,), free=True) == ["5"]


def test_a_condition_of_the_caller_is_asked_about_what_the_rest_lets_through() -> None:
    asked = []

    def elsewhere(candidate: object) -> bool:
        asked.append(candidate.code)
        return candidate.code != "1"

    hits = FILTERED.search("养老", filters=SearchFilters(free=True), where=elsewhere)
    assert [hit.item.code for hit in hits] == ["3", "4"]
    assert sorted(asked) == ["1", "3", "4"]


def test_every_reference_item_is_found_by_its_name_its_pinyin_and_its_code() -> None:
    contents = reference_list("basic-services").items
    items = [item(content.code, content.name, name_en=content.name_en) for content in contents]
    index = SearchIndex.build(items)
    for each in items:
        assert found(each.name, index)[0] == each.code
        assert found(each.code, index)[0] == each.code
        assert each.code in found(each.name_en, index)
