"""The snapshot that decides: one for the process, replaced as a whole, and pinned for the length of a request."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from gongzhi.core.errors import Unavailable
from gongzhi.core.permissions.snapshot import Snapshot

_pinned: ContextVar[Snapshot | None] = ContextVar("gongzhi_policy", default=None)
_active: list[Snapshot] = []
"""At most one element. A list, so that replacing it is one assignment that readers in other threads see whole."""


def activate(snapshot: Snapshot) -> None:
    """Let every request that begins from now on be decided by `snapshot`."""
    _active[:] = [snapshot]


def current() -> Snapshot:
    """The snapshot of this request, else the active one; Unavailable when no policy was loaded: nothing is decided."""
    if (pinned := _pinned.get()) is not None:
        return pinned
    if not _active:
        raise Unavailable("No policy is loaded yet.")
    return _active[0]


@contextmanager
def pinned(snapshot: Snapshot | None = None) -> Iterator[Snapshot]:
    """Decide by one snapshot within the block, whatever is activated meanwhile. By default the current one."""
    chosen = snapshot or current()
    token = _pinned.set(chosen)
    try:
        yield chosen
    finally:
        _pinned.reset(token)
