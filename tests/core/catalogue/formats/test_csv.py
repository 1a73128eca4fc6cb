"""CSV as people and spreadsheets write it, and what is wrong with it."""

import pytest

from gongzhi.core.actors.kinds import ActorKind
from gongzhi.core.catalogue.formats import Format, read
from gongzhi.core.catalogue.formats.limits import MAX_BYTES, MAX_ITEMS, MAX_PROBLEMS
from gongzhi.core.catalogue.item import BasisKind, LegalBasis
from gongzhi.core.errors import Invalid, Limited
from tests.core.catalogue.formats.tables import FUNCTIONS, HEAD, SERVICES, codes, csv, problems, row


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_encodings_of_chinese_offices_are_read(encoding: str) -> None:
    parsed = read(csv(HEAD, row("007"), encoding=encoding), Format.csv, SERVICES)
    assert codes(parsed) == ["007"]
    assert parsed.contents[0].name == "助餐"


@pytest.mark.parametrize(
    "data", ["编码,名称".encode("utf-16"), b"\xff\xff\x80,\xff", b"PK\x03\x04\x00\x00"], ids=["utf-16", "bytes", "zip"]
)
def test_other_encodings_are_refused_with_a_remedy(data: bytes) -> None:
    (problem,) = problems(data, Format.csv)
    assert problem.remedy == "save it as CSV UTF-8"


def test_headings_are_read_in_either_language_and_any_order() -> None:
    head = ("Category", "category code", " CODE ", "名称", "Legal basis", "主管主体", "是否")
    found = problems(csv(head, ("养老", "C1", "A1", "助餐", "", "committee", "")), Format.csv)
    assert [(problem.row, problem.column) for problem in found] == [(1, "G")]
    data = csv(head[:-1], ("养老", "C1", "A1", "助餐", r"某法 | | | 第一条 | 法律 | article checked", "居委会"))
    (item,) = read(data, Format.csv, SERVICES).contents
    assert item.competent is ActorKind.committee
    assert item.basis[0] == LegalBasis(
        "某法", article="第一条", kind=BasisKind.law, verification=item.basis[0].verification
    )
    assert item.basis[0].verification == "article_checked"


def test_an_unknown_heading_names_the_nearest() -> None:
    (problem,) = problems(csv((*HEAD, "关健词"), (*row("A1"), "x")), Format.csv)
    assert (problem.row, problem.column) == (1, "E")
    assert "关键词 (Keywords)" in (problem.remedy or "")


def test_every_problem_is_reported_at_once_with_its_place() -> None:
    data = csv(
        (*HEAD, "状态", "办理工作日", "服务对象"),
        (*row(""), "可用", "5", "老年人"),
        (*row("A 1"), "可能", "五天", "老年人；火星人"),
        (*row("A2", name=""), "active", "-1", ""),
        (*row("A3"), "可用", "3", "", "多余"),
        (*row("A4"), "可用", "3", ""),
        (*row("A4"), "可用", "3", ""),
    )
    found = problems(data, Format.csv, filename="清单.csv")
    assert [(problem.row, (problem.column or "")[:1]) for problem in found] == [
        (2, "A"),
        (3, "A"),
        (3, "E"),
        (3, "F"),
        (3, "G"),
        (4, "B"),
        (4, "F"),
        (5, "H"),
        (7, "c"),
    ]
    assert "row 6" in found[-1].message


def test_missing_columns_are_each_named() -> None:
    found = problems(csv(("编码", "说明"), ("A1", "x")), Format.csv, FUNCTIONS)
    assert [problem.message for problem in found if "column" in problem.message] == [
        "the column 名称 (Name) is missing",
        "the column 类别编码 (Category code) is missing",
        "the column 类别 (Category) is missing",
        "the column 职能类型 (Function kind) is missing",
    ]


def test_a_heading_may_stand_once() -> None:
    (problem,) = problems(csv((*HEAD, "Code"), (*row("A1"), "A1")), Format.csv)
    assert (problem.row, problem.column) == (1, "E")


@pytest.mark.parametrize("data", [b"", b"  \n", b"\xef\xbb\xbf", csv(HEAD), csv(HEAD, ("", " ", "", ""))])
def test_a_file_without_items_is_refused(data: bytes) -> None:
    assert len(problems(data, Format.csv)) == 1


def test_blank_rows_are_skipped_and_rows_counted_as_a_spreadsheet_does() -> None:
    parsed = read(csv(HEAD, ("",), row("A1"), ("", ""), row("A2")), Format.csv, SERVICES)
    assert (codes(parsed), parsed.rows) == (["A1", "A2"], (3, 5))


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_delimiters_are_found_in_the_heading(mark: str) -> None:
    data = csv(HEAD, row("A1")).replace(b",", mark.encode())
    assert codes(read(data, Format.csv, SERVICES)) == ["A1"]


def test_an_open_quote_is_refused_with_its_line() -> None:
    (problem,) = problems(csv(HEAD, row("A1"), row('"A2')), Format.csv)
    assert problem.row == 3


def test_a_file_that_is_too_large_is_limited_before_it_is_read() -> None:
    with pytest.raises(Limited) as caught:
        read(b"x" * (MAX_BYTES + 1), Format.csv, SERVICES)
    assert caught.value.details == {"limit": "import_bytes", "value": MAX_BYTES, "actual": MAX_BYTES + 1}


def test_too_many_items_are_limited() -> None:
    rows = [row(f"A{number}") for number in range(MAX_ITEMS + 1)]
    assert len(read(csv(HEAD, *rows[:-1]), Format.csv, SERVICES).contents) == MAX_ITEMS
    with pytest.raises(Limited) as caught:
        read(csv(HEAD, *rows), Format.csv, SERVICES)
    assert caught.value.details == {"limit": "import_items", "value": MAX_ITEMS}


def test_a_flood_of_problems_is_counted_and_cut() -> None:
    with pytest.raises(Invalid) as caught:
        read(csv(HEAD, *[row("?", name="")] * 800), Format.csv, SERVICES, "f")
    assert len(caught.value.problems) == MAX_PROBLEMS + 1
    assert caught.value.problems[-1].message == "there are 600 further problems"
