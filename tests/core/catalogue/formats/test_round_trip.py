"""What is written reads back to the same contents, whatever the texts say."""

import csv
import io
from importlib.resources import files
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gongzhi.core.catalogue.formats import Format, columns_of, format_of, read, write
from gongzhi.core.catalogue.item import ItemContent
from gongzhi.core.catalogue.lists import ListRegistry
from gongzhi.core.errors import Invalid
from gongzhi.core.labels import Language
from gongzhi.data import LISTS, reference_list
from tests.core.catalogue.contents import CARE
from tests.core.catalogue.formats.contents_strategy import ATTRIBUTES, items

REGISTRY = ListRegistry()
LANGUAGES: tuple[Language, ...] = ("zh", "en")
GENERATE = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
"""Without shrinking, which takes minutes over structs of this size."""
RUN = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fmt", Format)
@pytest.mark.parametrize("slug", LISTS)
def test_reference_lists_survive_every_format(slug: str, fmt: Format, language: Language) -> None:
    spec, contents = REGISTRY.get(slug), reference_list(slug).items
    parsed = read(write(contents, spec, fmt, language), fmt, spec, f"list.{fmt}")
    assert parsed.contents == contents
    assert len(parsed.rows) == len(contents)


@pytest.mark.parametrize("slug", LISTS)
def test_reference_files_are_read_as_they_are_shipped(slug: str) -> None:
    data = files("gongzhi.data").joinpath(f"lists/{slug}.yaml").read_bytes()
    assert read(data, Format.yaml, REGISTRY.get(slug)).contents == reference_list(slug).items


@pytest.mark.parametrize("fmt", Format)
@GENERATE
@given(data=st.data())
def test_any_item_survives(fmt: Format, data: Any) -> None:
    slug = data.draw(st.sampled_from(sorted(ATTRIBUTES)))
    language = data.draw(st.sampled_from(LANGUAGES))
    contents: tuple[ItemContent, ...] = data.draw(items(slug))
    spec = REGISTRY.get(slug)
    written = write(contents, spec, fmt, language)
    assert read(written, fmt, spec).contents == contents


@GENERATE
@given(contents=items("station-tasks"))
def test_no_cell_starts_with_what_a_spreadsheet_runs(contents: tuple[ItemContent, ...]) -> None:
    spec = REGISTRY.get("station-tasks")
    text = write(contents, spec, Format.csv).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert len(cells) == len(columns_of(spec)) * (len(contents) + 1)
    assert [cell for cell in cells if cell.startswith(RUN)] == []


def test_a_workbook_holds_no_formula_and_keeps_codes_as_text() -> None:
    spec = REGISTRY.get("basic-services")
    item = ItemContent(code="007", name='=HYPERLINK("http://x")', category=CARE)
    data = write([item], spec, Format.xlsx)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["A2"].number_format) == ("007", "s", "@")
    assert (sheet["B2"].value, sheet["B2"].data_type) == ('\'=HYPERLINK("http://x")', "s")
    assert read(data, Format.xlsx, spec).contents == (item,)


@pytest.mark.parametrize(
    ("name", "fmt"), [("清单.CSV", "csv"), ("a.b.xlsx", "xlsx"), ("x.yml", "yaml"), ("x.yaml", "yaml")]
)
def test_the_ending_says_the_format(name: str, fmt: str) -> None:
    assert format_of(name) is Format(fmt)


@pytest.mark.parametrize("name", ["x", "x.xls", "csv", ""])
def test_other_endings_are_invalid(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        format_of(name)
    assert [problem.field for problem in caught.value.problems] == ["filename"]


def test_every_list_has_a_heading_in_both_languages_for_every_column() -> None:
    for slug, size in {"basic-services": 26, "committee-functions": 28, "station-tasks": 29}.items():
        columns = columns_of(REGISTRY.get(slug))
        assert len(columns) == size
        assert len({column.heading("zh") for column in columns}) == size
        assert len({column.heading("en") for column in columns}) == size
        assert not [column.key for column in columns if column.zh == column.en]
