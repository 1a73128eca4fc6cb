"""Reading the data files: checked against their types, and kept by nobody but the caller."""

from importlib.resources import files
from typing import TypeVar

import msgspec
import yaml

from gongzhi.core.catalogue.content import attributes_of
from gongzhi.core.catalogue.lists import CORE_LISTS
from gongzhi.core.errors import NotFound
from gongzhi.core.figures.registry import PublishedFigure
from gongzhi.data.records import Mechanism, Place, ReferenceList, Source, Term

LISTS = tuple(spec.slug for spec in CORE_LISTS)
"""The slugs of the lists that there is reference data for: all of core's."""

T = TypeVar("T")


def reference_list(slug: str) -> ReferenceList:
    """The reference text of one of core's lists, its items and their attributes checked; NotFound for another slug."""
    spec = next((spec for spec in CORE_LISTS if spec.slug == slug), None)
    if spec is None:
        raise NotFound(f"there is no reference list {slug[:60]!r}; there are {', '.join(LISTS)}")
    found = _read(f"lists/{slug}.yaml", ReferenceList)
    for item in found.items:
        attributes_of(item, spec, item.code)
    return found


def territory() -> tuple[Place, ...]:
    """The district, its subdistricts and communities; every place comes after the one above it."""
    return _read("territory.yaml", tuple[Place, ...])


def figures() -> tuple[PublishedFigure, ...]:
    """Every figure that the source article states, in its order: what `FigureRegistry.figures` compares with."""
    return _read("figures.yaml", tuple[PublishedFigure, ...])


def mechanisms() -> tuple[Mechanism, ...]:
    """Every mechanism of the source article, in its order."""
    return _read("mechanisms.yaml", tuple[Mechanism, ...])


def glossary() -> tuple[Term, ...]:
    """The terms of the field."""
    return _read("glossary.yaml", tuple[Term, ...])


def sources() -> tuple[Source, ...]:
    """Every instrument that a list cites."""
    return _read("sources.yaml", tuple[Source, ...])


def _read(name: str, kind: type[T]) -> T:
    text = files("gongzhi.data").joinpath(name).read_text(encoding="utf-8")
    # libyaml's parser: the pure Python one takes seconds over these files. Both construct plain values only.
    return msgspec.convert(yaml.load(text, Loader=yaml.CSafeLoader), kind)
