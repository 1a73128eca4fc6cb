"""The snapshot that decides: one for the process, replaced as a whole, and pinned for the length of a request."""

from contextvars import ContextVar

from gongzhi.core.errors import Unavailable
from gongzhi.core.permissions.snapshot import Snapshot
from gongzhi.core.within import Within

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


def pinned(snapshot: Snapshot | None = None) -> Within[Snapshot]:
    """Decide by one snapshot within the block, whatever is activated meanwhile. By default the current one."""
    return Within(_pinned, snapshot or current())
