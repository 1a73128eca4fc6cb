"""A query typed in letters as a pattern over Chinese text: every syllable becomes the class of characters read so.

`yanglao` is `[养洋…][老劳…]`, `ylfw` one class for each initial, `yang老` a class and a character. No pinyin is stored
for the items, and every reading of a character counts.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum

from gongzhi.core.catalogue.search.readings import readings

MAX_LETTERS = 36
"""A longer run of letters is no pinyin: the work that a query can cause stays bounded."""

_MAX_SPLITS = 8
_RUNS = re.compile(r"[a-z]+|[^a-z]+")
_INITIALS = re.compile(r"zh|ch|sh|[a-z]")
_HAN = re.compile(r"[\u3007\u3400-\u9fff\U00020000-\U0003134a]")
_CONFUSED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


class Typing(IntEnum):
    """How the letters were understood; the lower, the surer."""

    full = 0
    partial = 1
    initials = 2
    mixed = 3
    confused = 4


def confusable(syllable: str) -> str:
    """The syllable without the distinctions that southern speakers drop: zh/z, ch/c, sh/s, n/l, and -ng/-n."""
    for form, simple in _CONFUSED:
        syllable = syllable.replace(form, simple)
    return "l" + syllable[1:] if syllable.startswith("n") else syllable


class Syllabary:
    """The readings of the characters that occur, and the patterns made from them."""

    __slots__ = ("_characters", "_confusable", "_initials", "_syllables")

    def __init__(self, text: Iterable[str]) -> None:
        self._syllables: dict[str, str] = {}
        self._initials: dict[str, str] = {}
        self._confusable: dict[str, str] = {}
        for character in sorted(set(text)):
            if _HAN.match(character):
                self._enter(character)

    def _enter(self, character: str) -> None:
        keys = readings(character)
        for table, made in (
            (self._syllables, keys),
            (self._initials, [key[0] for key in keys] + [key[:2] for key in keys if key[1:2] == "h"]),
            (self._confusable, [confusable(key) for key in keys]),
        ):
            for key in dict.fromkeys(made):
                table[key] = table.get(key, "") + character

    def patterns(self, term: str, *, loose: bool) -> Iterator[tuple[Typing, re.Pattern[str]]]:
        """The readings of a folded term, surest first; `loose` adds initials and everything less sure.

        None for a term without letters or with too many. A lone syllable is less sure than two.
        """
        runs = _RUNS.findall(term)
        letters = [run for run in runs if run[0] in _LETTERS]
        if not letters or sum(map(len, letters)) > MAX_LETTERS:
            return
        for typing, split in self._ways(loose):
            parts = [self._alternatives(split(run)) if run[0] in _LETTERS else re.escape(run) for run in runs]
            if all(parts):
                yield typing, re.compile("".join(parts))

    def homophones(self, term: str) -> re.Pattern[str] | None:
        """The characters of a folded term, each as those that share a reading with it: 養老 and the slip 养佬 are 养老.

        None unless the term has two Chinese characters at least, and each of them sounds like one that occurs.
        """
        if len(term) > MAX_LETTERS or len(_HAN.findall(term)) < 2:
            return None
        classes = [
            "".join(self._syllables.get(syllable, "") for syllable in readings(character))
            if _HAN.match(character)
            else re.escape(character)
            for character in term
        ]
        return re.compile("".join(f"[{found}]" for found in classes)) if all(classes) else None

    def _ways(self, loose: bool) -> Iterator[tuple[Typing, Callable[[str], list[list[str]]]]]:
        yield Typing.full, lambda run: _splits(run, self._full)
        yield Typing.partial, lambda run: _splits(run, self._partial)
        if loose:
            yield Typing.initials, lambda run: [[self._initials.get(letter, "") for letter in run]] if run[1:] else []
            yield Typing.mixed, lambda run: _splits(run, self._mixed) if run[1:] else []
            yield Typing.confused, lambda run: _splits(run, self._confused)

    def _full(self, run: str, at: int) -> Iterator[tuple[int, str]]:
        for end in range(min(len(run), at + 6), at, -1):
            found = self._syllables.get(run[at:end])
            if found:
                yield end, found

    def _partial(self, run: str, at: int) -> Iterator[tuple[int, str]]:
        rest = run[at:]
        if at and len(rest) < 6:
            found = "".join(chars for key, chars in self._syllables.items() if key.startswith(rest))
            if found:
                yield len(run), "".join(dict.fromkeys(found))
        yield from self._full(run, at)

    def _mixed(self, run: str, at: int) -> Iterator[tuple[int, str]]:
        yield from self._full(run, at)
        for length in (2, 1):
            found = self._initials.get(run[at : at + length])
            if found and at + length <= len(run):
                yield at + length, found

    def _confused(self, run: str, at: int) -> Iterator[tuple[int, str]]:
        for end in range(min(len(run), at + 6), at, -1):
            found = self._confusable.get(confusable(run[at:end]))
            if found:
                yield end, found

    @staticmethod
    def _alternatives(splits: list[list[str]]) -> str:
        made = ["".join(f"[{found}]" for found in split) for split in splits if all(split)]
        return f"(?:{'|'.join(made)})" if made else ""


_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")


def _splits(run: str, steps: Callable[[str, int], Iterator[tuple[int, str]]]) -> list[list[str]]:
    """Ways to cut `run` into syllables, as the classes of their characters, longest syllables first, at most 8.

    Positions from which the end cannot be reached are entered once only, so the work is linear in the run.
    """
    found: list[list[str]] = []
    dead: set[int] = set()

    def walk(at: int, taken: list[str]) -> bool:
        if at == len(run):
            found.append(taken)
            return True
        reached = False
        for end, characters in steps(run, at):
            if len(found) >= _MAX_SPLITS:
                return True
            if end not in dead and walk(end, [*taken, characters]):
                reached = True
        if not reached:
            dead.add(at)
        return reached

    walk(0, [])
    return found
