"""Removing keys whose time is over, a few at a time, so that nobody waits for it."""

import asyncio
import logging

from gongzhi.core import clock
from gongzhi.core.db import Database
from gongzhi.core.errors import GongzhiError
from gongzhi.core.idempotency.tables import IdempotencyKey

logger = logging.getLogger("gongzhi.idempotency")

BATCH = 200
POLL_SECONDS = 60.0
_PAUSE_SECONDS = 0.1
"""Between two batches: what others want to write comes first."""
_REMOVE = """
DELETE FROM idempotency_key WHERE id IN (
    SELECT id FROM idempotency_key WHERE expires_at <= {} ORDER BY expires_at LIMIT {} """
_LOCKED = "FOR UPDATE SKIP LOCKED"
_ANSWER = ") RETURNING id"


class Expiry:
    """Watches the keys of one database. Any number of workers may."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self) -> None:
        """Remove until cancelled; while the database is away nothing is removed, and nothing is lost by it."""
        well = True
        while True:
            removed = 0
            try:
                removed = await self.remove_due()
                well = True
            except GongzhiError as error:
                if well:
                    logger.warning("expired idempotency keys wait: %s", error.message)
                well = False
            await asyncio.sleep(_PAUSE_SECONDS if removed == BATCH else POLL_SECONDS)

    async def remove_due(self) -> int:
        """Remove a batch; answers how many there were."""
        lock = _LOCKED if self._database.dialect == "postgresql" else ""
        async with self._database.transaction(isolation="read committed"):
            return len(await IdempotencyKey.raw(f"{_REMOVE}{lock}{_ANSWER}", clock.now(), BATCH))
