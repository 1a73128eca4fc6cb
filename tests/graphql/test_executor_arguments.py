"""Arguments and variables, decided once for a document: resolvers are given what graphql-core and strawberry give them.

Each operation is executed by graphql-core's executor and three times by plan, the first of which makes the plan.
"""

import asyncio
from datetime import date
from enum import Enum
from functools import cache
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, GraphQLSchema, parse, validate
from strawberry.extensions import FieldExtension

from gongzhi.graphql.executor import Planner, Plans
from tests.graphql.differential.both import Stock, Watched


@strawberry.enum
class Tone(Enum):
    LOW = "low"
    HIGH = "high"


@strawberry.input
class Inner:
    words: list[str]
    tone: Tone = Tone.LOW


@strawberry.input
class Nest:
    """One that contains itself."""

    key: strawberry.ID
    within: "Nest | None" = strawberry.UNSET


@strawberry.input(one_of=True)
class Either:
    number: strawberry.Maybe[int]
    word: strawberry.Maybe[str]


@strawberry.input
class Bare:
    """Without any default, so that its coercion is compiled."""

    name: str
    count: int | None = strawberry.UNSET
    tones: list[Tone] | None = strawberry.UNSET
    day: date | None = strawberry.UNSET


@strawberry.input
class Outer:
    name: str
    inner: Inner | None = None
    many: list[Inner] = strawberry.field(default_factory=list)
    note: str | None = strawberry.UNSET
    perhaps: strawberry.Maybe[int | None]


class Doubling(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: strawberry.Info, **given: Any) -> Any:
        return f"{next_(source, info, **given)} for {info.field_name}"


def _told(*given: Any) -> str:
    return " ".join(map(repr, given))


@strawberry.type
class Place:
    title: str

    @strawberry.field
    def echo(self, text: str, count: int = 3, flag: bool | None = None) -> str:
        return _told(self.title, text, count, flag)

    @strawberry.field(extensions=[Doubling()])  # type: ignore[untyped-decorator]  # as strawberry declares it
    def grown(self, info: strawberry.Info, words: list[str]) -> str:
        words.append("grown")
        return _told(words, info.path.key)


@strawberry.type
class Query:
    @strawberry.field
    def plain(
        self, text: str | None = None, count: int = 1, key: strawberry.ID | None = None, ratio: float | None = None
    ) -> str:
        return _told(text, count, key, ratio)

    @strawberry.field
    async def built(self, outer: Outer, tones: list[Tone] | None = None, day: date | None = None) -> str:
        return _told(outer, tones, day)

    @strawberry.field(extensions=[Doubling()])  # type: ignore[untyped-decorator]  # as strawberry declares it
    def left(self, tone: Tone | None = strawberry.UNSET, maybe: strawberry.Maybe[str] = None) -> str:
        return _told(tone, maybe)

    @strawberry.field
    def others(self, bare: Bare | None = None, nest: list[Nest] | None = None, either: Either | None = None) -> str:
        return _told(bare, nest, either)

    @strawberry.field
    def places(self, titles: list[str] | None = None) -> list[Place]:
        return [Place(title=title) for title in titles or ["one", "two"]]


