"""The executor: graphql-core's, which executes by plan what it can."""

from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, NamedTuple

import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    Executor,
    GraphQLError,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLResolveInfoHelpers,
    GraphQLSchema,
    OperationType,
)
from graphql.execution.executor import CollectedErrors
from graphql.execution.values import VariableValues
from graphql.pyutils import Path, RefMap

from gongzhi.core.permissions import gathered
from gongzhi.graphql.executor.arguments import Resolver
from gongzhi.graphql.executor.completion import Unplanned
from gongzhi.graphql.executor.planning import Plans
from gongzhi.graphql.executor.plans import FieldDetailsList, FieldPlan, ObjectPlan, ValuePlan
from gongzhi.graphql.executor.running import RowInfo, Running
from gongzhi.graphql.executor.variables import Variables


class Template(NamedTuple):
    """An operation of a document, ready to be executed again: an executor of it, and what its variables are."""

    executor: "PlannedExecutor"
    variables: Variables


class PlannedExecutor(Executor[Any]):
    """Executes one operation; `plans` are those of its document.

    A query is executed by plan from its top, a mutation field after field. At the top of what cannot be planned as a
    whole, graphql-core resolves the fields, and what lies below is completed by plan.
    """

    info_class = strawberry.Info

    def __init__(self, *given: Any, plans: Plans, **more: Any) -> None:
        super().__init__(*given, **more)
        self._plans: Plans | None = plans if self.error_propagation else None

    @classmethod
    def build(  # type: ignore[override]  # graphql-core names each option
        cls,
        schema: GraphQLSchema,
        document: DocumentNode,
        root_value: Any = None,
        context_value: Any = None,
        raw_variable_values: dict[str, Any] | None = None,
        operation_name: str | None = None,
        *others: Any,
        plans: Plans,
        **options: Any,
    ) -> "list[GraphQLError] | Executor[Any]":
        """An executor of the operation, from the one before it where that can be; or what is wrong with the request."""
        key = (cls, operation_name, others, *options.items())
        template = plans.templates.get(key)
        given = raw_variable_values or {}
        if template is not None:
            with suppress(Exception):  # the variables are wrong: graphql-core says what is
                return template.executor.anew(root_value, context_value, template.variables.of(given))
        built = super().build(
            schema, document, root_value, context_value, given, operation_name, *others, plans=plans, **options
        )
        if template is None and isinstance(built, PlannedExecutor):
            with suppress(Unplanned):
                nobody = built.anew(None, None, VariableValues({}, {}))
                plans.templates[key] = Template(nobody, Variables(schema, built.operation))
        return built

    def anew(self, root: Any, context: Any, values: VariableValues) -> "PlannedExecutor":
        """An executor of the same operation for another request, with nothing in it that this one's request made."""
        executor = object.__new__(type(self))
        executor.__dict__.update(self.__dict__)
        executor.root_value = root
        executor.context_value = context
        executor.variable_values = values
        executor.collected_errors = CollectedErrors()
        executor.async_helpers = GraphQLResolveInfoHelpers(executor.gather_async_work, executor.track_async_work)
        executor.pending_incremental_futures = set()
        executor.background_futures = set()
        executor._relevant_sub_fields = {}
        executor._stream_usages = RefMap()
        return executor

    def execute_operation(self, serially: bool | None = None) -> Any:
        """The result. A query is tried by plan as a whole; what a mutation has done once is not done again."""
        asked = self.operation.operation
        kind = None if asked is OperationType.SUBSCRIPTION else self.schema.get_root_type(asked)
        changes = asked is OperationType.MUTATION
        plan = None if self._plans is None or kind is None else self._plans.top(kind, self)
        if plan is None or (changes and not can_change(plan)):
            return super().execute_operation(serially)
        return self._in_turn(plan) if changes else self._whole(plan)

    async def _in_turn(self, plan: ObjectPlan) -> Any:
        """One field after the other: each is resolved once, whatever becomes of its value."""
        data = plan.project(self.root_value)
        try:
            for field in plan.others:
                data[field.key] = await self._changed(field)
        except GraphQLError as error:
            self.collected_errors.add(error, None)
            data = None
        return self.build_response(data)

    async def _changed(self, field: FieldPlan) -> Any:
        path, kind, details = Path(None, field.key, field.parent.name), field.field.type, field.details
        info = RowInfo(self, field, lambda _: path, 0)
        try:
            given = field.arguments.of(self.variable_values.coerced, info)
        except Exception:  # noqa: BLE001  # graphql-core meets it again and reports it; nothing was resolved yet
            return await _awaited(self.execute_field(field.parent, self.root_value, details, path, None))
        try:
            resolve: Resolver = field.chain  # type: ignore[assignment]  # `can_change` has looked
            value = await _awaited(resolve(self.root_value, info, **given))
            return await _awaited(self.complete_value(kind, details, info._raw_info, path, value, None))
        except Exception as error:  # noqa: BLE001  # reported in its place, as graphql-core does
            self.handle_field_error(error, kind, details, path)
            return None

    async def _whole(self, plan: ObjectPlan) -> Any:
        noticed = gathered()
        mark = noticed.mark
        try:
            return ExecutionResult(await Running(self).top(plan, self.root_value), None)
        except Exception:  # noqa: BLE001  # whatever it is, graphql-core meets it again and reports it
            self._plans = None
        noticed.back_to(mark)
        return await _awaited(super().execute_operation())

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """By plan, if there is one and nothing has gone otherwise than planned so far."""
        if self._plans is None or result is None or field_details_list[0].node.selection_set is None:
            return super().complete_value(return_type, field_details_list, info, path, result, position_context)
        plan = self._plans.of(return_type, field_details_list, self)
        given = (return_type, field_details_list, info, path, result, position_context)
        if plan is None:
            return super().complete_value(*given)
        if plan.complete is None:
            return self._run(plan, *given)
        try:
            return plan.complete(result)
        except Exception:  # noqa: BLE001  # see above
            self._plans = None
            return super().complete_value(*given)

    async def _run(self, plan: ValuePlan, *given: Any) -> Any:
        _, _, _, path, result, _ = given
        try:
            return await Running(self).complete(plan, result, path)
        except Exception:  # noqa: BLE001  # see above
            self._plans = None
            completed = super().complete_value(*given)
        return await _awaited(completed)


def can_change(plan: ObjectPlan) -> bool:
    """Whether all fields at the top of a mutation can be resolved in their order, without graphql-core."""
    return not plan.plain and all(field.chain is not None for field in plan.others)


async def _awaited(value: Any) -> Any:
    return await value if isinstance(value, Awaitable) else value
