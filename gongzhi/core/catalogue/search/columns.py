"""The searched fields of all items as columns, folded: Chinese and English apart, as they are compared differently."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from gongzhi.core.catalogue.item import Item
from gongzhi.core.catalogue.search.column import BREAK, VALUE, Column
from gongzhi.core.catalogue.search.fold import english, plain, solid, stem
from gongzhi.core.catalogue.search.pinyin import Syllabary
from gongzhi.core.catalogue.search.typos import Vocabulary

_ASCII = re.compile(r"[a-z0-9]+")


class Columns:
    """What is searched, built once.

    `chinese` holds rows without spaces; `english` holds rows of words, each with a space on both sides, so that
    ` word ` finds the word and ` word` its beginning. `stems` leads from a stem to the words that occur with it.

    What does not occur at all need not be looked for in the columns: `words` are those of `english` in order, and
    `latin` the runs of ASCII in `chinese`.
    """

    __slots__ = (
        "chinese",
        "codes",
        "english",
        "latin",
        "readable",
        "rows",
        "stems",
        "syllabary",
        "vocabulary",
        "words",
    )

    def __init__(self, items: Sequence[Item]) -> None:
        self.rows = len(items)
        self.codes = Column(plain(item.code) for item in items)
        self.chinese = {
            "name": Column(solid(item.name) for item in items),
            "keywords": Column(VALUE.join(map(solid, item.keywords)) for item in items),
            "category": Column(solid(item.category.name) for item in items),
            "description": Column(solid(item.description) for item in items),
        }
        self.english = {
            "name_en": Column(_spaced(item.name_en) for item in items),
            "keywords": Column(_spaced(" ".join(item.keywords)) for item in items),
            "category": Column(_spaced(item.category.name_en) for item in items),
            "description_en": Column(_spaced(item.description_en) for item in items),
        }
        self.readable = {name: column for name, column in self.chinese.items() if name != "description"}
        self.syllabary = Syllabary(character for column in self.readable.values() for character in set(column.text))
        self.latin = BREAK.join({run for column in self.chinese.values() for run in _ASCII.findall(column.text)})
        self.words = sorted(_occurring(self.english.values()))
        self.vocabulary = Vocabulary(self.words)
        self.stems: dict[str, tuple[str, ...]] = {}
        for word in self.words:
            self.stems[stem(word)] = (*self.stems.get(stem(word), ()), word)

    def beginning_with(self, term: str) -> list[str]:
        """The words of `english` that begin with the term, in order."""
        found = []
        for at in range(bisect_left(self.words, term), len(self.words)):
            if not self.words[at].startswith(term):
                break
            found.append(self.words[at])
        return found


def _spaced(text: str) -> str:
    return f" {' '.join(english(text))} "


def _occurring(columns: Iterable[Column]) -> set[str]:
    return {word for column in columns for line in column.text.split(BREAK) for word in line.split()}
