"""Reading the data files: checked against their types, and kept by nobody but the caller."""

from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import msgspec
import yaml

from gongzhi.core.catalogue.content import attributes_of
from gongzhi.core.catalogue.lists import CORE_LISTS
from gongzhi.core.errors import Invalid, NotFound
from gongzhi.core.figures.registry import PublishedFigure
from gongzhi.core.workflow import Calendar
from gongzhi.data.records import Mechanism, Place, ReferenceList, Source, Term, Year

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


def calendar(path: str | None = None) -> Calendar:
    """The working days of the years that are known: the shipped ones, or those of a file of the same form.

    :raises Invalid: the file is none, or not of that form.
    """
    text = files("gongzhi.data").joinpath("calendar.yaml").read_text("utf-8") if path is None else _text(path)
    try:
        years = msgspec.convert(yaml.load(text, Loader=yaml.CSafeLoader), dict[int, Year])
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise Invalid(f"{path}: this is no calendar: {error}; write it like the one that gongzhi brings") from None
    days = [(year, day) for year, found in years.items() for day in (*found.holidays, *found.workdays)]
    if strays := [day for year, day in days if day.year != year]:
        raise Invalid(f"{path}: {strays[0]} stands under another year")
    return Calendar.of(
        (day for year in years.values() for day in year.holidays),
        (day for year in years.values() for day in year.workdays),
    )


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"the calendar {path} cannot be read: {error}") from None


def _read(name: str, kind: type[T]) -> T:
    text = files("gongzhi.data").joinpath(name).read_text(encoding="utf-8")
    # libyaml's parser: the pure Python one takes seconds over these files. Both construct plain values only.
    return msgspec.convert(yaml.load(text, Loader=yaml.CSafeLoader), kind)
