"""The search: a query and filters in, ranked items out."""

from collections.abc import Callable, Iterable, Sequence
from heapq import nsmallest

import msgspec

from gongzhi.core.catalogue.item import Item
from gongzhi.core.catalogue.search import terms
from gongzhi.core.catalogue.search.columns import Columns
from gongzhi.core.catalogue.search.filters import SearchFilters, Selection
from gongzhi.core.catalogue.search.fold import STOP_WORDS, plain, words
from gongzhi.core.catalogue.search.tally import Tally, combined, named
from gongzhi.core.errors import Invalid

MAX_QUERY = 200
"""Characters in a query, at most."""

MAX_TERMS = 8
"""Terms of a query that are looked at; further ones are ignored."""

EVERYTHING = SearchFilters()


class Hit(msgspec.Struct, frozen=True):
    """An item that was found, its score (0 when there was no query) and the fields that matched."""

    item: Item
    score: int
    fields: tuple[str, ...]


class SearchIndex:
    """The items of the catalogue, ready to be searched. Immutable: build another when the items change."""

    __slots__ = ("_columns", "_selection", "items")

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = tuple(items)
        self._columns = Columns(self.items)
        self._selection = Selection(self.items)

    @classmethod
    def build(cls, items: Iterable[Item]) -> "SearchIndex":
        """An index over these items, whose order decides between equal scores."""
        return cls(tuple(items))

    def search(
        self,
        query: str = "",
        *,
        filters: SearchFilters = EVERYTHING,
        where: Callable[[Item], bool] | None = None,
        limit: int | None = None,
    ) -> list[Hit]:
        """The items that the query finds and that pass, best first, equals in the order of the items.

        A blank query finds every item, in their order. `where` is asked last, about items that the rest lets through.
        Invalid if the query is longer than `MAX_QUERY`.
        """
        if len(query) > MAX_QUERY:
            raise Invalid.at("search", f"the query has {len(query)} characters", f"write at most {MAX_QUERY}")
        passing = self._selection.passing(filters)
        scores, fields = self._found(query, passing) if query.strip() else (self._all(passing), {})
        if where is not None:
            scores = {row: score for row, score in scores.items() if where(self.items[row])}
        rows = len(self.items)
        order = [row - score * rows for row, score in scores.items()]
        first = sorted(order) if limit is None else nsmallest(max(limit, 0), order)
        return [Hit(self.items[key % rows], scores[key % rows], named(fields.get(key % rows, 0))) for key in first]

    def _all(self, passing: str | None) -> dict[int, int]:
        return {row: 0 for row in range(len(self.items)) if passing is None or passing[row] == "1"}

    def _found(self, query: str, passing: str | None) -> tuple[dict[int, int], dict[int, int]]:
        split = list(dict.fromkeys(words(query)))
        wanted = [word for word in split if word not in STOP_WORDS] or split
        scores, fields = combined(terms.match(self._columns, term, passing) for term in wanted[:MAX_TERMS])
        for whole in self._wholes(query, passing):
            for row, score in whole.totals().items():
                scores[row] = max(scores.get(row, 0), score)
                fields[row] = fields.get(row, 0) | whole.fields[row]
        return scores, fields

    def _wholes(self, query: str, passing: str | None) -> Iterable[Tally]:
        """The query as one: as a code, as words in a row, and with its spaces left out."""
        split = words(query)
        yield terms.match_code(self._columns, " ".join(plain(query).split()), passing)
        yield terms.match_phrase(self._columns, split, passing)
        if len(split) > 1:
            yield terms.match_joined(self._columns, "".join(split), passing)
