"""What changed between two editions."""

import pytest

from gongzhi.core.catalogue.diff import EditionDiff, FieldChange, ItemChange, diff, render
from gongzhi.core.catalogue.item import Audience, Category, Cost, CostKind, LegalBasis
from gongzhi.core.errors import Invalid
from tests.core.catalogue.contents import CARE, content, item


def test_the_same_editions_do_not_differ() -> None:
    assert diff([], []) == EditionDiff()
    same = diff([content("a"), content("b")], [item("a"), item("b", position=1)])
    assert same == EditionDiff()
    assert not same


def test_added_removed_and_changed_items_with_their_fields() -> None:
    before = [content("a"), content("b", "旧", cost=Cost(kind=CostKind.paid, fen=100)), content("c")]
    after = [
        content("b", "新", cost=Cost(kind=CostKind.paid, fen=250), audience=(Audience.women,)),
        content("c"),
        content("d"),
    ]
    found = diff(before, after)
    assert found == EditionDiff(
        added=("d",),
        removed=("a",),
        changed=(
            ItemChange(
                "b",
                (
                    FieldChange("name", "旧", "新"),
                    FieldChange("audience", (), ("women",)),
                    FieldChange("cost.fen", 100, 250),
                ),
            ),
        ),
    )
    assert found


def test_parts_of_tuples_of_structs_are_named_by_their_place() -> None:
    law, rule = LegalBasis(name="法", article="第一条"), LegalBasis(name="条例")
    newer = LegalBasis(name="法", article="第二条")
    (change,) = diff([content("a", basis=(law,))], [content("a", basis=(newer, rule))]).changed
    assert change.fields[0] == FieldChange("basis.0.article", "第一条", "第二条")
    assert change.fields[1].path == "basis.1"
    assert change.fields[1].before is None
    assert change.fields[1].after["name"] == "条例"


def test_attributes_are_compared_key_by_key() -> None:
    before = content("a", attributes={"kind": "statutory", "gone": 1})
    after = content("a", attributes={"kind": "autonomous", "new": [1]})
    (change,) = diff([before], [after]).changed
    assert change.fields == (
        FieldChange("attributes.kind", "statutory", "autonomous"),
        FieldChange("attributes.gone", 1, None),
        FieldChange("attributes.new", None, [1]),
    )


def test_a_renamed_category_changes_every_item_that_stands_under_it() -> None:
    renamed = Category(code=CARE.code, name="颐养", name_en=CARE.name_en)
    found = diff([content("a"), content("b")], [content("a", category=renamed), content("b", category=renamed)])
    assert [change.code for change in found.changed] == ["a", "b"]
    assert {field.path for change in found.changed for field in change.fields} == {"category.name"}


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("abcd", "abcd", 0),
        ("abcd", "dabc", 1),
        ("abcd", "bcda", 1),
        ("abcd", "badc", 2),
        ("abcd", "xaybzc", 0),
        ("abcd", "db", 1),
        ("abc", "cba", 2),
    ],
)
def test_as_few_items_as_possible_count_as_moved(before: str, after: str, moved: int) -> None:
    found = diff([content(code) for code in before], [content(code) for code in after])
    assert len(found.moved) == moved
    rest_before = [code for code in before if code in after and code not in found.moved]
    rest_after = [code for code in after if code in before and code not in found.moved]
    assert rest_before == rest_after


@pytest.mark.parametrize(("before", "after", "side"), [("aa", "a", "before"), ("a", "baa", "after")])
def test_a_code_that_stands_twice_is_refused(before: str, after: str, side: str) -> None:
    with pytest.raises(Invalid) as refused:
        diff([content(code) for code in before], [content(code) for code in after])
    assert refused.value.problems[0].field == side


def test_ten_thousand_items_in_another_order_are_compared_at_once() -> None:
    contents = [content(str(number)) for number in range(10_000)]
    assert len(diff(contents, contents[1:] + contents[:1]).moved) == 1
    assert len(diff(contents, contents[::-1]).moved) == 9_999


def test_the_lines_for_a_terminal_in_both_languages() -> None:
    found = diff([content("a"), content("b", "旧"), content("c")], [content("c"), content("b", "新"), content("d")])
    assert render(found, "en").splitlines() == [
        "1 added, 1 removed, 1 changed, 1 moved",
        "+ d",
        "- a",
        "~ b",
        '    name: "旧" -> "新"',
        f"^ {found.moved[0]}",
    ]
    assert render(found).splitlines()[0] == "新增 1 项，删除 1 项，变更 1 项，移动 1 项"
    assert render(EditionDiff(), "en") == "0 added, 0 removed, 0 changed, 0 moved"


def test_nothing_that_a_terminal_would_obey_is_shown() -> None:
    found = diff([content("a", description="x")], [content("a", description="\x1b[2J\u202e" + "长" * 4000)])
    text = render(found)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert max(map(len, text.splitlines())) < 160
