"""What matched so far: each row's best score and the fields that it matched in."""

from collections.abc import Iterable

FIELDS = ("code", "name", "name_en", "keywords", "category", "description", "description_en")
"""The fields that are searched, by the names of the item's own."""

_BIT = {name: 1 << at for at, name in enumerate(FIELDS)}
_MORE = 10
"""What a row gains for each further field that matches."""


class Tally:
    """The rows found for one term. Rows that the filters exclude never enter."""

    __slots__ = ("_passing", "fields", "scores")

    def __init__(self, passing: str | None) -> None:
        self._passing = passing
        self.scores: dict[int, int] = {}
        self.fields: dict[int, int] = {}

    def add(self, row: int, score: int, field: str) -> None:
        """Enter a match; the best score of a row counts."""
        if self._passing is not None and self._passing[row] == "0":
            return
        if score > self.scores.get(row, -1):
            self.scores[row] = score
        self.fields[row] = self.fields.get(row, 0) | _BIT[field]

    def totals(self) -> dict[int, int]:
        """Every row's best score, with a little more for each further field."""
        fields = self.fields
        return {row: score + _MORE * (fields[row].bit_count() - 1) for row, score in self.scores.items()}

    @property
    def best(self) -> int:
        """The highest score; 0 if nothing matched."""
        return max(self.scores.values(), default=0)


def named(fields: int) -> tuple[str, ...]:
    """The names of the fields in a tally's bits."""
    return tuple(name for name in FIELDS if fields & _BIT[name])


def combined(tallies: Iterable[Tally]) -> tuple[dict[int, int], dict[int, int]]:
    """The rows that all terms found, or failing that most of them, with the mean of their scores; and their fields."""
    terms = list(tallies)
    if len(terms) == 1:
        return terms[0].totals(), terms[0].fields
    counts: dict[int, int] = {}
    sums: dict[int, int] = {}
    fields: dict[int, int] = {}
    for tally in terms:
        for row, score in tally.totals().items():
            counts[row] = counts.get(row, 0) + 1
            sums[row] = sums.get(row, 0) + score
            fields[row] = fields.get(row, 0) | tally.fields[row]
    needed = len(terms) if len(terms) in counts.values() else len(terms) // 2 + 1
    return {row: total // len(terms) for row, total in sums.items() if counts[row] >= needed}, fields
