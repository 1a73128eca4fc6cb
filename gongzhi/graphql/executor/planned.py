"""The executor: graphql-core's, which completes by plan what it can."""

from collections.abc import Awaitable
from typing import Any

import strawberry
from graphql import Executor, GraphQLOutputType, GraphQLResolveInfo
from graphql.pyutils import Path

from gongzhi.graphql.executor.planning import FieldDetailsList, Plans, ValuePlan
from gongzhi.graphql.executor.running import Running


class PlannedExecutor(Executor[Any]):
    """Executes one operation; `plans` are those of its document.

    Fields at the top are resolved by graphql-core, each once, mutations in their order; what lies below is completed by
    plan.
    """

    info_class = strawberry.Info

    def __init__(self, *given: Any, plans: Plans, **more: Any) -> None:
        super().__init__(*given, **more)
        self._plans: Plans | None = plans if self.error_propagation else None

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
        except Exception:  # noqa: BLE001  # whatever it is, graphql-core meets it again and reports it
            self._plans = None
            return super().complete_value(*given)

    async def _run(self, plan: ValuePlan, *given: Any) -> Any:
        _, _, _, path, result, _ = given
        try:
            return await Running(self).complete(plan, result, path)
        except Exception:  # noqa: BLE001  # see above
            self._plans = None
            completed = super().complete_value(*given)
        return await completed if isinstance(completed, Awaitable) else completed
