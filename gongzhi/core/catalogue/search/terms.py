"""One term of a query against the columns: first as it stands, then as pinyin, then as a typo."""

from gongzhi.core.catalogue.search.column import VALUE
from gongzhi.core.catalogue.search.columns import Columns
from gongzhi.core.catalogue.search.fold import stem
from gongzhi.core.catalogue.search.pinyin import Typing
from gongzhi.core.catalogue.search.tally import Tally
from gongzhi.core.catalogue.search.typos import sharing

CODE, CODE_PREFIX = 1000, 950
WORTH = {
    "name": (900, 800, 700),
    "name_en": (900, 800, 700),
    "keywords": (600, 560, 520),
    "category": (500, 480, 460),
    "description": (300, 300, 300),
    "description_en": (300, 300, 300),
}
"""What a match is worth: the whole field (or one keyword), its beginning, anywhere in it."""

PERCENT = {Typing.full: 90, Typing.partial: 88, Typing.initials: 80, Typing.mixed: 75, Typing.confused: 50}
"""How much of its worth a match by pinyin keeps."""

_SOUND = 70
_BEGINNING = 95
_FEW = 8
"""Up to so many words that a term may begin, each is looked for; of more, what they have in common."""

_TYPO = 40
_COVERAGE = 40
"""What a name gains at most for being short: all of it if the term is the whole name."""


def worth(field: str, line: str, at: int, length: int) -> int:
    """What a match of `length` characters at `at` in a row is worth."""
    whole, beginning, anywhere = WORTH[field]
    gain = _COVERAGE * length // len(line) if field.startswith("name") else 0
    begins = at == 0 or line[at - 1] == VALUE
    if begins and (at + length == len(line) or line[at + length] == VALUE):
        return whole + gain
    return (beginning if begins else anywhere) + gain


def match(columns: Columns, term: str, passing: str | None) -> Tally:
    """Every row that the folded term finds, surest ways first; less sure ones only while nothing better is found."""
    tally = Tally(passing)
    _literal(columns, term, tally)
    if term.isascii():
        whole = _english(columns, term, tally)
        _pinyin(columns, term, tally, loose=not whole)
        if not tally.scores:
            _misspelt(columns, term, tally)
    else:
        if not tally.scores:
            _pinyin(columns, term, tally, loose=True)
        if not tally.scores:
            _sounding(columns, term, tally)
        if tally.best < WORTH["category"][2]:
            _similar(columns, term, tally)
    return tally


def match_code(columns: Columns, code: str, passing: str | None) -> Tally:
    """The items of that code, or whose codes begin with it (two characters at least)."""
    tally = Tally(passing)
    if len(code) > 1:
        for row, line, at in columns.codes.find(code):
            if at == 0:
                tally.add(row, CODE if line == code else CODE_PREFIX, "code")
    return tally


def match_phrase(columns: Columns, words: list[str], passing: str | None) -> Tally:
    """The names that hold these English words one after the other."""
    tally = Tally(passing)
    if words:
        phrase = f" {' '.join(words)} "
        for row, line, at in columns.english["name_en"].find(phrase):
            tally.add(row, worth("name_en", line, at, len(phrase)), "name_en")
    return tally


def match_joined(columns: Columns, term: str, passing: str | None) -> Tally:
    """A query whose spaces were left out, in Chinese text only: `yang lao` and `养老 服务` typed with spaces."""
    tally = Tally(passing)
    _literal(columns, term, tally)
    if not tally.scores:
        _pinyin(columns, term, tally, loose=False)
    return tally


def _literal(columns: Columns, term: str, tally: Tally) -> None:
    if term.isascii() and term not in columns.latin:
        return
    for field, column in columns.chinese.items():
        for row, line, at in column.find(term):
            tally.add(row, worth(field, line, at, len(term)), field)


def _english(columns: Columns, term: str, tally: Tally) -> bool:
    """Whole words by their stems, and beginnings of words. Answers whether a whole word was found."""
    known = columns.stems.get(stem(term), ())
    for word in known:
        _word(columns, f" {word} ", tally, 100)
    others = [word for word in columns.beginning_with(term) if word not in known]
    for needle in [f" {word} " for word in others] if len(others) <= _FEW else [f" {term}"]:
        _word(columns, needle, tally, _BEGINNING)
    return bool(known)


def _word(columns: Columns, needle: str, tally: Tally, percent: int) -> None:
    for field, column in columns.english.items():
        base = WORTH[field][2]
        for row, line, _ in column.find(needle):
            gain = _COVERAGE * len(needle) // len(line) if field == "name_en" else 0
            tally.add(row, (base + gain) * percent // 100, field)


def _pinyin(columns: Columns, term: str, tally: Tally, *, loose: bool) -> None:
    for typing, pattern in columns.syllabary.patterns(term, loose=loose):
        found = False
        for field, column in columns.readable.items():
            for row, line, at, length in column.scan(pattern):
                found = True
                tally.add(row, worth(field, line, at, length) * PERCENT[typing] // 100, field)
        if found:
            return


def _sounding(columns: Columns, term: str, tally: Tally) -> None:
    pattern = columns.syllabary.homophones(term)
    if pattern is None:
        return
    for field, column in columns.readable.items():
        for row, line, at, length in column.scan(pattern):
            tally.add(row, worth(field, line, at, length) * _SOUND // 100, field)


def _misspelt(columns: Columns, term: str, tally: Tally) -> None:
    for word, likeness in columns.vocabulary.nearest(term):
        _word(columns, f" {word} ", tally, int(_TYPO * likeness))


def _similar(columns: Columns, term: str, tally: Tally) -> None:
    for field, rows in sharing(term, columns.readable, columns.rows).items():
        for row, share in rows.items():
            tally.add(row, int(WORTH[field][2] * _TYPO * share) // 100, field)
