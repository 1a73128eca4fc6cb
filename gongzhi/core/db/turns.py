"""What is asked for in the same turn of the event loop, begun together.

Whoever asks first waits for the end of the turn, and then begins what all have asked for; alone, they do it themselves,
without a task beside them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, NamedTuple, TypeVar

Q = TypeVar("Q")
R = TypeVar("R")


class Waiting(NamedTuple, Generic[Q, R]):
    """What is asked for, and who waits for its answer."""

    query: Q
    answer: "asyncio.Future[R]"


class Turns(Generic[Q, R]):
    """Joins what has the same key, at most so much at once.

    `alone` answers one query; `begin` sees to it that each of several is answered.
    """

    def __init__(
        self, alone: Callable[[Q], Awaitable[R]], begin: Callable[[Sequence[Waiting[Q, R]]], None], most: int
    ) -> None:
        self._alone = alone
        self._begin_some = begin
        self._most = most
        self._asked: dict[Hashable, list[Waiting[Q, R]]] = {}

    async def ask(self, key: Hashable, query: Q) -> R:
        """The answer to a query."""
        asked = self._asked.get(key)
        if asked is not None:
            asked.append(mine := self._waiting(query))
            return await mine.answer
        others = self._asked[key] = []
        try:
            await asyncio.sleep(0)
        except BaseException:
            self._begin(others)
            raise
        finally:
            del self._asked[key]
        if not others:
            return await self._alone(query)
        self._begin([mine := self._waiting(query), *others])
        return await mine.answer

    def _begin(self, asked: Sequence[Waiting[Q, R]]) -> None:
        for start in range(0, len(asked), self._most):
            self._begin_some(asked[start : start + self._most])

    def _waiting(self, query: Q) -> Waiting[Q, R]:
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        return Waiting(query, answer)


def settle(waiting: "asyncio.Future[R]", value: R) -> None:
    """Tell one who may have gone already."""
    if not waiting.done():
        waiting.set_result(value)
