"""An operation that may run, as everything that runs it takes it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from graphql import OperationDefinitionNode

from gongzhi.edge.rates import Spent
from gongzhi.graphql.access import CacheScope
from gongzhi.graphql.endpoint.documents import Document
from gongzhi.graphql.endpoint.idempotency import Keyed
from gongzhi.graphql.endpoint.operation import Operation


class Ready(msgspec.Struct, frozen=True):
    """An operation that may run: measured, paid for, and allowed for its caller."""

    sent: Operation
    document: Document
    chosen: OperationDefinitionNode
    cost: int
    limit: int
    spent: tuple[Spent, ...]
    keyed: Keyed | None = None

    @property
    def scope(self) -> CacheScope:
        """Between whom its answer may be shared; one that says what is left of a rate is for its caller alone."""
        if self.sent.asks_for_cost:
            return CacheScope.private
        return self.document.scopes[self.chosen.name.value if self.chosen.name else None]

    @property
    def report(self) -> Mapping[str, Any]:
        """`extensions.cost` of the answer, for a request that asks for it: what it costs and may cost, what is left."""
        rates = [
            {"by": each.rate.kind, "quota": each.rate.quota, "left": max(0, each.left), "reset": each.reset}
            for each in self.spent
        ]
        return {"cost": {"requested": self.cost, "limit": self.limit, "rates": rates}}
