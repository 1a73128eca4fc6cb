"""Bodies that were sent before, with what was found of them: most clients send the same few, again and again.

Who may send them, what they have left to spend, and what is answered are asked anew each time; what follows from the
text alone is not. Mutations are never kept, nor are variables that a resolver could change.
"""

import weakref
from collections import OrderedDict
from typing import NamedTuple

from graphql import OperationDefinitionNode

from gongzhi.graphql.access import CacheScope
from gongzhi.graphql.endpoint.documents import Document
from gongzhi.graphql.endpoint.operation import Operation, from_body

MOST = 1_000
"""Bodies that are kept, newest use first."""
LONGEST = 4_096
"""Bytes of a body that is kept."""
_PLAIN = (str, int, float, bool, type(None))


class Checked(NamedTuple):
    """What was found of an operation: its name and kind, what it costs and may cost, and how far it may be shared."""

    chosen: OperationDefinitionNode
    name: str | None
    kind: str
    cost: int
    limit: int
    scope: CacheScope


class Body:
    """An operation that was sent, and what was found of it: for callers who have signed in, and for those who have not.

    It keeps no document alive.
    """

    __slots__ = ("_checked", "_document", "operation", "raw")

    def __init__(self, operation: Operation, raw: bytes | None = None) -> None:
        self.operation = operation
        self.raw = raw
        """What was sent, where it may be kept."""
        self._document: weakref.ref[Document] | None = None
        self._checked: dict[bool, Checked] = {}

    def found(self, *, anonymous: bool) -> tuple[Document, Checked] | None:
        """What was found before, if all of it is still there."""
        document, checked = self._document() if self._document is not None else None, self._checked.get(anonymous)
        return None if document is None or checked is None else (document, checked)

    def remember(self, document: Document, checked: Checked, *, anonymous: bool) -> None:
        """What was found now."""
        if self._document is None or self._document() is not document:
            self._document = weakref.ref(document)
            self._checked.clear()
        self._checked[anonymous] = checked


class Bodies:
    """Those of one schema that were sent lately, and found good."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, Body] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, raw: bytes) -> Body:
        """The body as it was kept, or a new one.

        :raises Invalid: it is no operation.
        """
        kept = self._kept.get(raw)
        if kept is None:
            operation = from_body(raw)
            plain = all(isinstance(each, _PLAIN) for each in (operation.variables or {}).values())
            return Body(operation, raw if plain and len(raw) <= LONGEST else None)
        self._kept.move_to_end(raw)
        return kept

    def keep(self, body: Body) -> None:
        """Keep a body whose operation changes nothing; it is the first to be found and the last to be forgotten."""
        if body.raw is not None:
            self._kept[body.raw] = body
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
