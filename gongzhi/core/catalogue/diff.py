"""What changed between two editions: items added, removed, changed field by field, and moved within the list."""

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Literal

import msgspec

from gongzhi.core.catalogue.content import content_of
from gongzhi.core.catalogue.item import Item, ItemContent
from gongzhi.core.errors import Invalid

_SHOWN = 60


class FieldChange(msgspec.Struct, frozen=True):
    """One field's value before and after, as JSON-able builtins.

    `path` is dotted, structs in a tuple by their index from 0 (`basis.1.article`); a tuple of plain values is one
    field. What one side lacks is None, so an attribute that is None and one that is absent are the same.
    """

    path: str
    before: Any
    after: Any


class ItemChange(msgspec.Struct, frozen=True):
    """An item that both editions have and whose content differs; its fields in the order of the struct."""

    code: str
    fields: tuple[FieldChange, ...]


class EditionDiff(msgspec.Struct, frozen=True):
    """The difference of two editions, by code; false if there is none.

    `removed` stands in the order of the earlier edition, the rest in that of the later. `moved` are as few codes as
    possible whose removal leaves what both editions hold in the same order.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[ItemChange, ...] = ()
    moved: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.moved)


def diff(before: Sequence[ItemContent | Item], after: Sequence[ItemContent | Item]) -> EditionDiff:
    """What has to happen to `before` to become `after`. Invalid if a code stands twice on one side."""
    earlier, later = _by_code(before, "before"), _by_code(after, "after")
    kept = [code for code in later if code in earlier]
    changes = ((code, tuple(_changes("", earlier[code], later[code]))) for code in kept)
    return EditionDiff(
        added=tuple(code for code in later if code not in earlier),
        removed=tuple(code for code in earlier if code not in later),
        changed=tuple(ItemChange(code, fields) for code, fields in changes if fields),
        moved=_moved([code for code in earlier if code in later], kept),
    )


def render(difference: EditionDiff, language: Literal["zh", "en"] = "zh") -> str:
    """The difference as lines for a terminal: the counts, then a line for every code and changed field."""
    counts = (len(difference.added), len(difference.removed), len(difference.changed), len(difference.moved))
    words = ("新增", "删除", "变更", "移动") if language == "zh" else ("added", "removed", "changed", "moved")
    if language == "zh":
        lines = ["，".join(f"{word} {count} 项" for word, count in zip(words, counts, strict=True))]
    else:
        lines = [", ".join(f"{count} {word}" for word, count in zip(words, counts, strict=True))]
    lines += [f"+ {code}" for code in difference.added]
    lines += [f"- {code}" for code in difference.removed]
    for change in difference.changed:
        lines.append(f"~ {change.code}")
        lines += [f"    {field.path}: {_shown(field.before)} -> {_shown(field.after)}" for field in change.fields]
    lines += [f"^ {code}" for code in difference.moved]
    return "\n".join(lines)


def _by_code(items: Sequence[ItemContent | Item], side: str) -> dict[str, ItemContent]:
    found: dict[str, ItemContent] = {}
    for item in items:
        if item.code in found:
            raise Invalid.at(side, f"the code {item.code} stands there twice", "give each item its own code")
        found[item.code] = content_of(item) if isinstance(item, Item) else item
    return found


def _changes(path: str, before: object, after: object) -> Iterator[FieldChange]:
    if before == after:
        return
    parts = _parts(before, after)
    if parts is None:
        yield FieldChange(path, msgspec.to_builtins(before), msgspec.to_builtins(after))
    else:
        for name, old, new in parts:
            yield from _changes(f"{path}.{name}" if path else name, old, new)


def _parts(before: object, after: object) -> Iterator[tuple[str, object, object]] | None:
    """The named parts of two values that are compared part by part; None for those compared as a whole."""
    if isinstance(before, msgspec.Struct) and isinstance(after, msgspec.Struct):
        return ((name, getattr(before, name), getattr(after, name)) for name in before.__struct_fields__)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return ((str(name), before.get(name), after.get(name)) for name in {**before, **after})
    if isinstance(before, tuple | list) and isinstance(after, tuple | list) and _structured([*before, *after]):
        return ((str(at), old, new) for at, (old, new) in enumerate(zip_longest(before, after)))
    return None


def _structured(values: list[object]) -> bool:
    return all(isinstance(value, msgspec.Struct | Mapping) for value in values)


def _moved(earlier: Sequence[str], later: Sequence[str]) -> tuple[str, ...]:
    """What is left of `later` beside its longest part that stands in the order of `earlier`."""
    place = {code: at for at, code in enumerate(earlier)}
    tails: list[int] = []
    holders: list[str] = []
    previous: dict[str, str | None] = {}
    for code in later:
        at = bisect_left(tails, place[code])
        previous[code] = holders[at - 1] if at else None
        tails[at:] = [place[code], *tails[at + 1 :]]
        holders[at:] = [code, *holders[at + 1 :]]
    steady: set[str] = set()
    code_or_none = holders[-1] if holders else None
    while code_or_none is not None:
        steady.add(code_or_none)
        code_or_none = previous[code_or_none]
    return tuple(code for code in later if code not in steady)


def _shown(value: object) -> str:
    """One line for a value, cut, without anything that a terminal would obey."""
    text = json.dumps(value, ensure_ascii=False)
    text = "".join(character if character.isprintable() else "�" for character in text)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
