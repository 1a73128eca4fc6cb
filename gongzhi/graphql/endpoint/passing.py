"""What surrounds every operation while it is answered: one policy, one batch, a log of denials, and a limit of time."""

import logging
from types import TracebackType

from gongzhi.core.actors import accounts
from gongzhi.core.audit import decisions
from gongzhi.core.batching import batching
from gongzhi.core.errors import GongzhiError
from gongzhi.core.permissions import Noticed, gathering, pinned
from gongzhi.edge.deadlines import Deadline, Deadlines
from gongzhi.graphql.context import Services
from gongzhi.graphql.outcome import following_outcomes, not_logged, too_slow

logger = logging.getLogger("gongzhi.graphql")


class Noticing:
    """One block in which operations are answered; see `Answering.noticing`."""

    __slots__ = ("_around", "_noticed", "_services")

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __aenter__(self) -> None:
        gathered = gathering()
        self._around = (pinned(), batching(), following_outcomes(), gathered)
        for each in self._around[:3]:
            each.__enter__()
        self._noticed = gathered.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._noticed.denials:
                await self._log_denials(self._noticed)
            if self._noticed.reads and kind is None:
                await self._log_reads(self._noticed)
        finally:
            for each in reversed(self._around):
                each.__exit__(kind, error, trace)

    async def _log_reads(self, noticed: Noticed) -> None:
        try:
            async with self._services.database.transaction():
                await decisions.write_reads(noticed.reads)
        except GongzhiError as error:
            raise not_logged(error) from error

    async def _log_denials(self, noticed: Noticed) -> None:
        """What was denied stands in the decision log; that it cannot be written changes no answer."""
        try:
            async with self._services.database.transaction():
                await decisions.write(noticed.denials, nowhere=await accounts.home())
        except GongzhiError as error:
            logger.error("%d denials are not in the decision log: %s", len(noticed.denials), error.message)


class InTime:
    """One block that takes no longer than a request may; see `Answering.in_time`."""

    __slots__ = ("_changing", "_deadline", "_seconds")

    def __init__(self, deadlines: Deadlines, *, changing: bool) -> None:
        self._seconds = deadlines.seconds
        self._deadline = Deadline(deadlines)
        self._changing = changing

    async def __aenter__(self) -> None:
        await self._deadline.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._deadline.__aexit__(kind, error, trace)
        except TimeoutError as late:
            error = late
        if isinstance(error, TimeoutError):
            raise too_slow(self._seconds, changing=self._changing) from None
