"""Random bytes of the operating system, fetched in larger pieces: asking for each salt and id takes longer than both.

What was given out is forgotten, and a forked process begins anew, so that nobody is given the same bytes twice.
"""

import os
import threading

_PIECE = 2048


class _Source:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.renew()

    def renew(self) -> None:
        """Forget what is left."""
        self._left = b""

    def take(self, size: int) -> bytes:
        with self._lock:
            if len(self._left) < size:
                self._left = os.urandom(max(size, _PIECE))
            given, self._left = self._left[:size], self._left[size:]
        return given


_source = _Source()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_source.renew)


def bits(count: int) -> int:
    """A number of so many random bits."""
    size = (count + 7) // 8
    return int.from_bytes(_source.take(size), "big") >> (8 * size - count)


def hexadecimal(size: int) -> str:
    """So many random bytes, as twice as many digits."""
    return _source.take(size).hex()
