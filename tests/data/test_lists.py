"""The four reference lists: their published sizes, both languages, and nothing cited that the register lacks."""

from collections import Counter
from importlib.resources import files
from typing import Any

import msgspec
import pytest
import yaml

from gongzhi import data
from gongzhi.core.catalogue import content
from gongzhi.core.catalogue.item import ItemContent, LegalBasis, Verification
from gongzhi.core.catalogue.lists import ListRegistry
from gongzhi.core.catalogue.publication import check_publishable
from gongzhi.core.errors import NotFound
from gongzhi.core.provenance import Provenance

SIZES = {"basic-services": 87, "value-added-services": 23, "committee-functions": 71, "station-tasks": 147}
EVERYWHERE = pytest.mark.parametrize("slug", data.LISTS)


def raw(slug: str) -> dict[str, Any]:
    """The file as it stands."""
    text = files("gongzhi.data").joinpath(f"lists/{slug}.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return document


def all_items() -> list[ItemContent]:
    return [item for slug in data.LISTS for item in data.reference_list(slug).items]


def test_there_is_reference_data_for_every_core_list() -> None:
    assert set(data.LISTS) == set(SIZES) == set(ListRegistry().specs)


def test_another_list_has_no_reference_data() -> None:
    with pytest.raises(NotFound, match="basic-services"):
        data.reference_list("approvals")


@EVERYWHERE
def test_a_list_has_its_published_size_and_says_what_it_is(slug: str) -> None:
    found = data.reference_list(slug)
    assert found.list == slug
    assert len(found.items) == found.provenance.published_size == SIZES[slug]
    assert found.provenance.kind is Provenance.reference
    assert "并非" in found.provenance.note
    assert "not the official text" in found.provenance.note_en
    assert found.label
    assert found.label_en
    assert found.note


@EVERYWHERE
def test_every_item_converts_as_an_import_would_convert_it(slug: str) -> None:
    spec = ListRegistry().get(slug)
    converted = [content.convert(item, spec) for item in raw(slug)["items"]]
    assert tuple(converted) == data.reference_list(slug).items
    check_publishable(converted, [])


def holds(found: object, given: object) -> bool:
    """Whether what was read has every field of the file, with its value."""
    if isinstance(found, msgspec.Struct) and isinstance(given, dict):
        return all(holds(getattr(found, name, None), value) for name, value in given.items())
    if isinstance(found, tuple) and isinstance(given, list):
        return len(found) == len(given) and all(map(holds, found, given))
    return found == given


@EVERYWHERE
def test_no_field_of_a_file_is_lost(slug: str) -> None:
    for given, item in zip(raw(slug)["items"], data.reference_list(slug).items, strict=True):
        assert holds(item, given), item.code


@EVERYWHERE
def test_codes_are_unique_and_every_item_speaks_both_languages(slug: str) -> None:
    items = data.reference_list(slug).items
    assert max(Counter(item.code for item in items).values()) == 1
    assert max(Counter(item.name for item in items).values()) == 1
    for item in items:
        assert item.name.strip()
        assert item.name_en.strip()
        assert item.category.name
        assert item.category.name_en
        assert item.competent is not None
        assert item.provider is not None
        assert item.basis


@EVERYWHERE
def test_a_category_code_has_one_name(slug: str) -> None:
    categories = {item.category for item in data.reference_list(slug).items}
    assert len({category.code for category in categories}) == len(categories)


def test_services_say_what_they_are_for_whom_and_how_to_get_them() -> None:
    for slug in ("basic-services", "value-added-services"):
        for item in data.reference_list(slug).items:
            assert item.description, item.code
            assert item.description_en, item.code
            assert item.audience, item.code
            assert item.channels, item.code


def test_functions_say_what_they_are() -> None:
    assert all(item.description and item.description_en for item in data.reference_list("committee-functions").items)


def test_147_tasks_in_30_categories_of_which_45_are_kept() -> None:
    tasks = data.reference_list("station-tasks").items
    assert len({task.category.code for task in tasks}) == 30
    assert Counter(task.attributes["proposed_disposition"] for task in tasks) == {
        "keep": 45,
        "transfer_org": 33,
        "transfer_property": 17,
        "return_committee": 26,
        "return_department": 26,
    }
    assert all(task.attributes["line_department"] and task.attributes["line_department_en"] for task in tasks)


def test_every_related_item_exists_and_relates_back() -> None:
    links = {
        (f"{slug}:{item.code}", related if ":" in related else f"{slug}:{related}")
        for slug in data.LISTS
        for item in data.reference_list(slug).items
        for related in item.related
    }
    known = {f"{slug}:{item.code}" for slug in data.LISTS for item in data.reference_list(slug).items}
    assert len(links) == 154
    assert {there for _, there in links} <= known
    assert {(there, here) for here, there in links} == links


def test_outputs_and_keywords_are_complete_where_there_are_any() -> None:
    outputs = [output for item in all_items() for output in item.outputs]
    assert len(outputs) == 10
    assert all(output.name and output.name_en for output in outputs)
    for item in all_items():
        assert len(set(item.keywords)) == len(item.keywords)
        assert all(keyword == keyword.strip() != "" for keyword in item.keywords), item.code


def test_every_citation_states_how_far_it_was_checked() -> None:
    for slug in data.LISTS:
        for item in raw(slug)["items"]:
            for basis in item["basis"]:
                assert set(basis) <= set(LegalBasis.__struct_fields__), item["code"]
                assert {"name", "name_en", "kind", "verification"} <= set(basis), item["code"]


def test_every_citation_is_registered_and_claims_no_more_than_the_register() -> None:
    register = {(source.name, source.version): source for source in data.sources()}
    cited = set()
    for item in all_items():
        for basis in item.basis:
            source = register[basis.name, basis.version]
            cited.add((basis.name, basis.version))
            assert (basis.kind, basis.name_en) == (source.kind, source.name_en), item.code
            checked = basis.verification is Verification.article_checked
            assert checked == bool(basis.article and source.text_checked), (item.code, basis.name)
            if checked:
                assert basis.article in source.articles_checked, (item.code, basis.name, basis.article)
    assert cited == set(register)
