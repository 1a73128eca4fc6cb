"""Delivering events to those who asked for them: at least once, in the order of each record, by any number of workers.

A worker claims deliveries for a while (a lease, which it renews), makes them outside of any transaction, and then
writes down what became of them. One that is killed leaves a lease that runs out, and another worker makes them again.
Each target has deliveries of its own, so that one that fails neither holds up the others nor has them get anything
twice.

A delivery that fails comes again later, and what follows of its record waits for it; other records go on. After the
last attempt it is parked, and what follows goes on without it: events say that a record changed, not how, and one that
can never be delivered must not silence its record for ever. A replay then comes out of order, with the same id.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from gongzhi.core.db import Database
from gongzhi.core.db.transaction import settled
from gongzhi.core.errors import GongzhiError
from gongzhi.core.events import claims, health, targets
from gongzhi.core.events.claims import Claimed, Lease
from gongzhi.core.events.fanout import place
from gongzhi.core.events.setback import Setback
from gongzhi.core.events.tables import WITHHELD, EventDelivery
from gongzhi.core.events.targets import Audience, HandlerTarget, Outcome, Target

logger = logging.getLogger("gongzhi.events")

POLL_SECONDS = 1.0
MOST_AT_ONCE = 16
"""Targets that one worker serves at the same time."""

Others = Callable[[], Awaitable[Sequence[tuple[Target, Audience]]]]
"""Answers the targets that are not handlers (webhooks), with what each wants; asked again in each round."""


class Report(msgspec.Struct):
    """What became of the deliveries of a lease."""

    lease: Lease
    outcomes: dict[Any, Outcome] = {}
    begun: set[Any] = set()

    def rows(self, wanted: Callable[[Outcome], bool]) -> list[Claimed]:
        """The deliveries that ended so."""
        return [row for row in self.lease.rows if row.id in self.outcomes and wanted(self.outcomes[row.id])]


class Delivery:
    """Delivers the events of one database. `failed` are plugins that are away: what they want waits for them."""

    def __init__(
        self,
        database: Database,
        handlers: Sequence[HandlerTarget] = (),
        others: Others | None = None,
        *,
        failed: Collection[str] = (),
    ) -> None:
        self._database = database
        self._handlers = tuple(handlers)
        self._others = others
        self._failed = failed
        self._entered: set[str] = set()
        self._setback = Setback()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Deliver until `stop`. The database may go away meanwhile; what waits is delivered when it is back."""
        running: dict[str, asyncio.Task[int]] = {}
        well = True
        try:
            while not self._stopping.is_set():
                try:
                    moved = await self._round(running)
                    well = True
                except Exception as error:  # whatever it is, the next round may go well; nothing is lost meanwhile
                    moved = 0
                    if well:
                        logger.warning("events wait: %s", error, exc_info=not isinstance(error, GongzhiError))
                    well = False
                await self._rest(running, 0.0 if moved else POLL_SECONDS)
        finally:
            await self._finish(list(running.values()))

    def stop(self) -> None:
        """Begin nothing more; what is being delivered now is finished."""
        self._stopping.set()

    async def deliver_due(self) -> int:
        """Place what happened and deliver what is due now, a batch for each target; answers how many were claimed."""
        running: dict[str, asyncio.Task[int]] = {}
        placed = await self._round(running)
        return max(placed, sum(await asyncio.gather(*running.values())))

    async def _finish(self, tasks: Sequence["asyncio.Task[int]"]) -> None:
        """Let what was begun end, or, on a cancellation, end it; what became of it is written down in any case."""
        try:
            if tasks and self._stopping.is_set():
                await asyncio.wait(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await settled(_ended(tasks))

    async def _round(self, running: dict[str, asyncio.Task[int]]) -> int:
        """Place events, and begin to serve each target for which something is due; answers how many were placed."""
        others = await self._others() if self._others is not None else ()
        known: dict[str, Target] = {target.name: target for target in self._handlers}
        known |= {target.name: target for target, _ in others}
        await self._enter(list(known.values()))
        await self._setback.look(lambda name, attempts: _wait_after(known, name, attempts))
        audience = [*await targets.handler_audience(), *(audience for _, audience in others)]
        placed = await place(self._database, audience)
        for name in await claims.due(known.keys()):
            if name not in running and len(running) < MOST_AT_ONCE:
                running[name] = asyncio.create_task(self._serve(known[name]))
        return placed

    async def _enter(self, present: Sequence[Target]) -> None:
        new = [target for target in present if target.name not in self._entered]
        if not self._entered:
            await targets.retire(self._handlers, self._failed)
        if new:
            await targets.enter(new)
        self._entered |= {target.name for target in present}

    async def _rest(self, running: dict[str, asyncio.Task[int]], seconds: float) -> None:
        """Until something was delivered, the time is over, or there is a stop.

        A claim that got nothing ends no rest: what is due may wait for something earlier that another worker has.
        """
        end = time.monotonic() + seconds
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            while True:
                left = max(0.0, end - time.monotonic())
                await asyncio.wait({stopping, *running.values()}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                if _ended_with(running) or stopping.done() or time.monotonic() >= end:
                    return
        finally:
            stopping.cancel()

    async def _serve(self, target: Target) -> int:
        """Claim a batch for a target, make the deliveries, and write down what became of them."""
        lease = await claims.claim(self._database, target.name)
        if not lease.rows:
            return 0
        report = Report(lease, {}, set())
        try:
            async with claims.renewed(lease):
                await self._deliver(target, report)
        finally:
            await settled(self._settle(target, report))
        return len(lease.rows)

    async def _deliver(self, target: Target, report: Report) -> None:
        if target.parallel == 1:
            await self._sequence(target, report, report.lease.rows)
            return
        lanes: dict[str, list[Claimed]] = {}
        for row in report.lease.rows:
            lanes.setdefault(row.record, []).append(row)
        free = asyncio.Semaphore(target.parallel)

        async def lane(rows: Sequence[Claimed]) -> None:
            async with free:
                await self._sequence(target, report, rows)

        await asyncio.gather(*map(lane, lanes.values()))

    async def _sequence(self, target: Target, report: Report, rows: Sequence[Claimed]) -> None:
        """Deliver in this order; after a failure nothing more of that record, and nothing that others may have now."""
        failed: set[str] = set()
        for row in rows:
            if row.record in failed or self._stopping.is_set() or not report.lease.holds:
                continue
            report.begun.add(row.id)
            outcome = report.outcomes[row.id] = await _attempt(target, row)
            if outcome.failure:
                failed.add(row.record)

    async def _settle(self, target: Target, report: Report) -> None:
        lease = report.lease
        done, withheld = report.rows(lambda each: not each.failure and not each.withheld), report.rows(_is_withheld)
        failed = report.rows(lambda each: bool(each.failure))
        rest = [row for row in lease.rows if row.id not in report.outcomes]
        async with self._database.transaction(isolation="read committed"):
            await claims.finish(lease, done)
            await claims.finish(lease, withheld, WITHHELD)
            await claims.release(lease, [row for row in rest if row.id not in report.begun])
            await claims.release(lease, [row for row in rest if row.id in report.begun], begun=True)
            for row in failed:
                await _postpone(target, lease, row, report.outcomes[row.id])
            await health.note(target, report.outcomes.values(), len({row.record for row in failed}))


def _ended_with(running: dict[str, asyncio.Task[int]]) -> int:
    """How many deliveries those had claimed that have ended; they are forgotten."""
    claimed = 0
    for name, task in list(running.items()):
        if task.done():
            del running[name]
            if (error := task.exception()) is not None:
                logger.warning("events for %s wait: %s", name, error)
            else:
                claimed += task.result()
    return claimed


def _wait_after(known: Mapping[str, Target], name: str, attempts: int) -> timedelta | None:
    return known[name].wait_after(attempts) if name in known else None


async def _ended(tasks: Sequence["asyncio.Task[int]"]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


async def parked() -> int:
    """How many deliveries wait for an operator."""
    rows = await EventDelivery.raw("SELECT COUNT(*) AS times FROM event_delivery WHERE state = 'parked'")
    return int(rows[0]["times"])


def _is_withheld(outcome: Outcome) -> bool:
    return outcome.withheld


async def _attempt(target: Target, row: Claimed) -> Outcome:
    try:
        async with asyncio.timeout(target.seconds):
            return await target.deliver(row.event)
    except TimeoutError:
        failure = f"no end within {target.seconds:g} seconds"
        logger.warning("%s at event %s: %s", target.name, row.event.id, failure)
    except Exception as error:  # a handler may raise anything; other records and other targets go on
        logger.exception("%s failed at event %s", target.name, row.event.id)
        failure = f"{type(error).__name__}: {error}"
    return Outcome(failure=failure[:500])


async def _postpone(target: Target, lease: Lease, row: Claimed, outcome: Outcome) -> None:
    wait = target.wait_after(row.attempts)
    if wait is None:
        logger.error("event %s is parked for %s after %d attempts", row.event.id, target.name, row.attempts)
    elif outcome.pause is not None:
        wait = max(wait, outcome.pause)
    await claims.postpone(lease, row, outcome.failure, outcome.status, wait)


async def stopped(delivery: Delivery, task: "asyncio.Task[None]", seconds: float) -> None:
    """Let a running delivery finish what it has begun, for so long at most."""
    delivery.stop()
    done, _ = await asyncio.wait([task], timeout=seconds)
    if not done:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
