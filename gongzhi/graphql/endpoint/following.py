"""One operation on a connection that stays: a query or mutation answers once, a subscription until it ends.

Each event is answered with the rights of its moment. Whose rights end, hears so and nothing more. While the database is
away, or too busy to log that somebody reads, nothing is told; what happened is told afterwards.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from gongzhi.core.errors import GongzhiError, Unauthenticated, Unavailable
from gongzhi.core.patience import patiently
from gongzhi.graphql import errors
from gongzhi.graphql.context import Context
from gongzhi.graphql.endpoint.answering import Answering
from gongzhi.graphql.endpoint.caller import Caller
from gongzhi.graphql.endpoint.documents import Rejected, follows
from gongzhi.graphql.endpoint.operation import Operation
from gongzhi.graphql.endpoint.ready import Ready

Answers = AsyncGenerator[dict[str, Any], None]
T = TypeVar("T")
Shown = Callable[[Context], Awaitable[Any]]
"""What subscriptions yield for an event: from a context to the event's value, None where there is nothing to tell."""


class Following:
    """Runs operations for the caller of one connection. A subscription also ends when `stopping` is set."""

    def __init__(self, answering: Answering, caller: Caller, stopping: asyncio.Event | None = None) -> None:
        self._answering = answering
        self._caller = caller
        self._stopping = stopping or asyncio.Event()

    async def answers(self, sent: Operation) -> Answers:
        """Its answers in turn. What is refused is an answer with errors, and the last."""
        try:
            async with self._answering.in_time():
                context = await self._caller.context()
                ready = await self._answering.ready(sent, context)
                if not follows(ready.chosen):
                    yield await self._once(ready, context)
                    return
            async for answer in self._each(ready, context):
                yield answer
        except Rejected as rejected:
            yield {"errors": self._answering.listed(rejected.errors)}
        except GongzhiError as error:
            yield {"errors": errors.refused(error)}
        except Exception as error:  # noqa: BLE001  # nobody above could tell the client; it is logged with a reference
            yield {"errors": errors.refused(errors.defect(error))}

    async def _once(self, ready: Ready, context: Context) -> dict[str, Any]:
        async with self._answering.noticing():
            return await self._answering.run(ready, context)

    async def _each(self, ready: Ready, context: Context) -> Answers:
        async with self._answering.noticing():
            events = aiter(await self._answering.events(ready, context))
        try:
            while True:
                try:
                    async with asyncio.timeout(await self._caller.seconds_left()):
                        shown = await self._unless_stopping(_next(events))
                except TimeoutError:
                    await self._caller.context()  # raises that the token has expired
                    raise Unauthenticated("The token has expired; sign in again.") from None
                if shown is None:
                    return
                answering = patiently(partial(self._answer, ready, shown))
                if (answer := await self._unless_stopping(answering)) is not None:
                    yield answer
        finally:
            await events.aclose()  # type: ignore[attr-defined]  # what resolvers answer is a generator

    async def _unless_stopping(self, work: Coroutine[Any, Any, T]) -> T | None:
        """What `work` answers; None when the server stops before."""
        coming, end = asyncio.ensure_future(work), asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((coming, end), return_when=asyncio.FIRST_COMPLETED)
            return coming.result() if coming.done() else None
        finally:
            coming.cancel()
            end.cancel()
            await asyncio.gather(coming, end, return_exceptions=True)

    async def _answer(self, ready: Ready, shown: Shown) -> dict[str, Any] | None:
        """One event as it is told.

        :raises Unavailable: the database is away or busy; the event can be told afterwards.
        """
        now = await self._caller.context()
        async with self._answering.in_time(changing=False), self._answering.noticing():
            value = await shown(now)
            answer = await self._answering.run(ready, now, value) if value is not None else None
        for error in (answer or {}).get("errors", ()):
            if error["extensions"]["code"] == Unavailable.code or error["extensions"].get("retryable"):
                raise Unavailable(error["message"])
        return answer


async def _next(events: AsyncIterator[Shown]) -> Shown | None:
    return await anext(events, None)
