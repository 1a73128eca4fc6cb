"""Putting a backup back: checked first, in one step, and what was there is kept."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from gongzhi.core import clock
from gongzhi.core.backup import files
from gongzhi.core.backup.files import Contents
from gongzhi.core.db import connect
from gongzhi.core.errors import Conflict, GongzhiError, Unavailable
from gongzhi.core.migrations import App, migrate, require_current, unknown


class Restored(msgspec.Struct, frozen=True):
    """What was put back, what became of the database that was there, and what was migrated."""

    contents: Contents
    kept: Path | None
    applied: tuple[str, ...]


async def restore(backup: Path, database: Path, apps: Sequence[App]) -> Restored:
    """Let a backup be the database, whose path is absolute and which nobody may have open.

    It is brought up to date before it takes the place.

    :raises Conflict: somebody has the database open.
    :raises Unavailable: the file is no backup, is damaged, or is of a newer version of gongzhi.
    """
    with _alone(database):
        with files.replacing(database) as part:
            with files.opened(backup) as source, files.opened(part, "rw") as copy:
                files.check(source, str(backup))
                contents = files.contents(source)
                if not contents.migrations:
                    raise Unavailable(f"{backup} is no backup of gongzhi: it has no record of migrations.")
                source.backup(copy)
            applied = await _brought_up_to_date(part, apps)
            kept = _keep(database)
        return Restored(contents, kept, tuple(applied))


async def _brought_up_to_date(part: Path, apps: Sequence[App]) -> list[str]:
    async with connect(f"sqlite:////{str(part).lstrip(os.sep)}", pool_size=1) as opened:
        newer = await unknown(opened, apps)
        if newer:
            raise Unavailable(
                f"The backup is of a newer version ({', '.join(newer)}); install that version of gongzhi, then restore."
            )
        applied = await migrate(opened, apps)
        await require_current(opened, apps)
    with files.opened(part, "rw") as copy:
        copy.execute("PRAGMA journal_mode = DELETE")
        files.check(copy, "The restored database")
    return applied


@contextlib.contextmanager
def _alone(database: Path) -> Iterator[None]:
    """Hold the database that is there, so that nobody opens it meanwhile.

    Whoever has it open with a write-ahead log keeps it from being switched to another journal. One that is damaged
    cannot be held, and is what a backup is for.
    """
    with contextlib.ExitStack() as stack:
        if database.exists():
            try:
                held = stack.enter_context(files.opened(database, "rw"))
                _hold(held)
            except Conflict as error:
                raise Conflict(f"{database} is in use; stop `gongzhi serve` and `gongzhi worker` first.") from error
            except Unavailable:
                stack.close()
        yield


def _hold(held: sqlite3.Connection) -> None:
    try:
        held.execute("PRAGMA journal_mode = DELETE")
        held.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError as error:
        coded: GongzhiError = _coded(error)
        raise coded from error


def _coded(error: sqlite3.DatabaseError) -> GongzhiError:
    busy = getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return Conflict("it is in use") if busy else Unavailable("it is damaged")


def _keep(database: Path) -> Path | None:
    """A second name for the file that is there, and for what is left of its log: it is never without one of them."""
    if not database.exists():
        return None
    stamp = clock.now().strftime("%Y%m%dT%H%M%S%fZ")
    kept = database.with_name(f"{database.name}.before-restore-{stamp}")
    os.link(database, kept)
    for suffix in ("-wal", "-shm"):
        beside = database.with_name(database.name + suffix)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + suffix))
    return kept
