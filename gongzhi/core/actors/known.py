"""Callers who were here a moment ago: their account and posts, kept in memory without outliving a change of them.

Whatever changes the tables `RIGHTS` is counted in `rights_change`, within the same transaction. What is kept is used
only while that count was read, and found the same, less than `TRUSTED_SECONDS` ago; otherwise the next request reads it
first. So a change is effective

- for the next request in the process that made it: its own writes are noticed when they are committed;
- everywhere else within `TRUSTED_SECONDS`, also where it was made with SQL by hand. A database that does not answer
  prolongs nothing: without the count nobody is recognised.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import date

import msgspec

from gongzhi.core import clock
from gongzhi.core.actors import accounts, memberships
from gongzhi.core.actors.callers import principal_of
from gongzhi.core.actors.records import Account, ActiveMembership
from gongzhi.core.actors.tables import RIGHTS, RightsChange
from gongzhi.core.db import changes
from gongzhi.core.permissions import Principal

TRUSTED_SECONDS = 0.9
KEPT = 5_000
"""Callers; of more, those who were here last."""

_TABLES = tuple(table._meta.tablename for table in RIGHTS)
_COUNT = "SELECT CAST(COALESCE(SUM(changes), 0) AS BIGINT) AS changes FROM rights_change"


class Caller(msgspec.Struct, frozen=True, eq=False):
    """An account with the posts that it holds on a day."""

    account: Account
    held: tuple[ActiveMembership, ...]
    day: date
    _principals: dict[str | None, Principal] = msgspec.field(default_factory=dict)

    def principal(self, acting_for: str | None, source: str | None) -> Principal:
        """Who decisions are about; see `principal_of`. From one address to the next only `source` is another."""
        found = self._principals.get(acting_for)
        if found is None:
            found = self._principals[acting_for] = principal_of(self.account, self.held, acting_for)
        return Principal(found.account_id, found.account_code, found.bindings, found.acting_for, source)


async def count_changes() -> int:
    """The sum of all changes of rights: it grows with every transaction that changes any. One statement."""
    rows = await RightsChange.raw(_COUNT)
    return int(rows[0]["changes"])


class _Sighting(msgspec.Struct, frozen=True):
    """When the count was asked for, with all that this process knew of changes at that moment."""

    since: float
    stamp: tuple[int, int]


class KnownCallers:
    """The callers of one process. Belongs to the event loop that asks it."""

    def __init__(self, counted: Callable[[], Awaitable[int]] = count_changes) -> None:
        self._counted = counted
        self._callers: OrderedDict[tuple[str, str], Caller] = OrderedDict()
        self._changes: int | None = None
        self._seen = _Sighting(float("-inf"), (0, 0))
        self._asking: tuple[tuple[int, int], asyncio.Task[None]] | None = None
        self._generation = 0

    async def find(self, issuer: str, subject: str, heard: int = 0) -> Caller | None:
        """Who signs in as `subject` of `issuer`, with today's posts, or None where nobody does.

        `heard` grows when word came from elsewhere that rights may have changed: then they are looked at again now.
        """
        stamp = (changes.count(_TABLES), heard)
        if self._seen.stamp != stamp or time.monotonic() - self._seen.since >= TRUSTED_SECONDS:
            await self._look(stamp)
        key, day = (issuer, subject), clock.today()
        found = self._callers.get(key)
        if found is None or found.day != day:
            return await self._load(key, day)
        self._callers.move_to_end(key)
        return found

    async def _look(self, stamp: tuple[int, int]) -> None:
        """Read the count, once for all who wait for it and know as much."""
        if self._asking is None or self._asking[1].done() or self._asking[0] != stamp:
            task = asyncio.create_task(self._read(stamp))
            task.add_done_callback(_heard)
            self._asking = (stamp, task)
        await asyncio.shield(self._asking[1])

    async def _read(self, stamp: tuple[int, int]) -> None:
        since = time.monotonic()
        found = await self._counted()
        if since < self._seen.since:
            return  # a later look has been answered already
        if found != self._changes:
            self._callers.clear()
            self._generation += 1
            self._changes = found
        self._seen = _Sighting(since, stamp)

    async def _load(self, key: tuple[str, str], day: date) -> Caller | None:
        generation = self._generation
        account = await accounts.find_identity(*key)
        if account is None:
            return None
        found = Caller(account, tuple(await memberships.active_bindings(account.id, day)), day)
        if generation == self._generation:  # else something changed while it was read
            self._callers[key] = found
            if len(self._callers) > KEPT:
                self._callers.popitem(last=False)
        return found


def _heard(task: asyncio.Task[None]) -> None:
    """Take note of a failure that nobody waits for any more; those who do are told."""
    if not task.cancelled():
        task.exception()
