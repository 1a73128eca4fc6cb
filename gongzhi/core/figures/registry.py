"""Which figures are published, and who computes which of them."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum

import msgspec

from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.errors import Invalid

Value = int | float | str


class Qualifier(StrEnum):
    """How exactly the source states a figure: 余 more_than, 达 reaches, 起步 initial, 首批 first_batch."""

    exact = "exact"
    more_than = "more_than"
    at_most = "at_most"
    reaches = "reaches"
    initial = "initial"
    first_batch = "first_batch"
    implied = "implied"


class PublishedFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure of the source article, in base units (yuan, ratios from 0 to 1)."""

    code: str
    key: str
    section: str
    subject: str
    subject_en: str
    value: Value
    unit: str
    unit_en: str
    qualifier: Qualifier
    period: str = ""
    note: str = ""


class Scenario(msgspec.Struct, frozen=True):
    """What a figure is computed from: the catalogue, the district's path and a day."""

    catalogue: Catalogue
    path: str
    day: date


Compute = Callable[[Scenario], Awaitable[Mapping[str, Value | None]]]
"""Computes several figures at once, by key; None where there is nothing to compute from."""


class FigureSource(msgspec.Struct, frozen=True):
    """The keys that a function computes, and who declares it."""

    keys: frozenset[str]
    compute: Compute
    declared_by: str = "core"


class Figure(msgspec.Struct, frozen=True):
    """A published figure beside the computed one. `computed_by` is None for what no module computes yet."""

    published: PublishedFigure
    computed: Value | None
    computed_by: str | None

    @property
    def agrees(self) -> bool | None:
        """Whether the computed value is what was published, to the precision published; None if not comparable."""
        return compare(self.published, self.computed)


def compare(published: PublishedFigure, computed: Value | None) -> bool | None:
    """`more_than` and `reaches` ask for at least the value, `at_most` for no more, the rest for it up to its digits."""
    expected = published.value
    if computed is None or isinstance(expected, str) or isinstance(computed, str):
        return None
    if published.qualifier in (Qualifier.more_than, Qualifier.reaches):
        return computed >= expected
    if published.qualifier is Qualifier.at_most:
        return computed <= expected
    digits = len(str(expected).partition(".")[2]) if isinstance(expected, float) else 0
    return round(computed, digits) == expected


class FigureRegistry:
    """Who computes which key. One key has one source."""

    def __init__(self, sources: Iterable[FigureSource]) -> None:
        self._sources: list[FigureSource] = []
        self._owner: dict[str, str] = {}
        for source in sources:
            self.add(source)

    def add(self, source: FigureSource) -> None:
        """Register a source; a key that another computes is Invalid and names both."""
        for key in sorted(source.keys & self._owner.keys()):
            raise Invalid(f"figure {key!r} is computed by {self._owner[key]} and by {source.declared_by}")
        self._owner.update(dict.fromkeys(source.keys, source.declared_by))
        self._sources.append(source)

    async def figures(self, published: Iterable[PublishedFigure], scenario: Scenario) -> list[Figure]:
        """Every published figure with its computed value."""
        computed: dict[str, Value | None] = {}
        for source in self._sources:
            values = await source.compute(scenario)
            computed.update({key: values.get(key) for key in source.keys})
        return [
            Figure(published=figure, computed=computed.get(figure.key), computed_by=self._owner.get(figure.key))
            for figure in published
        ]
