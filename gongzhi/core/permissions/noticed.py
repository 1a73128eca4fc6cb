"""The denials of one request, gathered while it runs and written to the decision log after it.

Deciding is synchronous and touches no database, and a refused change rolls its transaction back; so denials are written
afterwards, in a transaction of their own. Grants on which something is changed are written with the change.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gongzhi.core.permissions.decision import Decision

MOST = 50
"""Denials of one request that are kept: a list of guarded fields denies each of them for the same reason."""

_denials: ContextVar[list["Decision"] | None] = ContextVar("gongzhi_denials", default=None)


@contextmanager
def gathering() -> Iterator[list["Decision"]]:
    """Gather the denials within the block, in this task and those that it starts."""
    found: list[Decision] = []
    token = _denials.set(found)
    try:
        yield found
    finally:
        _denials.reset(token)


def notice(decision: "Decision") -> None:
    """Remember a denial, once for each thing that was asked."""
    found = _denials.get()
    if found is None or len(found) >= MOST:
        return
    asked = (decision.action, decision.resource, decision.path)
    if not any((each.action, each.resource, each.path) == asked for each in found):
        found.append(decision)