CASES: list[tuple[str, list[dict[str, Any]]]] = [
    ("{ plain a: plain(text: null, count: 5) b: plain(key: 7, ratio: 2) }", [{}]),
    ("query($t: String, $n: Int! = 4) { plain(text: $t, count: $n) }", [{}, {"t": None}, {"t": "x", "n": 9}]),
    ("query($n: Int) { plain(count: $n) }", [{}, {"n": None}, {"n": 2}]),
    ("query($k: ID, $r: Float) { plain(key: $k, ratio: $r) }", [{"k": "a", "r": 1}, {"k": 12}, {"r": 0.5}]),
    ("query($n: Int!) { plain(count: $n) }", [{"n": 1}, {"n": "1"}, {"n": 2**40}, {"n": True}, {}, {"n": None}]),
    ('{ built(outer: {name: "a"}) }', [{}]),
    ('{ built(outer: {name: "a", inner: {words: "one", tone: HIGH}, note: null, perhaps: null}, tones: [LOW]) }', [{}]),
    (
        "query($o: Outer!, $t: [Tone!], $d: Date) { built(outer: $o, tones: $t, day: $d) }",
        [
            {"o": {"name": "a"}},
            {"o": {"name": "a", "many": [{"words": []}], "perhaps": 3}, "t": ["HIGH", "LOW"], "d": "2026-11-25"},
            {"o": {"name": "a"}, "t": "HIGH"},
            {"o": {"name": 1}},
            {"o": {"name": "a", "other": 1}, "d": "tomorrow"},
            {"o": {"name": "a"}, "t": ["NONE"]},
            {"o": {"name": "a", "inner": {"words": "one"}, "note": None}},
            {"o": {"name": "a", "inner": {"words": None}}},
            {"o": {"inner": None}},
            {"o": []},
            {"o": {"name": "a", "many": {"words": ["m"], "tone": "HIGH"}}, "t": [None]},
        ],
    ),
    (
        'query($w: [String!]!, $n: String!) { built(outer: {name: $n, inner: {words: $w}}) places(titles: ["x", $n]) '
        "{ title } }",
        [{"w": ["a"], "n": "b"}, {"w": [], "n": "c"}],
    ),
    ("query($t: Tone) { a: left(tone: $t) b: left(tone: HIGH) c: left }", [{}, {"t": None}, {"t": "LOW"}]),
    ('query($m: String) { a: left(maybe: $m) b: left(maybe: "x") }', [{}, {"m": "y"}]),
    ("query($t: Tone = HIGH) { left(tone: $t) }", [{}, {"t": None}, {"t": "LOW"}]),
    (
        'query($t: String!, $w: [String!]! = ["d"]) { places { echo(text: $t) b: echo(text: "l", count: 1, flag: true) '
        "grown(words: $w) c: grown(words: [$t]) } }",
        [{"t": "a"}, {"t": "b", "w": ["e"]}, {"t": "b", "w": None}],
    ),
    (
        "query($b: Bare, $n: [Nest!], $e: Either) { others(bare: $b, nest: $n, either: $e) }",
        [
            {"b": {"name": "x"}},
            {"b": {"name": "x", "count": 3, "tones": ["LOW", "HIGH"], "day": "2026-01-01"}},
            {"b": {"name": "x", "count": None, "tones": "LOW", "day": None}},
            {"b": {"name": None}},
            {"b": {"name": "x", "count": 2**31}},
            {"b": {"name": "x", "count": 1.0}},
            {"b": {"name": "x", "tones": [["LOW"]]}},
            {"b": {"name": "x", "day": "never"}},
            {"b": {"name": "x", "more": 1}},
            {"b": {}},
            {"b": "x"},
            {"n": [{"key": 1, "within": {"key": "b", "within": None}}], "e": {"number": 1}},
            {"n": {"key": "a"}, "e": {"number": 1, "word": "x"}},
            {"e": {"word": None}},
        ],
    ),
    ("query($w: [String!]) { places(titles: $w) { title } }", [{}, {"w": None}, {"w": "one"}, {"w": ["a", "b"]}]),
]


@cache
def built() -> GraphQLSchema:
    return strawberry.Schema(Query)._schema


async def executed(kind: type[Any], text: Any, plans: Plans, variables: dict[str, Any]) -> ExecutionResult:
    executor = kind.build(built(), text, None, None, variables, None, plans=plans)
    if isinstance(executor, list):
        return ExecutionResult(None, executor)
    result = executor.execute_operation()
    return result if isinstance(result, ExecutionResult) else await result


def told(result: ExecutionResult) -> tuple[Any, list[Any]]:
    return result.data, sorted(((e.message, e.path, e.locations) for e in result.errors or ()), key=str)


@pytest.mark.parametrize(("text", "given"), CASES)
async def test_resolvers_are_given_the_same(text: str, given: list[dict[str, Any]]) -> None:
    document, plans = parse(text), Plans(Planner(), ())
    assert validate(built(), document) == []
    for variables in [*given, *given]:
        stock = await executed(Stock, document, plans, dict(variables))
        assert told(await executed(Watched, document, plans, dict(variables))) == told(stock)


async def test_what_a_resolver_does_to_a_list_is_seen_by_no_other_row_or_request() -> None:
    document = parse('query($w: [String!]!) { places { grown(words: $w) b: grown(words: ["x"]) } }')
    plans = Plans(Planner(), ())
    for _ in range(3):
        found = await executed(Watched, document, plans, {"w": ["a"]})
        assert found.errors is None
        assert found.data == {
            "places": [{"grown": "['a', 'grown'] 'grown' for grown", "b": "['x', 'grown'] 'b' for grown"}] * 2
        }


async def test_requests_at_the_same_time_share_nothing_but_the_plan() -> None:
    document, plans = (
        parse('query($t: [String!]) { places(titles: $t) { title echo(text: "e") } }'),
        Plans(Planner(), ()),
    )
    answers = await asyncio.gather(
        *(executed(Watched, document, plans, {"t": [str(number)] * number}) for number in range(1, 20))
    )
    for number, answer in enumerate(answers, start=1):
        assert answer.data is not None
        assert [each["title"] for each in answer.data["places"]] == [str(number)] * number
    assert len(plans.templates) == 1
    assert all(each.executor.context_value is None for each in plans.templates.values())
