"""Gives a server a clock that the suite sets, without touching the machine's: Python runs this file when it starts.

Its folder stands in PYTHONPATH, and `FAULTS_CLOCK` names a file with the seconds by which the clock is off. What the
system measures durations with (`time.monotonic`) is not touched, as it is not when a clock is set.
"""

import mmap
import os
import struct
import time
from contextvars import ContextVar
from datetime import UTC, datetime

if "FAULTS_CLOCK" in os.environ:
    from gongzhi.core import clock

    with open(os.environ["FAULTS_CLOCK"], "rb") as _file:
        _shared = mmap.mmap(_file.fileno(), 8, access=mmap.ACCESS_READ)
    _time, _time_ns = time.time, time.time_ns

    def _off() -> float:
        (seconds,) = struct.unpack_from("<d", _shared)
        return float(seconds)

    def _now() -> datetime:
        return datetime.fromtimestamp(time.time(), UTC)

    time.time = lambda: _time() + _off()
    time.time_ns = lambda: _time_ns() + int(_off() * 1e9)
    clock._clock = ContextVar("gongzhi_clock", default=_now)
