"""Functions that are compiled for rows read what rows hold, and leave to records what they do not."""

from datetime import date
from enum import Enum, IntEnum
from typing import Any

import msgspec
import pytest
from graphql import GraphQLEnumType, GraphQLInt, GraphQLNonNull, GraphQLString

from gongzhi.core.rows import held, reader
from gongzhi.graphql.executor.completion import Unplanned, leaf
from gongzhi.graphql.executor.projection import Attribute, Columns, Constant, InContext, Kept, Plain, project_rows


class Size(IntEnum):
    small = 1
    large = 2


class Tone(Enum):
    low = "L"
    high = "H"


class Part(msgspec.Struct, frozen=True):
    name: str


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    size: Size
    tone: Tone | None
    day: date
    part: Part


KINDS = {
    "name": GraphQLNonNull(GraphQLString),
    "size": GraphQLEnumType("Size", {each.name: each for each in Size}),
    "tone": GraphQLEnumType("Tone", {each.name: each for each in Tone}),
}
ROWS = [
    {"name": "a", "size": 1, "tone": "L", "day": date(2026, 1, 1), "part": '{"name": "x"}'},
    {"name": "b", "size": 2, "tone": None, "day": date(2026, 1, 2), "part": '{"name": "y"}'},
]
COLUMNS = Columns(tuple(ROWS[0]), held(Thing), "record.values()")
records = [reader(Thing)(row) for row in ROWS]


def plain(name: str, kind: Any = None, make: Any = None) -> Plain:
    kind = kind or KINDS[name]
    nullable = not isinstance(kind, GraphQLNonNull)
    return Plain(name, Attribute(name, make), leaf(kind if nullable else kind.of_type, nullable=nullable), kind)


def test_rows_hold_what_columns_hold() -> None:
    assert held(Thing) == {"name": str, "size": Size, "tone": Tone, "day": date}


def test_rows_are_told_as_their_records_are() -> None:
    fields = [plain("name"), plain("size"), plain("tone"), Constant("kind", "Thing")]
    of_rows, of_records = project_rows(fields, COLUMNS), project_rows(fields)
    assert of_rows is not None
    assert of_records is not None
    assert of_rows(ROWS) == of_records(records)
    assert of_rows(ROWS)[1] == {"name": "b", "size": "large", "tone": None, "kind": "Thing"}


def test_what_is_found_by_key_is_made_once_for_each() -> None:
    made: list[tuple[str, dict[str, Any]]] = []
    kept: dict[Any, Any] = {}

    def make(key: str, row: dict[str, Any]) -> str:
        made.append((key, row))
        found = kept[key] = f"made of {key}"
        return found

    fields = [InContext("known", lambda value: value, ("name",)), Kept("beside", "name")]
    function = project_rows(fields, COLUMNS)
    assert function is not None
    rows = [*ROWS, ROWS[0]]
    assert function(rows, {"a": 1}, kept, make) == [
        {"known": 1, "beside": "made of a"},
        {"known": None, "beside": "made of b"},
        {"known": 1, "beside": "made of a"},
    ]
    assert made == [("a", ROWS[0]), ("b", ROWS[1])]


@pytest.mark.parametrize(
    "field",
    [
        plain("part", GraphQLString),
        plain("missing", GraphQLString),
        plain("size", GraphQLInt),
        plain("size", make=lambda size: size.name),
        InContext("known", lambda value: value, ("tone",)),
        Kept("beside", "tone"),
        Plain("asked", lambda record: record.name, lambda value: value, GraphQLString),
    ],
    ids=["nested", "missing", "enum as a number", "made of an enum", "by an enum", "beside an enum", "function"],
)
def test_what_rows_do_not_hold_is_left_to_records(field: Any) -> None:
    assert project_rows([plain("name"), field], COLUMNS) is None


@pytest.mark.parametrize("field", [plain("name; import os", GraphQLString), Constant("a b", None)])
def test_what_is_no_name_becomes_no_text(field: Any) -> None:
    with pytest.raises(Unplanned):
        project_rows([field], COLUMNS)


def test_a_value_that_is_not_of_its_type_is_not_told() -> None:
    function = project_rows([plain("name"), plain("size")], COLUMNS)
    assert function is not None
    with pytest.raises(Unplanned):
        function([{**ROWS[0], "name": 5}])
    with pytest.raises(KeyError):
        function([{**ROWS[0], "size": 3}])
