"""What was probably meant when nothing matches: words and names that share most of their pairs of letters."""

from collections import Counter
from collections.abc import Iterable, Mapping

from gongzhi.core.catalogue.search.column import Column

SIMILAR = 0.55
"""The least Dice coefficient of two words: one wrong letter in five, but not one word for another."""

SHARED = 0.5
"""The least share of a Chinese query's pairs that a row must hold."""

_MAX_PAIRS = 24
_COMMON = 10
_NEAREST = 3


def pairs(word: str) -> set[str]:
    """The pairs of neighbouring letters, with the word's start and end marked."""
    marked = f"^{word}$"
    return {marked[at : at + 2] for at in range(len(marked) - 1)}


class Vocabulary:
    """The English words that occur, by their first letter: a typo is seldom in the first."""

    __slots__ = ("_by_letter",)

    def __init__(self, words: Iterable[str]) -> None:
        self._by_letter: dict[str, list[str]] = {}
        for word in sorted(words):
            if len(word) > 3:
                self._by_letter.setdefault(word[0], []).append(word)

    def nearest(self, word: str) -> list[tuple[str, float]]:
        """The words most like it, at most three, with their similarity between 0 and 1."""
        if len(word) < 4:
            return []
        wanted = pairs(word)
        found: list[tuple[float, str]] = []
        for known in self._by_letter.get(word[0], ()):
            if abs(len(known) - len(word)) <= 2:
                other = pairs(known)
                likeness = 2 * len(wanted & other) / (len(wanted) + len(other))
                if likeness >= SIMILAR:
                    found.append((-likeness, known))
        return [(known, -likeness) for likeness, known in sorted(found)[:_NEAREST]]


def sharing(term: str, columns: Mapping[str, Column], rows: int) -> dict[str, dict[int, float]]:
    """For each column the rows that hold at least half of the term's pairs of characters, with the share they hold.

    A pair that stands in more than a tenth of the rows says nothing and is left out of the count.
    """
    wanted = list(dict.fromkeys(term[at : at + 2] for at in range(len(term) - 1)))[:_MAX_PAIRS]
    if len(wanted) < 2:
        return {}
    common = max(_COMMON, rows // _COMMON)
    found: dict[str, dict[int, float]] = {}
    for name, column in columns.items():
        telling = [holders for pair in wanted if len(holders := [row for row, _, _ in column.find(pair)]) <= common]
        held = Counter(row for holders in telling for row in holders)
        found[name] = {row: n / len(telling) for row, n in held.items() if n / len(telling) >= SHARED}
    return found
