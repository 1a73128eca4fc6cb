"""Running a plan: all rows of a level together, level by level.

Each level asks its resolvers for all of its rows before it waits for any of them, so that loaders and batches see all
keys of the level at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, NamedTuple

import strawberry
from graphql import GraphQLResolveInfo
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path

from gongzhi.core.parts import EVERYTHING, Unmade, Wanted
from gongzhi.graphql.executor.arguments import Resolver
from gongzhi.graphql.executor.completion import Complete, Unplanned
from gongzhi.graphql.executor.flattening import flattened, gathered
from gongzhi.graphql.executor.pages import NOTHING, Found, came_with, given_to_raw, given_to_rows
from gongzhi.graphql.executor.plans import FieldPlan, ObjectPlan, ValuePlan
from gongzhi.graphql.executor.waiting import Failed, attempt, parallel, settled, values_of
from gongzhi.graphql.loading import Loaded

Where = Callable[[int], Path | None]
"""From the number of a record in its level to its place in the answer, which is put together for whoever asks; at the
top there is none."""


Rows = list[dict[str, Any]]
Ways = list[Awaitable[Any]]
"""What is still to be waited for, begun together at the end of a descent."""
Asked = list[Any] | Awaitable[list[Any]]
"""A field's values in the rows of a level; each may be awaitable, or all of them together."""


class Level(NamedTuple):
    """Records of one object type, where in the answer each of them stands, and what came with the page around them."""

    records: Sequence[Any]
    where: Where
    beside: Found = NOTHING


class Running:
    """One operation's way through plans."""

    def __init__(self, executor: Any) -> None:
        self._executor = executor
        self._context = executor.context_value

    async def complete(self, plan: ValuePlan, value: Any, path: Path) -> Any:
        """The completed value.

        :raises Unplanned: something is not as planned, or a resolver has failed. Nothing of it runs any more.
        """
        return (await self._down(lambda ways: self._values(plan, [value], lambda _: path, ways)))[0]

    async def top(self, plan: ObjectPlan, root: Any) -> dict[str, Any]:
        """What a query answers, from its top.

        :raises Unplanned: see `complete`.
        """
        made: dict[str, Any] = (await self._down(lambda ways: self._objects(plan, Level([root], _nowhere), ways)))[0]
        return made

    async def _down(self, descend: Callable[[Ways], list[Any]]) -> list[Any]:
        """What is made on the way down, when all is there that must be waited for and that it left in its list."""
        ways: Ways = []
        try:
            made = descend(ways)
        except Exception:
            await asyncio.gather(*ways, return_exceptions=True)
            raise
        if ways:
            await parallel(ways)
        return made

    def _values(
        self, plan: ValuePlan, values: list[Any], where: Where, ways: Ways, beside: Found = NOTHING
    ) -> list[Any]:
        if plan.complete is not None:
            return [plan.complete(value) for value in values]
        if len(values) == 1 and plan.shape.depth == 1 and len(plan.objects) == 1:
            records, only = values[0], plan.objects[0]
            if records.__class__ is Unmade:
                make = only.raw.of(records) if only.raw is not None else None
                given = None if make is None else given_to_raw(only, self._context, records)
                if make is not None and given is not None:
                    return [make(records.rows, *given)]
                records = records.records
            if (records.__class__ is list or records.__class__ is tuple) and all(map(only.accepts, records)):
                return [self._objects(only, Level(records, lambda number: Path(where(0), number, None), beside), ways)]
        records, place_of = flattened(values, plan.shape)

        def placed(number: int) -> Path | None:
            row, *indices = place_of(number)
            path = where(row)
            for index in indices:
                path = Path(path, index, None)
            return path

        objects = iter(self._alternatives(plan.objects, Level(records, placed, beside), ways))
        return [gathered(value, plan.shape.depth, objects) for value in values]

    def _alternatives(self, plans: Sequence[ObjectPlan], level: Level, ways: Ways) -> list[Any]:
        """The objects of records, each by the plan of its type."""
        if len(plans) == 1:
            if not all(map(plans[0].accepts, level.records)):
                raise Unplanned
            return self._objects(plans[0], level, ways)
        made: list[Any] = [None] * len(level.records)
        for plan, places in _sorted(plans, level.records):
            for place, each in zip(places, self._objects(plan, _part(level, places), ways), strict=True):
                made[place] = each
        return made

    def _objects(self, plan: ObjectPlan, level: Level, ways: Ways) -> Rows:
        """The objects of records. What must be waited for goes its own way down, and fills them in later."""
        if plan.rows is not None:
            given = given_to_rows(plan, self._context, level.beside)
            if given is not None:
                return plan.rows(level.records, *given)
        rows = [plan.project(record) for record in level.records]
        if plan.others and rows:
            there: list[tuple[FieldPlan, list[Any]]] = []
            for field in plan.others:
                asked = self._ask(field, level)
                if isinstance(asked, list) and settled(asked):
                    there.append((field, asked))
                else:
                    ways.append(self._way_down(field, asked, level, rows))
            for field, values in there:  # when all are asked: whatever goes wrong here, nothing else is left waiting
                self._fill(field, values, level, rows, ways)
        return rows

    async def _way_down(self, field: FieldPlan, asked: Asked, level: Level, rows: Rows) -> None:
        values = await values_of(asked)
        await self._down(lambda ways: self._fill(field, values, level, rows, ways))

    def _fill(self, field: FieldPlan, values: list[Any], level: Level, rows: Rows, ways: Ways) -> Rows:
        """Put a field into the objects."""
        key, complete = field.key, field.value.complete
        if complete is None:
            beside = level.beside if field.wanted is None else came_with(values)
            below = self._values(field.value, values, _below(field, level), ways, beside)
        elif field.value.objects:  # many rows tell of the same record
            below = (getattr(complete, "many", None) or partial(_each_once, complete))(values)
        else:
            below = list(map(complete, values))
        for row, value in zip(rows, below, strict=True):
            row[key] = value
        return rows

    def _ask(self, field: FieldPlan, level: Level) -> Asked:
        """The field's values in these rows; each may be awaitable, or all of them together.

        What goes wrong is told when what other fields began is no longer running.
        """
        try:
            return self._asked(field, level)
        except Exception as error:  # noqa: BLE001  # graphql-core meets it again and reports it
            return [Failed(error)]

    def _asked(self, field: FieldPlan, level: Level) -> Asked:
        records = level.records
        if field.read is not None:
            return [field.read(record) for record in records]
        if field.loaded is not None:
            there = level.beside.get(field.loaded.name) if field.beside else None
            if there is not None:
                return _found(field.loaded, list(map(field.loaded.key, records)), there)
            return _loaded(field.loaded, self._context, records)
        where = _below(field, level)
        if field.keyed is not None:
            return list(map(field.keyed.known(self._context).get, map(field.keyed.key, records)))
        if field.call is not None:
            call = field.call
            return [
                attempt(call, record, RowInfo(self._executor, field, where, number))
                for number, record in enumerate(records)
            ]
        if field.chain is not None:
            return self._chained(field, field.chain, records, where)
        resolve: Any = field.field.resolve or self._executor.field_resolver
        arguments = self._arguments(field)
        return [
            attempt(resolve, record, info_of(self._executor, field, where(number)), **arguments)
            for number, record in enumerate(records)
        ]

    def _chained(self, field: FieldPlan, chain: Resolver, records: Sequence[Any], where: Where) -> list[Any]:
        """The values of a field with arguments or guards."""
        arguments, variables = field.arguments, self._executor.variable_values.coerced
        given = arguments.of(variables, None) if arguments.shared else None
        found = []
        for number, record in enumerate(records):
            info = RowInfo(self._executor, field, where, number)
            own = given if given is not None else arguments.of(variables, info)
            found.append(attempt(chain, record, info, **own))
        return found

    def _arguments(self, field: FieldPlan) -> dict[str, Any]:
        if not field.field.args and not field.nodes[0].arguments:
            return {}
        executor = self._executor
        return get_argument_values(
            field.field, field.nodes[0], executor.variable_values, None, executor.hide_suggestions
        )


