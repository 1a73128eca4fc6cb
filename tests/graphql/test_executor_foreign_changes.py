"""Mutations as a third party writes them: by plan each field is resolved once, in its order, and answered alike."""

import asyncio
import gc
from typing import Any

import pytest
import strawberry
from graphql import GraphQLSchema, parse, validate

from gongzhi.graphql.executor import Planner, Plans
from gongzhi.graphql.executor.planned import PlannedExecutor
from gongzhi.graphql.executor.plans import ObjectPlan
from tests.graphql.differential.both import Stock
from tests.graphql.test_executor_foreign import executed, told


@strawberry.type
class Row:
    """What a mutation answers."""

    number: int

    @strawberry.field
    def half(self) -> int:
        """Fails for odd numbers."""
        if self.number % 2:
            raise ValueError(f"{self.number} is odd")
        return self.number // 2

    @strawberry.field
    def wrong(self, info: strawberry.Info) -> int | None:
        """No number."""
        return "none"  # type: ignore[return-value]  # that is what is wrong with it

    @strawberry.field
    async def late(self, times: int = 1) -> int:
        """Takes a turn."""
        await asyncio.sleep(0)
        return self.number * times


done: list[str] = []


@strawberry.type
class Query:
    """There must be one."""

    one: int = 1


@strawberry.type
class Mutation:
    """Each notes that it was called."""

    @strawberry.mutation
    async def add(self, number: int, note: str | None = None) -> Row:
        """Takes a turn."""
        await asyncio.sleep(0)
        done.append(f"add {number} {note}")
        return Row(number=number)

    @strawberry.mutation
    def at_once(self, number: int) -> Row | None:
        """Waits for nothing."""
        done.append(f"at once {number}")
        return Row(number=number) if number else None

    @strawberry.mutation
    async def fail(self, number: int) -> Row | None:
        """May be null."""
        done.append(f"fail {number}")
        raise ValueError(f"no {number}")

    @strawberry.mutation
    async def must(self, number: int) -> int:
        """May not be null."""
        done.append(f"must {number}")
        raise ValueError(f"must {number}")

    @strawberry.mutation
    def touch(self) -> int:
        """Takes nothing."""
        done.append("touch")
        return len(done)

    @strawberry.mutation
    async def place(self, info: strawberry.Info, number: int) -> str:
        """Where it is."""
        return f"{info.path.as_list()} {info.field_name} {number}"


SCHEMA: GraphQLSchema = strawberry.Schema(Query, Mutation)._schema
BY_PLAN = {
    "one after the other": "mutation { b: add(number: 2) { number } a: atOnce(number: 4) { half late } __typename }",
    "nothing found": "mutation { atOnce(number: 0) { half } last: add(number: 1) { late(times: 3) } }",
    "one fails": "mutation { add(number: 1) { number } fail(number: 2) { half } last: atOnce(number: 3) { number } }",
    "one that must not be null": "mutation { add(number: 1) { number } must(number: 2) c: add(number: 3) { number } }",
    "below one that may be null": "mutation { atOnce(number: 3) { number half } add(number: 4) { late half } }",
    "below one that must not be": "mutation { add(number: 3) { late half } last: atOnce(number: 4) { half } }",
    "a wrong value beside one that waits": "mutation { add(number: 2) { wrong late } atOnce(number: 4) { wrong } }",
    "variables": "mutation($n: Int!, $t: String) { add(number: $n, note: $t) { number } b: add(number: 2) { late } }",
    "a variable that must not be null": "mutation($m: Int = 1) { add(number: 2) { half } atOnce(number: $m) { half } }",
    "where it is": "mutation { here: place(number: 1) }",
    "left out": "mutation($no: Boolean!) { add(number: 1) @skip(if: $no) { number } atOnce(number: 2) { number } }",
}
OTHERWISE = {
    "without arguments": "mutation { touch add(number: 1) { number } again: touch }",
    "a variable within": "mutation($x: Int!) { add(number: $x) { number } touch }",
}
VARIABLES: dict[str, Any] = {"n": 7, "t": "x", "m": None, "no": True, "x": 3}


async def both_ways(text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], bool]:
    """What was called, alike in both executors, as was the answer; and whether it went by plan."""
    document, plans = parse(text), Plans(Planner(), ("no",))
    ways: list[ObjectPlan] = []
    assert validate(SCHEMA, document) == []
    given = {name: value for name, value in VARIABLES.items() if f"${name}:" in text}
    monkeypatch.setattr("tests.graphql.test_executor_foreign.parse_once", lambda _: document)
    in_turn = PlannedExecutor._in_turn

    def noted(executor: PlannedExecutor, plan: ObjectPlan) -> Any:
        ways.append(plan)
        return in_turn(executor, plan)

    monkeypatch.setattr(PlannedExecutor, "_in_turn", noted)
    done.clear()
    stock, called = told(await executed(Stock, SCHEMA, text, plans, **given)), list(done)
    for _ in range(2):
        done.clear()
        assert told(await executed(PlannedExecutor, SCHEMA, text, plans, **given)) == stock
        assert done == called
    gc.collect()  # what is never awaited is said now
    return called, len(ways) == 2


@pytest.mark.parametrize("name", BY_PLAN)
async def test_a_mutation_goes_by_plan(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    called, by_plan = await both_ways(BY_PLAN[name], monkeypatch)
    assert by_plan
    assert called == list(dict.fromkeys(called)), "something was done twice"


@pytest.mark.parametrize("name", OTHERWISE)
async def test_what_a_plan_would_call_out_of_turn_is_left_to_graphql_core(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    called, by_plan = await both_ways(OTHERWISE[name], monkeypatch)
    assert called
    assert not by_plan
