"""Which mutations of an operation are committed: what fails afterwards must not sound as if nothing had happened."""

from contextvars import ContextVar
from typing import Any

from gongzhi.core.errors import GongzhiError, Limited, Unavailable
from gongzhi.core.within import Within

DONE = {"outcome": "done"}
_FAILURES = ("UNAVAILABLE", "INTERNAL", "LIMITED")
_done: ContextVar[set[str] | None] = ContextVar("gongzhi_committed", default=None)


def following_outcomes() -> Within[set[str]]:
    """The names, in the answer, of the mutations that are committed within the block; they come by and by."""
    return Within(_done, set())


def committed(name: str) -> None:
    """The mutation of this name in the answer took effect."""
    done = _done.get()
    if done is not None:
        done.add(name)


def told(errors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same errors; those that only kept a committed mutation's answer from being read say `outcome: done`."""
    done = _done.get() or set()
    for error in errors:
        if error.get("path", [None])[0] in done and error["extensions"]["code"] in _FAILURES:
            error["extensions"].setdefault("outcome", "done")
    return errors


def not_logged(error: GongzhiError) -> GongzhiError:
    """What to raise where confidential records were read and that cannot be logged, for an operation that changed."""
    if not _done.get():
        return error
    return Unavailable("The change took effect; what it answers is confidential and cannot be logged.", details=DONE)


def too_slow(seconds: float, *, changing: bool) -> Limited:
    """A request took longer than it may; it was stopped wherever it was."""
    message = f"The request took longer than {seconds} s."
    if not changing:
        return Limited(f"{message} Ask for less at once.", limit="request_timeout_seconds", value=seconds)
    message += " Look whether a change took effect before you repeat it."
    error = Limited(message, limit="request_timeout_seconds", value=seconds)
    error.details = {**error.details, "outcome": "unknown"}
    return error
