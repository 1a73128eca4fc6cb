"""SQLite files as backups handle them: opened, looked through, and replaced as a whole or not at all."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import msgspec

from gongzhi.core.db import failures
from gongzhi.core.errors import Invalid, Unavailable

OWNER_ONLY = 0o600
_BUSY_SECONDS = 5.0
_MOST_SHOWN = 3


class Contents(msgspec.Struct, frozen=True):
    """What is in a database: rows and their SHA-256 by table, its migrations, and the catalogue's revision."""

    rows: dict[str, int]
    digests: dict[str, str]
    migrations: tuple[tuple[str, str], ...]
    revision: int

    @property
    def digest(self) -> str:
        """One SHA-256 for all rows."""
        return hashlib.sha256(msgspec.json.encode(sorted(self.digests.items()))).hexdigest()


@contextmanager
def opened(path: Path, mode: str = "ro") -> Iterator[sqlite3.Connection]:
    """A connection to an existing file; `mode` is SQLite's, `ro` or `rw`.

    :raises Unavailable: it cannot be opened, is no database, is damaged or has no space left.
    """
    address = f"file:{quote(str(path.resolve()))}?mode={mode}"
    try:
        with closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=_BUSY_SECONDS)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise failures.coded(error, _BUSY_SECONDS) from error


def check(connection: sqlite3.Connection, name: str) -> None:
    """:raises Unavailable: SQLite finds damage in it, or rows that refer to none."""
    found = [row[0] for row in connection.execute("PRAGMA integrity_check(10)")]
    if found != ["ok"]:
        raise Unavailable(f"{name} is damaged ({'; '.join(found[:_MOST_SHOWN])}); use another backup.")
    orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    if orphans:
        tables = ", ".join(sorted({row[0] for row in orphans}))
        raise Unavailable(f"{name} has {len(orphans)} rows that refer to none, in {tables}; use another backup.")


def contents(connection: sqlite3.Connection) -> Contents:
    """Look through all rows. Within a transaction they are those of one moment."""
    names = [
        row[0]
        for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
    ]
    rows: dict[str, int] = {}
    digests: dict[str, str] = {}
    for name in names:
        rows[name], digests[name] = _looked_through(connection, name)
    applied = connection.execute("SELECT app_name, name FROM migration ORDER BY 1, 2") if "migration" in rows else ()
    counted = "SELECT value FROM revision WHERE name = 'catalogue'"
    found = connection.execute(counted).fetchone() if "revision" in rows else None
    return Contents(rows, digests, tuple((row[0], row[1]) for row in applied), int(found[0]) if found else 0)


def _looked_through(connection: sqlite3.Connection, table: str) -> tuple[int, str]:
    digest, count = hashlib.sha256(), 0
    quoted = table.replace('"', '""')
    for row in connection.execute(f'SELECT * FROM "{quoted}" ORDER BY rowid'):  # noqa: S608  # a table's own name
        digest.update(repr(row).encode())
        count += 1
    return count, digest.hexdigest()


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A new empty file beside `target`, for its owner alone, which takes its place at the end of the block.

    Whatever happens, `target` is the old file or the complete new one, on the disk and not only in its cache.

    :raises Invalid: the folder is not there.
    """
    if not target.parent.is_dir():
        raise Invalid.at("file", f"there is no folder {target.parent}", "create it, or name a file in another one")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
    try:
        yield part
        _to_disk(part)
        part.replace(target)
        _to_disk(target.parent)
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            part.with_name(part.name + suffix).unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
