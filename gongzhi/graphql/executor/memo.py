"""What was completed once and stays so: records that never change, for one selection."""

from collections.abc import Sequence
from itertools import count
from typing import Any
from weakref import WeakValueDictionary

import msgspec

from gongzhi.graphql.executor.completion import Complete

MOST_BYTES = 20_000_000
"""Of memory that completed records take in all selections together; then all are forgotten."""
ENTRY = 300
"""Bytes that an entry takes beside its encoded record."""


class Known:
    """What is known for one selection; it ends with the plan of that selection.

    `encoded` is by the identities of records, which are `kept`, so that none can be another's. `size` is in bytes.
    """

    __slots__ = ("__weakref__", "encoded", "kept", "size")

    def __init__(self) -> None:
        self.encoded: dict[int, msgspec.Raw] = {}
        self.kept: list[Any] = []
        self.size = 0

    def clear(self) -> None:
        """Forget all of it."""
        self.encoded.clear()
        self.kept.clear()
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

        A record is recognised by its identity. `many` of it does the same for a list at once, and `encoded` is what
        was completed already.
        """
        known = self._kept[next(self._numbers)] = Known()
        found = known.encoded

        def completed(value: Any) -> Any:
            made = found.get(id(value))
            if made is not None:
                return made
            return complete(value) if value.__class__ is not record else self._remember(known, value, complete)

        def many(values: Sequence[Any]) -> list[Any]:
            try:
                return [found[id(value)] for value in values]
            except KeyError:
                return [completed(value) for value in values]

        completed.many = many  # type: ignore[attr-defined]  # `completion.listed` looks for it there
        completed.encoded = found  # type: ignore[attr-defined]  # and a projection for this
        return completed

    def _remember(self, known: Known, value: Any, complete: Complete) -> msgspec.Raw:
        encoded = msgspec.json.encode(complete(value))
        self._make_room(len(encoded) + ENTRY)
        known.size += len(encoded) + ENTRY
        known.kept.append(value)
        made = known.encoded[id(value)] = msgspec.Raw(encoded)
        return made

    def forget(self) -> None:
        """Forget everything."""
        for known in self._kept.values():
            known.clear()
        self._added = 0

    def _make_room(self, size: int) -> None:
        """Forget everything where there is too much. Selections that have ended are counted off when it seems so."""
        self._added += size
        if self._added > MOST_BYTES:
            self._added = self.size + size
            if self._added > MOST_BYTES:
                self.forget()
                self._added = size
