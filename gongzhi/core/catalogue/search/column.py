"""One field of all items as a single string: searching it is faster, and far smaller, than an index of its parts."""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator

BREAK = "\n"
"""Between two rows; folded text has none."""

VALUE = "\t"
"""Between two values of one row."""

_DENSE = 8
"""From one hit in so many rows on, looking at every row beats finding the row of every hit."""


class Column:
    """The rows of one field, in the order of the items."""

    __slots__ = ("_starts", "text")

    def __init__(self, rows: Iterable[str]) -> None:
        lines = list(rows)
        self.text = BREAK.join(lines)
        self._starts = array("L")
        start = 0
        for line in lines:
            self._starts.append(start)
            start += len(line) + 1

    def find(self, needle: str) -> Iterator[tuple[int, str, int]]:
        """The rows that hold `needle`, each once: its number, its text, and where in it."""
        count = self.text.count(needle)
        if count * _DENSE > len(self._starts):
            for row, line in enumerate(self.text.split(BREAK)):
                at = line.find(needle)
                if at >= 0:
                    yield row, line, at
        elif count:
            yield from self._sparse(needle)

    def scan(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, str, int, int]]:
        """The rows that match `pattern`, each once: its number, its text, where in it, and the length of the match.

        The pattern must not match a row break.
        """
        end = -1
        for match in pattern.finditer(self.text):
            at = match.start()
            if at > end:
                row, start, end = self._row(at)
                yield row, self.text[start:end], at - start, match.end() - at

    def _sparse(self, needle: str) -> Iterator[tuple[int, str, int]]:
        text, starts = self.text, self._starts
        at = text.find(needle)
        row = 0
        while at >= 0:
            row = bisect_right(starts, at, row) - 1
            start = starts[row]
            end = text.find(BREAK, at)
            line = text[start:end] if end >= 0 else text[start:]
            yield row, line, at - start
            at = text.find(needle, end) if end >= 0 else -1

    def _row(self, at: int) -> tuple[int, int, int]:
        row = bisect_right(self._starts, at) - 1
        end = self._starts[row + 1] - 1 if row + 1 < len(self._starts) else len(self.text)
        return row, self._starts[row], end
