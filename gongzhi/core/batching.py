"""Pages of many parents in one statement.

A list within a list (`territories { offerings }`) asks for a page of each parent's rows. Within a request, pages of one
table that are asked for in the same turn of the event loop become one statement, the `UNION ALL` of them: each is found
by the same index, in the same order, as if it were asked for alone, and no statement is sent for each row. What
PostgreSQL plans once for all values is joined with other requests', too (`db.together`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any, TypeVar

from piccolo.query.methods.raw import Raw
from piccolo.querystring import QueryString

from gongzhi.core import db
from gongzhi.core.db.turns import Turns, Waiting, settle
from gongzhi.core.reading import Reading, Rows
from gongzhi.core.within import Within

MOST = 100
"""Pages in one statement; SQLite takes 500."""
_NUMBER = "batch_number"
_MEMBER = f"select * from (select N as {_NUMBER}, qN.* from ({{}}) qN) mN"  # noqa: S608  # a number takes the place of N

K = TypeVar("K")
V = TypeVar("V")
Fetch = Callable[[Iterable[Any]], Awaitable[Mapping[Any, Any]]]
"""From keys to what there is of them; always the same function, since look-ups by it are joined."""


class Batch:
    """The queries of one request that can be joined: those of one table with the same columns, and look-ups by key."""

    def __init__(self) -> None:
        self._turns: Turns[Reading, Rows] | None = None
        self._keys: dict[Any, dict[Any, asyncio.Future[Any]]] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._closed = False

    async def rows(self, query: Reading, shape: object) -> Rows:
        """The rows of a query; `shape` is equal for queries that answer the same columns."""
        turns = self._turns
        if turns is None:  # most requests have nothing to join
            turns = self._turns = Turns(lambda each: each.rows(), self._begin, MOST)
        return await turns.ask(shape, query)

    def _begin(self, asked: Sequence[Waiting[Reading, Rows]]) -> None:
        self.run(_answer(asked), [each.answer for each in asked])

    async def look_up(self, fetch: Fetch, key: Any) -> Any:
        """What `fetch` finds for a key, asked together with the other keys of this turn."""
        loop = asyncio.get_running_loop()
        asked = self._keys.setdefault(fetch, {})
        if not asked:
            loop.call_soon(self._find, fetch)
        return await asked.setdefault(key, loop.create_future())

    def _find(self, fetch: Fetch) -> None:
        asked = self._keys.pop(fetch)
        self.run(_find(fetch, asked), asked.values())

    def run(self, work: Coroutine[Any, Any, None], waiting: "Iterable[asyncio.Future[Any]]") -> None:
        """Do this beside the request, and no longer than it lasts; nobody is left waiting for what was not answered."""
        if self._closed:
            work.close()
            _cancel(waiting)
            return
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(lambda _: _cancel(waiting))
        task.add_done_callback(self._running.discard)

    def close(self) -> None:
        """Stop what still runs: nobody waits for it."""
        self._closed = True
        for task in self._running:
            task.cancel()


async def _answer(asked: Sequence[Waiting[Reading, Rows]]) -> None:
    with _told([each.answer for each in asked]):
        found = [await asked[0].query.rows()] if len(asked) == 1 else await _joined([each.query for each in asked])
        for each, rows in zip(asked, found, strict=True):
            settle(each.answer, rows)


async def _find(fetch: Fetch, asked: "Mapping[Any, asyncio.Future[Any]]") -> None:
    with _told(asked.values()):
        found = await fetch(list(asked))
        for key, waiting in asked.items():
            settle(waiting, found.get(key))


def _cancel(waiting: "Iterable[asyncio.Future[Any]]") -> None:
    for each in waiting:
        each.cancel()


@contextmanager
def _told(waiting: "Iterable[asyncio.Future[Any]]") -> Iterator[None]:
    """Whatever fails within the block is told to each who waits."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  # whatever it is, those who wait are told, each of them
        for each in waiting:
            if not each.done():
                each.set_exception(error)


async def _joined(queries: Sequence[Reading]) -> list[Rows]:
    members = [
        QueryString(_MEMBER.replace("N", str(number)), inner)
        for number, query in enumerate(queries)
        for inner in query.query().querystrings
    ]
    joined = QueryString(" UNION ALL ".join("{}" for _ in members), *members)
    answers: list[list[dict[str, Any]]] = [[] for _ in queries]
    for row in await Raw(table=queries[0].table, querystring=joined):
        answers[row.pop(_NUMBER)].append(row)
    return list(answers)


_current: ContextVar[Batch | None] = ContextVar("gongzhi_batch", default=None)


class Batching(Within[Batch]):
    """A batch within the block; what still runs at its end is stopped."""

    __slots__ = ()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self._value.close()


def batching() -> Batching:
    """Join the queries of this task, and of those that it starts, within the block."""
    return Batching(_current, Batch())


def begin(work: Coroutine[Any, Any, None], waiting: "asyncio.Future[None]") -> None:
    """Do this beside the request that it is for, and stop when the request ends; then those who wait are cancelled."""
    (_current.get() or _NOBODYS).run(work, (waiting,))


_NOBODYS = Batch()
"""What runs outside of any request."""


async def rows_of(query: Reading, shape: object) -> Rows:
    """The rows of a query, joined with others where a request allows it; never within a transaction."""
    batch = _current.get()
    if batch is None or query.together is not None or db.current().in_transaction:
        return await query.rows()
    return await batch.rows(query, shape)


async def look_up(fetch: Callable[[Iterable[K]], Awaitable[Mapping[K, V]]], key: K) -> V | None:
    """What `fetch` finds for a key, or None; joined with other look-ups as `rows_of` joins queries."""
    batch = _current.get()
    if batch is None or db.current().in_transaction:
        return (await fetch([key])).get(key)
    found: V | None = await batch.look_up(fetch, key)
    return found
