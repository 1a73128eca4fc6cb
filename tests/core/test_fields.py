from datetime import date
from typing import Any

import msgspec
import pytest

from gongzhi.core.errors import Invalid
from gongzhi.core.fields import Code, Day, Name, Note, Version, checked, given
from gongzhi.core.provenance import Provenance


class Inner(msgspec.Struct, frozen=True):
    names: tuple[Name, ...] = ()


class Command(msgspec.Struct, frozen=True, kw_only=True):
    code: Code = "c1"
    version: Version = 1
    name: Name | None = None
    note: Note = ""
    day: Day | None = None
    provenance: Provenance | None = None
    inner: Inner = Inner()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "-a"}, "code"),
        ({"code": "a" * 65}, "code"),
        ({"code": "a\n"}, "code"),
        ({"version": 0}, "version"),
        ({"version": "1"}, "version"),
        ({"name": " \t"}, "name"),
        ({"name": "字" * 121}, "name"),
        ({"day": "2015-02-30"}, "day"),
        ({"inner": Inner(names=("a", ""))}, "inner.names.1"),
        ({"note": "a\0b"}, "note"),
        ({"note": "\ud800"}, "note"),
        ({"inner": Inner(names=("a", "福\udfff"))}, "inner.names.1"),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(Command(**values))
    assert [problem.field for problem in refused.value.problems] == [field]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"code": "a" * 64, "name": "字" * 120, "note": "𠮷" * 2000},
        {"day": date(2015, 2, 28), "inner": Inner(names=("a", "福田"))},
    ],
)
def test_what_is_within_bounds_stays_as_it_is(values: dict[str, Any]) -> None:
    assert checked(Command(**values)) == Command(**values)


def test_an_outer_field_stands_before_the_inner_one() -> None:
    with pytest.raises(Invalid) as refused:
        checked(Command(note="\0"), "items.3")
    assert [problem.field for problem in refused.value.problems] == ["items.3.note"]


def test_an_update_gives_what_is_named_with_enums_by_value() -> None:
    command = Command(name="n", provenance=Provenance.official)
    assert given(command, "code", "version", "inner") == {
        "name": "n",
        "note": "",
        "provenance": Provenance.official.value,
    }
