"""An operation that may run, as everything that runs it takes it."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from graphql import OperationDefinitionNode

from gongzhi.edge.rates import Spent
from gongzhi.graphql.access import CacheScope
from gongzhi.graphql.endpoint.bodies import Checked
from gongzhi.graphql.endpoint.documents import Document
from gongzhi.graphql.endpoint.idempotency import Keyed
from gongzhi.graphql.endpoint.operation import Operation


class Ready(msgspec.Struct, frozen=True):
    """An operation that may run: measured, paid for, and allowed for its caller."""

    sent: Operation
    document: Document
    checked: Checked
    spent: Sequence[Spent]
    keyed: Keyed | None = None

    @property
    def chosen(self) -> OperationDefinitionNode:
        """The operation."""
        return self.checked.chosen

    @property
    def cost(self) -> int:
        """What it costs."""
        return self.checked.cost

    @property
    def scope(self) -> CacheScope:
        """Between whom its answer may be shared."""
        return self.checked.scope

    @property
    def report(self) -> Mapping[str, Any]:
        """`extensions.cost` of the answer, for a request that asks for it: what it costs and may cost, what is left."""
        rates = [
            {"by": each.rate.kind, "quota": each.rate.quota, "left": max(0, each.left), "reset": each.reset}
            for each in self.spent
        ]
        return {"cost": {"requested": self.cost, "limit": self.checked.limit, "rates": rates}}
