"""Counts of one process, in windows that begin with the first request and end by the clock that nobody sets.

The storage of `limits` goes by the time of day: once the clock is set back, who has used up a rate waits for hours.
"""

import time
from dataclasses import dataclass


@dataclass(slots=True)
class Window:
    """What was counted, and when it ends, in seconds of `time.monotonic`."""

    count: int
    ends: float


class Windows:
    """One for each key; those that have ended are forgotten once in a window's time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._known: dict[str, Window] = {}
        self._swept = time.monotonic()

    def __len__(self) -> int:
        return len(self._known)

    def add(self, key: str, amount: int) -> tuple[int, float]:
        """Count more; answers the count, and the seconds until it is nothing again."""
        now = time.monotonic()
        if now - self._swept >= self._seconds:
            self._sweep(now)
        window = self._known.get(key)
        if window is None or window.ends <= now:
            window = self._known[key] = Window(0, now + self._seconds)
        window.count += amount
        return window.count, window.ends - now

    def _sweep(self, now: float) -> None:
        self._swept = now
        self._known = {key: window for key, window in self._known.items() if window.ends > now}
