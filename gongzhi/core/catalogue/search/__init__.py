"""Search over the items in memory: Chinese, pinyin and English, ranked, with filters.

fold       text to the form in which it is compared
column     one field of all items as a single string
readings   the pinyin of a character
pinyin     a query in letters as a pattern over Chinese text
typos      the nearest words and names when nothing matches
filters    which items may be found at all
index      the search itself
"""

from gongzhi.core.catalogue.search.filters import SearchFilters
from gongzhi.core.catalogue.search.index import EVERYTHING, MAX_QUERY, Hit, SearchIndex

__all__ = ["EVERYTHING", "MAX_QUERY", "Hit", "SearchFilters", "SearchIndex"]
