"""Pruning removes the beginning of the chain when it is old enough, and the rest still holds."""

from datetime import UTC, datetime, timedelta

import pytest

from gongzhi.core import clock
from gongzhi.core.audit import retention
from gongzhi.core.audit.export import exported, verify_file
from gongzhi.core.audit.retention import prune
from gongzhi.core.audit.sealing import Sealer
from gongzhi.core.audit.stored import verify
from gongzhi.core.audit.tables import AuditCheckpoint, AuditEntry, AuditSeal
from gongzhi.core.db import Database
from gongzhi.core.errors import Conflict, Forbidden
from gongzhi.core.permissions import SYSTEM, pinned
from gongzhi.core.permissions.tables import DecisionEntry
from tests.core.audit.chain import ADMIN, sealed
from tests.core.places import shipped_policy

LONG_AGO = datetime(2020, 3, 2, 4, tzinfo=UTC)
KEEP = timedelta(days=365)


async def history(database: Database) -> None:
    """Twenty lines of 2020, in two years' time fifteen more; all of them older than 180 days."""
    for year, count in ((0, 20), (2, 15)):
        with clock.frozen(LONG_AGO + timedelta(days=366 * year)):
            await sealed(database, count)


async def kept() -> int:
    return await AuditEntry.count() + await DecisionEntry.count()


async def test_what_is_left_is_sound(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "STEP", 7)
    await history(database)
    noted = (await verify()).head
    with pinned(shipped_policy()), clock.frozen(LONG_AGO + timedelta(days=500)):
        pruned = await prune(SYSTEM, database, KEEP)
        assert pruned is not None
        assert (pruned.lines, pruned.until.sequence) == (20, 20)
        assert await prune(SYSTEM, database, KEEP) is None
    assert await kept() == 15 + 1
    assert await Sealer(database).seal_all() == 1
    report = await verify([noted])
    assert (report.sound, report.first, report.lines, report.warnings) == (True, 21, 16, [])
    assert report.checkpoint == pruned.until
    assert [each.kind for each in (await verify([pruned.until])).warnings] == []
    (line,) = await AuditEntry.select().where(AuditEntry.action == "prune")
    assert line["record"] == "AuditLog:20"
    assert verify_file([line async for line in exported()]).first == 21


async def test_everything_may_be_old_enough(database: Database) -> None:
    await history(database)
    with pinned(shipped_policy()):
        pruned = await prune(SYSTEM, database, KEEP)
    assert pruned is not None
    assert (pruned.lines, await kept()) == (35, 1)
    await Sealer(database).seal_all()
    report = await verify()
    assert (report.sound, report.first, report.head.sequence) == (True, 36, 36)


async def test_one_that_was_stopped_goes_on(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await history(database)
    with pinned(shipped_policy()):
        with monkeypatch.context() as patched:
            patched.setattr(retention, "_remove", _stopped)
            with pytest.raises(RuntimeError):
                await prune(SYSTEM, database, KEEP)
        assert await kept() == 36
        assert (await verify()).sound
        pruned = await prune(SYSTEM, database, KEEP)
    assert pruned is not None
    assert (pruned.lines, await kept()) == (35, 1)
    assert await AuditCheckpoint.count() == 1


async def _stopped(database: Database, until: int) -> int:
    raise RuntimeError


async def test_the_database_refuses_what_is_younger_than_180_days(database: Database) -> None:
    with clock.frozen(datetime.now(UTC) - timedelta(days=179)):
        await sealed(database, 9)
    with pinned(shipped_policy()), pytest.raises(Conflict, match="does not allow this kind of change"):
        await prune(SYSTEM, database, timedelta(days=1))
    assert (await kept(), await AuditSeal.count()) == (9, 9)


async def test_nobody_prunes_over_the_api(database: Database) -> None:
    await history(database)
    with pinned(shipped_policy()), pytest.raises(Forbidden):
        await prune(ADMIN, database, KEEP)
    assert await kept() == 35
