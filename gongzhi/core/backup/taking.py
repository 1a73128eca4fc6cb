"""Taking a backup while others write: a copy of one moment, looked through before it counts."""

import sqlite3
from datetime import datetime
from pathlib import Path

import msgspec

from gongzhi.core import clock
from gongzhi.core.backup import files
from gongzhi.core.backup.files import Contents
from gongzhi.core.errors import Conflict, Invalid, Unavailable


class Taken(msgspec.Struct, frozen=True):
    """A backup that was taken: where, when, how large in bytes, and what is in it."""

    file: str
    at: datetime
    size: int
    digest: str
    revision: int
    migrations: int
    rows: int


def take(database: Path, target: Path, *, force: bool = False) -> Taken:
    """Copy a database to a file. Writers go on meanwhile: the copy has what was committed when it began.

    :raises Conflict: there is such a file already, and `force` is not set.
    :raises Invalid: `target` is the database itself, or its folder is not there.
    :raises Unavailable: the database cannot be read, or the copy is not what was to be copied.
    """
    if target.exists() and not force:
        raise Conflict(f"{target} is there already; choose another name, or replace it with --force.")
    if target.exists() and target.samefile(database):
        raise Invalid.at("file", "this is the database itself", "name another file")
    begun = clock.now()
    with files.replacing(target) as part:
        with files.opened(database) as source, files.opened(part, "rw") as copy:
            expected = _copied(source, copy)
        with files.opened(part) as copy:
            files.check(copy, "The copy")
            found = files.contents(copy)
        if found != expected:
            raise Unavailable("The copy has other rows than the database had; check the disk, then try again.")
    taken = Taken(
        file=str(target.resolve()),
        at=begun,
        size=target.stat().st_size,
        digest=found.digest,
        revision=found.revision,
        migrations=len(found.migrations),
        rows=sum(found.rows.values()),
    )
    _remember(database, taken)
    return taken


def _copied(source: sqlite3.Connection, copy: sqlite3.Connection) -> Contents:
    """Copy in one step within one reading transaction: a copy in several begins anew whenever somebody writes."""
    source.execute("BEGIN")
    expected = files.contents(source)
    source.backup(copy)
    source.execute("ROLLBACK")
    copy.execute("PRAGMA journal_mode = DELETE")  # one file, and nothing beside it
    return expected


def record_of(database: Path) -> Path:
    """Where it stands which backup was the last."""
    return database.with_name(f"{database.name}.last-backup.json")


def _remember(database: Path, taken: Taken) -> None:
    with files.replacing(record_of(database)) as part:
        part.write_bytes(msgspec.json.encode(taken))


def last_of(database: Path) -> Taken | None:
    """The last backup that was taken of a database from here; None where there is none, or no readable record."""
    try:
        return msgspec.json.decode(record_of(database).read_bytes(), type=Taken)
    except (OSError, msgspec.MsgspecError):
        return None
