"""YAML as editors and enemies write it."""

import pytest

from gongzhi.core.catalogue.formats import Format, read
from gongzhi.core.catalogue.formats.limits import MAX_ITEMS
from gongzhi.core.errors import Limited
from tests.core.catalogue.formats.tables import FUNCTIONS, SERVICES, codes, problems

ITEM = "  - {code: A1, name: 助餐, category: {code: C1, name: 养老}%s}\n"


def yaml(more: str = "", head: str = "list: basic-services\nitems:\n") -> bytes:
    """A list with one item that says more."""
    return (head + ITEM % more).encode()


def test_scalars_keep_the_text_that_the_editor_wrote() -> None:
    more = ", name_en: yes, description: 2018-01-01, opening_hours: 09:30, keywords: [007, 1e3, on, 'null']"
    (item,) = read(yaml(more + ", processing_days: 5"), Format.yaml, SERVICES).contents
    assert (item.name_en, item.description, item.opening_hours) == ("yes", "2018-01-01", "09:30")
    assert item.keywords == ("007", "1e3", "on", "null")
    assert item.processing_days == 5


def test_every_problem_is_reported_with_its_line() -> None:
    text = """list: station-tasks
colour: red
items:
  - code: "?"
    name: 助餐
    category: {code: C1, name: 养老, colour: red}
    status: gone
    basis:
      - {name: 某法, kind: law}
      - {name: 某法, kind: decree}
  - name: 无编码
    category: {code: C1, name: 养老}
    attributes: {kind: none}
  - code: A3
    code: A4
    name: 重复
    category: {code: C1, name: 养老}
    atributes: {}
"""
    rows = [problem.row for problem in problems(text.encode(), Format.yaml, FUNCTIONS)]
    assert sorted(row or 0 for row in rows) == [1, 2, 4, 4, 6, 7, 10, 11, 13, 14, 15, 18]


@pytest.mark.parametrize(
    ("data", "row"),
    [
        (b"items:\n  - {code: A1\n  - x", 4),
        (b"items: [\n\t- x", 2),
        (b"a: &a [x]\nitems: *a\n", 2),
        (b"items: []\n---\nitems: []\n", 2),
        ("list: x\nname: 助".encode("gb18030"), 2),
        (b"- a\n- b\n", 1),
        (b"items: []\n", 1),
        (b"list: basic-services\n", 1),
        (b"# nothing\n", 2),
        (b"items: text\n", 1),
        (b"items:\n  - text\n", 2),
    ],
)
def test_broken_yaml_is_refused_with_its_line(data: bytes, row: int) -> None:
    (problem,) = problems(data, Format.yaml)
    assert problem.row == row


def test_an_alias_bomb_is_refused_at_its_first_alias() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 30)]
    (problem,) = problems("\n".join(lines).encode(), Format.yaml)
    assert (problem.row, problem.column) == (2, "10")


def test_tags_run_nothing() -> None:
    (item,) = read(yaml(", name_en: !!python/object/apply:os.system 'true'"), Format.yaml, SERVICES).contents
    assert item.name_en == "true"


def test_duplicate_keys_and_another_list_are_refused() -> None:
    (twice,) = problems(yaml(", name: 二"), Format.yaml)
    assert (twice.row, "name" in twice.message) == (3, True)
    (other,) = problems(yaml(head="list: station-tasks\nitems:\n"), Format.yaml)
    assert other.row == 1


def test_a_nul_is_refused_where_it_stands() -> None:
    (problem,) = problems(yaml(r', name_en: "a\0b"'), Format.yaml)
    assert (problem.row, problem.remedy) == (3, "remove it")


def test_duplicate_codes_name_both_lines() -> None:
    (problem,) = problems(yaml() + (ITEM % "").encode(), Format.yaml)
    assert (problem.row, "row 3" in problem.message) == (4, True)


def test_depth_and_length_are_limited() -> None:
    with pytest.raises(Limited) as deep:
        read(b"items: " + b"[" * 10_000, Format.yaml, SERVICES)
    assert deep.value.details["limit"] == "import_depth"
    with pytest.raises(Limited) as long:
        read(b"items:\n" + b"- {}\n" * (MAX_ITEMS + 1), Format.yaml, SERVICES)
    assert long.value.details["limit"] == "import_items"
    with pytest.raises(Limited) as wide:
        read(b"items: [" + b"a," * 1_000_000 + b"]", Format.yaml, SERVICES)
    assert wide.value.details["limit"] == "import_nodes"


def test_the_code_comes_back() -> None:
    assert codes(read(yaml(), Format.yaml, SERVICES)) == ["A1"]
