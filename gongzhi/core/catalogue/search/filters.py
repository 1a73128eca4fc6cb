"""Which items a search may find: one bit an item for every value of every filter."""

from collections.abc import Iterator, Sequence

import msgspec

from gongzhi.core.actors.kinds import ActorKind
from gongzhi.core.catalogue.item import Audience, Channel, CostKind, Item, ItemStatus, LifeEvent


class SearchFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Values in one filter are alternatives, filters combine; an empty one lets everything pass.

    `lists` are slugs and `categories` codes, which are unique within a list only. `free` True asks for what costs the
    user nothing, False for the rest.
    """

    lists: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    audiences: tuple[Audience, ...] = ()
    life_events: tuple[LifeEvent, ...] = ()
    providers: tuple[ActorKind, ...] = ()
    competent: tuple[ActorKind, ...] = ()
    channels: tuple[Channel, ...] = ()
    status: tuple[ItemStatus, ...] = ()
    free: bool | None = None


def _values(item: Item) -> Iterator[tuple[str, object]]:
    yield "lists", item.list_slug
    yield "categories", item.category.code
    yield "providers", item.provider
    yield "competent", item.competent
    yield "status", item.status
    yield "free", item.cost.kind is CostKind.free
    for name, values in (
        ("audiences", item.audience),
        ("life_events", item.life_events),
        ("channels", item.channels),
    ):
        for value in values:
            yield name, value


class Selection:
    """Answers which rows pass; bit `row` of an integer stands for the row."""

    __slots__ = ("_bits", "_rows")

    def __init__(self, items: Sequence[Item]) -> None:
        self._rows = len(items)
        flags: dict[tuple[str, object], bytearray] = {}
        for row, item in enumerate(items):
            for key in _values(item):
                flags.setdefault(key, bytearray(self._rows // 8 + 1))[row >> 3] |= 1 << (row & 7)
        self._bits = {key: int.from_bytes(flag, "little") for key, flag in flags.items()}

    def passing(self, filters: SearchFilters) -> str | None:
        """A string with a `1` at every row that passes and a `0` elsewhere; None if all pass."""
        chosen: int | None = None
        for name in filters.__struct_fields__:
            wanted = getattr(filters, name)
            values = wanted if isinstance(wanted, tuple) else () if wanted is None else (wanted,)
            if values:
                either = 0
                for value in values:
                    either |= self._bits.get((name, value), 0)
                chosen = either if chosen is None else chosen & either
        return None if chosen is None else f"{chosen:0{self._rows}b}"[::-1]
