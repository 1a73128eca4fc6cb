"""What a driver's error means to a caller: the one place that reads SQLSTATEs and SQLite's result codes.

No message carries a driver's text, which may quote values; the driver's error stays reachable as `__cause__`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from gongzhi.core.errors import Conflict, GongzhiError, Internal, Invalid, Limited, Unavailable

DRIVER_ERRORS = (
    sqlite3.Error,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    OverflowError,
    UnicodeEncodeError,
)
"""All that a driver raises. A connection that is refused, reset or too slow is an OSError, one that the server ends
between the two halves of a statement an InternalClientError; the last two are values that no column can hold."""

_STATES = {
    "23505": "unique",
    "23503": "foreign_key",
    "23514": "check",
    "23P01": "exclusion",
    "23000": "trigger",
    "23001": "trigger",
    "P0001": "trigger",
    "40001": "retry",
    "40P01": "retry",
    "55P03": "retry",
    "57014": "timeout",
    "53100": "full",
    "25006": "gone",
    "25P03": "gone",
    "25P02": "aborted",
    "3D000": "missing",
}
_STATE_CLASSES = {"08": "gone", "53": "gone", "57": "gone", "58": "gone", "28": "denied", "22": "value"}

_SQLITE_CODES = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: "unique",
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: "unique",
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: "foreign_key",
    sqlite3.SQLITE_CONSTRAINT_CHECK: "check",
    sqlite3.SQLITE_CONSTRAINT_TRIGGER: "trigger",
}
_SQLITE_PRIMARY_CODES = {
    sqlite3.SQLITE_BUSY: "retry",
    sqlite3.SQLITE_LOCKED: "retry",
    sqlite3.SQLITE_INTERRUPT: "timeout",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_TOOBIG: "value",
    sqlite3.SQLITE_IOERR: "gone",
    sqlite3.SQLITE_CANTOPEN: "closed",
    sqlite3.SQLITE_READONLY: "closed",
    sqlite3.SQLITE_PERM: "closed",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
}

_CONFLICTS = {
    "unique": "Another record has this value already; choose another value or change that record.",
    "foreign_key": "The record refers to one that does not exist, or others still refer to it.",
    "check": "The value breaks a rule of the table; correct it and send it again.",
    "exclusion": "The record overlaps with another; choose a free period or place.",
    "trigger": "The database does not allow this kind of change to these records.",
}
_UNAVAILABLE = {
    "gone": "The database does not answer; try again in a moment.",
    "full": "The database has no space left; nothing was saved. Free some space and try again.",
    "closed": "The database file cannot be opened or written; create its folder and check who may write there.",
    "damaged": "The database file is damaged, or no database at all; restore a backup.",
    "denied": "The database refused our name or password; correct the database setting.",
    "missing": "The server has no database of that name; create it, or correct the database setting.",
}


def _kind(error: Exception) -> str:
    """One word for what happened, the same for both engines."""
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        return _STATES.get(state) or _STATE_CLASSES.get(state[:2], "defect")
    if isinstance(error, sqlite3.Error):
        code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        return _SQLITE_CODES.get(code) or _SQLITE_PRIMARY_CODES.get(code & 0xFF, "defect")
    if isinstance(error, ValueError | OverflowError):  # asyncpg's DataError is a ValueError too
        return "value"
    return "gone"


def _constraint(error: Exception) -> str | None:
    """The constraint's name, or on SQLite its columns, as far as the driver says."""
    if isinstance(error, asyncpg.PostgresError):
        return getattr(error, "constraint_name", None)
    kind, separator, subject = str(error).partition(" constraint failed: ")
    return subject if separator and kind in ("UNIQUE", "CHECK") else None


def coded(error: Exception, statement_timeout: float) -> GongzhiError:
    """The error to raise for a driver's; `statement_timeout` is the one that was in force, in seconds."""
    kind = _kind(error)
    if kind in _CONFLICTS:
        constraint = _constraint(error)
        return Conflict(_CONFLICTS[kind], details={"kind": kind} | ({"constraint": constraint} if constraint else {}))
    if kind in _UNAVAILABLE:
        return Unavailable(_UNAVAILABLE[kind])
    if kind == "retry":
        return Conflict(
            "Somebody else is changing the same records at this moment; send it again.", details={"retryable": True}
        )
    if kind == "timeout":
        return Limited(
            f"The database stopped a statement after {statement_timeout:g} s; ask for less at once.",
            limit="statement_timeout",
            value=statement_timeout,
        )
    if kind == "value":
        return Invalid("A value is too large or too long for its column, or holds characters that text cannot have.")
    if kind == "aborted":
        return after_failure()
    return Internal("The database refused a statement of ours.")


@contextmanager
def translated(statement_timeout: float) -> Iterator[None]:
    """Raise the coded error for whatever a driver raises within the block, which must hold driver calls only."""
    try:
        yield
    except DRIVER_ERRORS as error:
        raise coded(error, statement_timeout) from error


def is_retryable(error: GongzhiError) -> bool:
    """Whether the same transaction, run again from its start, may succeed."""
    return isinstance(error, Conflict) and error.details.get("retryable") is True


def leads_elsewhere(error: Exception) -> bool:
    """Whether a connection leads to a server that takes no changes: after a failover a new one may lead to another."""
    return isinstance(error, asyncpg.PostgresError) and error.sqlstate == "25006"


def busy(pool_wait: float) -> Unavailable:
    """No connection became free in time."""
    return Unavailable(
        f"No database connection became free within {pool_wait:g} s; try again in a moment.",
        details={"limit": "pool_wait", "value": pool_wait},
    )


def not_open() -> Unavailable:
    """The database was not opened, or is closed."""
    return Unavailable("The database is not open; call `await database.open()` first.")


def moved() -> Unavailable:
    """SQLite's file is not where it was opened."""
    return Unavailable(
        "The database file was moved, deleted or replaced while it is in use; put it back, or restart with the new one."
    )


def after_failure() -> Internal:
    """The transaction goes on after a statement of it failed."""
    return Internal(
        "An earlier statement of this transaction failed and was ignored, so nothing of it can be kept; "
        "let the error through, or put that statement into `database.savepoint()`."
    )


def after_end() -> Internal:
    """A task outlived the transaction that it was started in."""
    return Internal(
        "The transaction that this task was started in is over; await the task inside it, or start it "
        "with `database.after_commit`."
    )


def refuses(error: Exception) -> bool:
    """Whether an error in answer to COMMIT says for certain that nothing was committed.

    A server that ends our connection (57P01, 57P02) may have committed before: its word is FATAL then, not ERROR.
    SQLite tells of an input or output error also when it had written everything and only could not make it durable.
    """
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_IOERR
    return isinstance(error, asyncpg.PostgresError) and getattr(error, "severity_en", "") == "ERROR"


def unknown_outcome() -> Unavailable:
    """The connection broke between COMMIT and its answer."""
    return Unavailable(
        "The database connection was lost while saving; look whether the change took effect before you repeat it.",
        details={"outcome": "unknown"},
    )
