"""Letting go of a large policy without stopping the process.

Python frees what nobody refers to any more at once and in one go. For a policy of 100,000 rules that takes longer than
a request may wait. So a policy that is given up leaves its parts here, and a thread frees them a few at a time.
"""

import gc
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PORTION = 1_000
"""Objects that are freed at once: about half a millisecond."""
PAUSE_SECONDS = 0.002
SMALL = 10_000
"""Parts of fewer objects are freed where they stand."""

_waiting: list[list[Any]] = []
_lock = threading.Lock()
_working = False


def retire(parts: list[Any]) -> None:
    """Take over the last references to these objects, and free them little by little."""
    global _working  # one thread for the process, which ends when nothing is left
    if len(parts) < SMALL:
        return
    with _lock:
        _waiting.append(parts)
        if _working:
            return
        _working = True
    threading.Thread(target=_work, name="policy-retiring", daemon=True).start()


def _work() -> None:
    global _working  # see `retire`
    while True:
        with _lock:
            if not _waiting:
                _working = False
                return
            parts = _waiting.pop()
        while parts:
            del parts[-PORTION:]
            time.sleep(PAUSE_SECONDS)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep Python's cycle collector from walking a policy while it grows, and from walking it ever again.

    What is made meanwhile is reference-counted like everything; a policy has no cycles to collect.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
