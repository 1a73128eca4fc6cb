"""Deadlines that have come: the clock takes the transition, or the record is marked overdue.

Any number of workers may look; the record's version lets one of them take the step. A deadline that came while no
worker was running is met by the first that starts.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from piccolo.columns import Column

from gongzhi.core import clock, journal
from gongzhi.core.db import Database
from gongzhi.core.errors import Conflict, GongzhiError
from gongzhi.core.events.outbox import emit
from gongzhi.core.permissions import SYSTEM
from gongzhi.core.records import update
from gongzhi.core.workflow.declaration import Workflow
from gongzhi.core.workflow.gates import Gate, open_to
from gongzhi.core.workflow.taking import advance

logger = logging.getLogger("gongzhi.timers")

POLL_SECONDS = 2.0
BATCH = 50
_LONGEST_WAIT = timedelta(hours=1)


class Timers:
    """Watches the deadlines of workflows."""

    def __init__(
        self, database: Database, workflows: Sequence[Workflow[Any]], gates: Mapping[str, Gate] | None = None
    ) -> None:
        self._database = database
        self._gates = gates or {}
        self._workflows = [workflow for workflow in workflows if workflow.deadlines]
        self._failing: dict[UUID, tuple[int, datetime]] = {}

    async def run(self) -> None:
        """Watch until cancelled; the database may go away meanwhile."""
        well = True
        while True:
            try:
                met = await self.meet_due()
                well = True
            except GongzhiError as error:
                met = 0
                if well:
                    logger.warning("deadlines wait: %s", error.message)
                well = False
            if not met:
                await asyncio.sleep(POLL_SECONDS)

    async def meet_due(self) -> int:
        """Meet the deadlines that have come, a batch of each workflow; answers how many were met."""
        return sum([await self._meet(workflow) for workflow in self._workflows])

    async def _meet(self, workflow: Workflow[Any]) -> int:
        now, table = clock.now(), workflow.register.table
        due: Column = getattr(table, "due_at")  # noqa: B009  # a workflow's table has it, Table has not
        overdue: Column = getattr(table, "overdue")  # noqa: B009  # likewise
        waiting = [key for key, (attempts, since) in self._failing.items() if _rests(attempts, now - since)]
        query = table.select(workflow.register.identity).where(due <= now).where(overdue.not_in([True]))
        if waiting:
            query = query.where(workflow.register.identity.not_in(waiting))
        rows = await query.order_by(due).limit(BATCH)
        return sum([await self._attempt(workflow, row[workflow.register.identity._meta.name]) for row in rows])

    async def _attempt(self, workflow: Workflow[Any], key: UUID) -> bool:
        try:
            with open_to(self._gates):
                await self._database.run_in_transaction(lambda: self._expire(workflow, key))
        except Conflict as error:  # mostly, somebody else took a step meanwhile
            logger.info("the deadline of %s %s waits: %s", workflow.name, key, error.message)
            self._postpone(key)
            return False
        except Exception as error:  # a module's `apply` may raise anything; the other deadlines are met
            logger.exception("the deadline of %s %s: %s", workflow.name, key, type(error).__name__)
            self._postpone(key)
            return False
        self._failing.pop(key, None)
        return True

    def _postpone(self, key: UUID) -> None:
        attempts, _ = self._failing.get(key, (0, None))
        self._failing[key] = (attempts + 1, clock.now())

    async def _expire(self, workflow: Workflow[Any], key: UUID) -> None:
        record = await workflow.register.find(SYSTEM, key)
        if record.due_at is None or record.overdue or record.due_at > clock.now():
            return
        deadline = workflow.deadlines.get(record.state)
        if deadline is not None and deadline.then is not None:
            await advance(workflow, deadline.then, SYSTEM, record)
            return
        await update(workflow.register.table, record.id, record.version, {"overdue": True})
        owner = str(record.organization) if record.organization is not None else None
        state = {"state": str(record.state), "due_at": record.due_at.isoformat(), "organization": owner}
        await emit(f"{workflow.name}.overdue", journal.label_of(record), record.path, state)


def _rests(attempts: int, since: timedelta) -> bool:
    """Whether a deadline that failed so often, and that long ago, is left alone; not after the clock was set back."""
    return timedelta(0) <= since < min(timedelta(seconds=2.0 ** min(attempts, 30)), _LONGEST_WAIT)
