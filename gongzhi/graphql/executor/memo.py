"""What was completed once and stays so: records that never change, for one selection."""

from typing import Any

import msgspec

from gongzhi.graphql.executor.completion import Complete

MOST = 50_000
"""Completed records that are kept in all selections together; then all are forgotten. About 1 kB each."""


class Memos:
    """The memory of one schema, bounded for all of its selections together."""

    def __init__(self) -> None:
        self._kept: list[dict[int, tuple[Any, Any]]] = []
        self.count = 0

    def remembering(self, record: type, complete: Complete) -> Complete:
        """The same function, which completes each instance of exactly this class once, as encoded bytes.

        A record is recognised by its identity, and kept, so that no other one can take its place in memory.
        """
        known: dict[int, tuple[Any, Any]] = {}
        self._kept.append(known)
        encode = msgspec.json.encode

        def completed(value: Any) -> Any:
            found = known.get(id(value))
            if found is not None:
                return found[1]
            if value.__class__ is not record:
                return complete(value)
            made = msgspec.Raw(encode(complete(value)))
            if self.count >= MOST:
                self.forget()
            known[id(value)] = (value, made)
            self.count += 1
            return made

        return completed

    def forget(self) -> None:
        """Forget everything."""
        for known in self._kept:
            known.clear()
        self.count = 0
