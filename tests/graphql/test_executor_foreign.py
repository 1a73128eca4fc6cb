"""Types as a third party writes them, without anything of ours: plans answer them as graphql-core does.

Each operation is executed by graphql-core's executor and twice by plan; warnings (something never awaited) are errors.
"""

import asyncio
import gc
from typing import Any

import msgspec
import pytest
from graphql import ExecutionResult, GraphQLSchema, execute, parse, validate

from gongzhi.graphql.executor import Planner, Plans
from tests.graphql.differential.both import Stock, Watched
from tests.graphql.differential.foreign import Asked, schema
from tests.graphql.differential.foreign_operations import AGREED, GIVEN_UP


async def executed(kind: type[Any], built: GraphQLSchema, text: str, plans: Plans, **variables: Any) -> ExecutionResult:
    outcome = execute(built, parse_once(text), None, Asked(), variables, executor_class=kind, plans=plans)
    return outcome if isinstance(outcome, ExecutionResult) else await outcome


_parsed: dict[str, Any] = {}


def parse_once(text: str) -> Any:
    """The document of a text; plans know its nodes."""
    return _parsed.setdefault(text, parse(text))


def told(result: ExecutionResult) -> tuple[bytes, list[tuple[str, object, object]]]:
    """What must be the same: encoded data, and errors by place."""
    found = [(error.message, error.path, error.locations) for error in result.errors or ()]
    return msgspec.json.encode(result.data), sorted(found, key=str)


async def answered(text: str, switches: tuple[str, ...] = (), **variables: Any) -> tuple[ExecutionResult, Watched]:
    """The stock executor's answer, which the planned one has given twice; and how the latter made it."""
    built = schema()._schema
    assert validate(built, parse_once(text)) == []
    plans = Plans(Planner(), switches)
    stock = await executed(Stock, built, text, plans, **variables)
    Watched.made.clear()
    for _ in range(2):
        assert told(await executed(Watched, built, text, plans, **variables)) == told(stock)
    gc.collect()
    await asyncio.sleep(0)
    return stock, Watched.made[-1]


@pytest.mark.parametrize("text", AGREED)
async def test_it_is_completed_by_plan(text: str) -> None:
    stock, way = await answered(text)
    assert stock.errors is None
    assert way.way == "by plan"


@pytest.mark.parametrize(("text", "errors"), GIVEN_UP)
async def test_what_no_plan_expects_is_answered_alike(text: str, errors: int) -> None:
    stock, way = await answered(text)
    assert len(stock.errors or ()) == errors
    assert way.way in ("given up", "without a plan")


async def test_a_variable_that_switches_and_is_null_is_an_error_of_each_row() -> None:
    text = "query($on: Boolean = true) { shelves { name @include(if: $on) note } }"
    stock, _ = await answered(text, ("on",), on=None)
    assert [error.path for error in stock.errors or ()] == [["shelves", 0]]
    for on in (True, False):
        stock, way = await answered(text, ("on",), on=on)
        assert (stock.errors, way.way) == (None, "by plan")


async def test_an_argument_that_cannot_be_read_leaves_nothing_waiting() -> None:
    text = "query($n: Int = 1) { nullable { slow times(n: $n) } }"
    stock, way = await answered(text, n=None)
    assert [error.path for error in stock.errors or ()] == [["nullable", 0, "times"], ["nullable", 1, "times"]]
    assert way.way == "given up"


@pytest.mark.parametrize("text", ["{ nullable { hang } }", "{ nullable { hang slow inner { hang } } }"])
async def test_whoever_stops_waiting_leaves_nothing_running(text: str) -> None:
    built, before = schema()._schema, asyncio.all_tasks()
    unheard: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await executed(Watched, built, text, Plans(Planner(), ()))
    for _ in range(5):
        await asyncio.sleep(0)
    gc.collect()
    assert asyncio.all_tasks() == before
    assert unheard == []


async def test_a_resolver_sees_where_it_is() -> None:
    stock, way = await answered("{ shelves { name books { ...B } } } fragment B on Book { place(x: 1) told: place }")
    assert way.way == "by plan"
    assert stock.data is not None
    first = stock.data["shelves"][0]["books"][0]
    assert first["told"] == "shelves.0.books.0.told String! Book told,place"
