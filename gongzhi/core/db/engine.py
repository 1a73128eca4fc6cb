"""What both engines share: where a statement runs."""

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

from piccolo.querystring import QueryString

from gongzhi.core.db import changes
from gongzhi.core.db.statements import record
from gongzhi.core.db.together import Together
from gongzhi.core.db.transaction import Isolation, Transaction


class Statements:
    """Sends Piccolo's statements to the running transaction, or to a connection of their own."""

    engine_type: str
    statement_timeout: float
    current_transaction: ContextVar[Transaction | None]
    together: Together | None = None
    """What joins readings of several requests, where that is quicker than to ask for each."""

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[Any]:
        """The rows of a statement with values. `in_pool` is Piccolo's; every statement goes to the pool."""
        sql, values = querystring.compile_string(engine_type=self.engine_type)
        return await self.run(sql, values)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> list[Any]:
        """The rows, mostly none, of a statement without values."""
        return await self.run(ddl, ())

    async def run(self, sql: str, values: Sequence[Any]) -> list[Any]:
        """The rows of one statement, within the transaction of this task if there is one."""
        record(sql)
        transaction = self.current_transaction.get()
        if transaction is not None:
            return await transaction.fetch(sql, values)
        if not (written := changes.written_by(sql)):
            return await self.run_alone(sql, values)
        try:
            return await self.run_alone(sql, values)
        finally:
            changes.tell(written)

    async def run_alone(self, sql: str, values: Sequence[Any]) -> list[Any]:
        """The rows of one statement that is its own transaction."""
        raise NotImplementedError

    def new_transaction(self, isolation: Isolation, statement_timeout: float | None) -> Transaction:
        """A transaction, not begun yet; `statement_timeout` in seconds, else the engine's."""
        raise NotImplementedError
