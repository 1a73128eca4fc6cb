"""Every member that people get to see has a label in both languages."""

import importlib
import inspect
import pkgutil
from enum import Enum, IntEnum

import pytest

import gongzhi.core
from gongzhi.core.catalogue.item import Audience, BasisKind, Verification
from gongzhi.core.labels import LABELS, label_of, labels

RECORD_MODULES = ("kinds", "records", "item", "lists", "registry", "provenance", "fileformat")


def enums() -> set[type[Enum]]:
    """Every enum that a module of the core's records declares."""
    found: set[type[Enum]] = set()
    for module in pkgutil.walk_packages(gongzhi.core.__path__, "gongzhi.core."):
        if module.name.rpartition(".")[2] in RECORD_MODULES:
            for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                if issubclass(kind, Enum) and not issubclass(kind, IntEnum) and kind.__module__ == module.name:
                    found.add(kind)
    return found


def test_every_enum_of_the_records_is_labelled() -> None:
    assert enums() == set(LABELS)


@pytest.mark.parametrize("kind", LABELS, ids=lambda kind: kind.__name__)
def test_labels_are_complete_distinct_and_never_another_members_code(kind: type[Enum]) -> None:
    assert set(LABELS[kind]) == set(kind.__members__)
    for index in (0, 1):
        names = [pair[index] for pair in labels(kind).values()]
        assert all(name.strip() == name and name for name in names)
        assert len({name.casefold() for name in names}) == len(names)
    for member, pair in labels(kind).items():
        others = {str(other.value) for other in kind if other is not member}
        assert not others & set(pair)


def test_equal_values_of_two_enums_keep_their_own_labels() -> None:
    assert BasisKind.source_article == Verification.source_article
    assert label_of(Audience.elderly) == "老年人"
    assert label_of(Audience.elderly, "en") == "elderly people"
    assert label_of(Verification.none) == "未列依据"


def test_an_enum_without_labels_shows_its_values() -> None:
    class Colour(Enum):
        red = "r"

    assert label_of(Colour.red) == "r"
    assert dict(labels(Colour)) == {Colour.red: ("r", "r")}
