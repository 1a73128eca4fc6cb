"""What was completed once and stays so: records that never change, for one selection."""

from itertools import count
from typing import Any
from weakref import WeakValueDictionary

import msgspec

from gongzhi.graphql.executor.completion import Complete

MOST_BYTES = 50_000_000
"""Of memory that completed records take in all selections together; then all are forgotten."""
ENTRY = 300
"""Bytes that an entry takes beside its encoded record."""


class Known(dict[int, tuple[Any, msgspec.Raw]]):
    """What is known for one selection; it ends with the plan of that selection. `size` is in bytes."""

    __slots__ = ("__weakref__", "size")

    def __init__(self) -> None:
        super().__init__()
        self.size = 0


class Memos:
    """The memory of one schema, bounded for all of its selections together."""

    def __init__(self) -> None:
        self._kept: WeakValueDictionary[int, Known] = WeakValueDictionary()
        self._numbers = count()
        self._added = 0

    @property
    def size(self) -> int:
        """Bytes that are taken now."""
        return sum(known.size for known in self._kept.values())

    def remembering(self, record: type, complete: Complete) -> Complete:
        """The same function, which completes each instance of exactly this class once, as encoded bytes.

        A record is recognised by its identity, and kept, so that no other one can take its place in memory.
        """
        known = self._kept[next(self._numbers)] = Known()
        encode = msgspec.json.encode

        def completed(value: Any) -> Any:
            found = known.get(id(value))
            if found is not None:
                return found[1]
            if value.__class__ is not record:
                return complete(value)
            encoded = encode(complete(value))
            self._make_room(len(encoded) + ENTRY)
            known.size += len(encoded) + ENTRY
            made = msgspec.Raw(encoded)
            known[id(value)] = (value, made)
            return made

        return completed

    def forget(self) -> None:
        """Forget everything."""
        for known in self._kept.values():
            known.clear()
            known.size = 0
        self._added = 0

    def _make_room(self, size: int) -> None:
        """Forget everything where there is too much. Selections that have ended are counted off when it seems so."""
        self._added += size
        if self._added > MOST_BYTES:
            self._added = self.size + size
            if self._added > MOST_BYTES:
                self.forget()
                self._added = size
