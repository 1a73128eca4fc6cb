"""Pages that several requests ask for at once, in one statement.

Many requests read the same kind of page, each for its own place. Those that are there in the same turn of the event
loop are read by one statement, which finds each as it would be found alone: one message to PostgreSQL and back, and one
plan begun and ended, for all of them. Nobody waits for others to come; under load they are there, otherwise each asks
alone. Only statements that PostgreSQL plans once for all values (`plans`) are joined. If PostgreSQL refuses a value of
one, the others get their pages.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from gongzhi.core.db.plans import for_many
from gongzhi.core.db.statements import StatementCounter, counting, record_for
from gongzhi.core.db.turns import Turns, Waiting, settle
from gongzhi.core.errors import Conflict, Unavailable

logger = logging.getLogger("gongzhi.db")

MOST = 100
"""Pages in one statement."""
NUMBER = "together_number"
"""The column that says whose row it is; the first is 1."""
Rows = list[Any]


class Asked(NamedTuple):
    """A statement, its values, and who counts it."""

    text: str
    values: Sequence[Any]
    counters: Sequence[StatementCounter]


def joins(text: str) -> bool:
    """Whether a statement can be joined with others of the same text."""
    return for_many(text, NUMBER) is not None


Waiters = Sequence[Waiting[Asked, Rows | None]]
"""Those who are told their rows, or None: ask alone."""


class Together:
    """The readings of one engine; `run` runs one statement."""

    def __init__(self, run: Callable[[str, Sequence[Any]], Awaitable[Rows]]) -> None:
        self._run = run
        self._turns: Turns[Asked, Rows | None] = Turns(self._alone, self._begin, MOST)
        self._running: set[asyncio.Task[None]] = set()

    async def rows(self, text: str, values: Sequence[Any]) -> Rows:
        """The rows of a statement that can be joined; never within a transaction."""
        found = await self._turns.ask(text, Asked(text, values, counting()))
        return found if found is not None else await self._run(text, values)

    async def _alone(self, asked: Asked) -> Rows:
        return await self._run(asked.text, asked.values)

    def _begin(self, waiters: Waiters) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(waiters))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(partial(_leave, waiters))
        for each in waiters:
            each.answer.add_done_callback(partial(_stop, waiters, task))

    async def _answer(self, waiters: Waiters) -> None:
        found: Sequence[Rows | None] = [None] * len(waiters)
        try:
            if len(waiters) > 1:
                found = await self._joined([each.query for each in waiters])
        except (Unavailable, Conflict) as error:  # it does not lie in the values
            for each in waiters:
                if not each.answer.done():
                    each.answer.set_exception(error)
        except Exception as error:  # noqa: BLE001  # one of the values, or the sum of them: each learns it alone
            logger.info("statements that were sent together are sent alone: %s", error)
        for each, rows in zip(waiters, found, strict=True):
            settle(each.answer, rows)

    async def _joined(self, asked: Sequence[Asked]) -> list[Rows]:
        text = str(for_many(asked[0].text, NUMBER))
        counted = set(map(id, counting()))
        for each in asked:
            record_for([counter for counter in each.counters if id(counter) not in counted], text)
            counted.update(map(id, each.counters))
        columns = [list(column) for column in zip(*[each.values for each in asked], strict=True)]
        answers: list[Rows] = [[] for _ in asked]
        for row in await self._run(text, columns):
            answers[row[NUMBER] - 1].append(row)
        return answers


def _leave(waiters: Waiters, _: "asyncio.Task[None]") -> None:
    """Nobody waits for a task that is no more."""
    for each in waiters:
        each.answer.cancel()


def _stop(waiters: Waiters, task: "asyncio.Task[None]", _: "asyncio.Future[Rows | None]") -> None:
    """Nobody works for those who have all gone."""
    if all(each.answer.done() for each in waiters):
        task.cancel()
