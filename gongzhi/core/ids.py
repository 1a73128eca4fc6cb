"""Identifiers: UUID version 7, ordered by time of creation, so that an index on them grows at one end."""

import threading
import time
from datetime import datetime
from uuid import UUID

from gongzhi.core import chance

_RANDOM_BITS = 74
_STEP_BITS = 32
_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A new id: 48 bits of Unix milliseconds, 12 of their fraction, then random bits (RFC 9562, section 5.7).

    In one process each is greater than the one before, at the same moment and after the clock was set back too (section
    6.2, method 2), so that the order of ids is the order of entry. Between the processes of one machine it is so as
    well, down to a quarter of a microsecond (method 3).
    """
    global _last
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fresh = milliseconds << _RANDOM_BITS | (rest << 12) // 1_000_000 << _RANDOM_BITS - 12
    fresh |= chance.bits(_RANDOM_BITS - 12)
    with _lock:
        _last = fresh if fresh > _last else _last + 1 + chance.bits(_STEP_BITS)
        value = _last
    head, rest = value >> _RANDOM_BITS, value & ((1 << _RANDOM_BITS) - 1)
    return UUID(int=head << 80 | 0x7 << 76 | (rest >> 62) << 64 | 0b10 << 62 | rest & ((1 << 62) - 1))


def uuid7_at(moment: datetime) -> UUID:
    """The smallest id of a moment: every id that is made from then on is greater."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0b10 << 62)