def _each_once(complete: Complete, values: list[Any]) -> list[Any]:
    made: dict[int, Any] = {}
    for value in values:
        known = id(value)
        if known not in made:
            made[known] = complete(value)
    return [made[id(value)] for value in values]


def _nowhere(_: int) -> None:
    return None


def _below(field: FieldPlan, level: Level) -> Where:
    where, key, name = level.where, field.key, field.parent.name
    return lambda number: Path(where(number), key, name)


def info_of(executor: Any, field: FieldPlan, path: Path | None) -> GraphQLResolveInfo[Any]:
    """What graphql-core tells a resolver of its place."""
    info: GraphQLResolveInfo[Any] = executor.build_resolve_info(field.field, field.nodes, field.parent, path)
    return info


class RowInfo(strawberry.Info):
    """What strawberry tells a resolver of its place; put together when more than the context is asked for."""

    def __init__(self, executor: Any, field: FieldPlan, where: Where, number: int) -> None:
        self._field = field.declared  # type: ignore[assignment]  # who calls resolvers this way has one
        self._asked = (executor, field, where, number)

    @property
    def context(self) -> Any:
        """The request's."""
        return self._asked[0].context_value

    @property
    def wanted(self) -> Wanted:
        """What is wanted of each row, where the resolver answers a page."""
        wanted: Wanted | None = self._asked[1].wanted
        return EVERYTHING if wanted is None else wanted

    @cached_property
    def _raw_info(self) -> GraphQLResolveInfo[Any]:  # type: ignore[override]  # what is an attribute there
        executor, field, where, number = self._asked
        return info_of(executor, field, where(number))


def _loaded(field: Loaded, context: Any, records: Sequence[Any]) -> Asked:
    """What is found for the keys of records: at once where it is known already."""
    loader, keys = field.loader(context), list(map(field.key, records))
    try:
        return _found(field, keys, loader.known)
    except KeyError:
        return _waited(field, loader, keys)


async def _waited(field: Loaded, loader: Any, keys: list[Any]) -> list[Any]:
    return _found(field, keys, await loader.found([key for key in keys if key]))


def _found(field: Loaded, keys: list[Any], known: Mapping[Any, Any]) -> list[Any]:
    missing = field.missing
    found = [known[key] if key else None for key in keys]
    return found if missing is None else [missing if each is None else each for each in found]


def _part(level: Level, places: list[int]) -> Level:
    where = level.where
    return Level([level.records[place] for place in places], lambda number: where(places[number]), level.beside)


def _sorted(plans: Sequence[ObjectPlan], records: Sequence[Any]) -> list[tuple[ObjectPlan, list[int]]]:
    """The places of the records of each plan's type; a record belongs to the first that accepts it."""
    places: list[tuple[ObjectPlan, list[int]]] = [(plan, []) for plan in plans]
    for number, record in enumerate(records):
        for plan, mine in places:
            if plan.accepts(record):
                mine.append(number)
                break
        else:
            raise Unplanned
    return places
