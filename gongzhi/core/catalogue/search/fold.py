"""Text in the form in which it is compared: one width, one case, no accents or tone marks, no punctuation."""

import re
import unicodedata

_MARKS = re.compile(r"[\u0300-\u036f]+")
_WORD = re.compile(r"[^\W_]+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")

IRREGULAR = {"child": "children", "man": "men", "woman": "women", "person": "people", "persons": "people"}
STOP_WORDS = frozenset(
    ("a", "an", "and", "are", "at", "be", "by", "can", "do", "does", "for", "from", "get", "how", "i", "in", "is", "me")
    + ("my", "of", "on", "or", "our", "the", "to", "what", "where", "which", "with")
)
_SUFFIXES = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ers", "ed", "er", "es", "ly", "s", "e", "y")
_STEM_LENGTH = 4


def plain(text: str) -> str:
    """Compatibility forms replaced, marks dropped, case folded: `Ｙǎng` is `yang`, punctuation still in place."""
    if text.isascii():
        return text.casefold()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()


def words(text: str) -> list[str]:
    """The runs of letters and digits. A run of Chinese is one word."""
    return _WORD.findall(plain(text))


def solid(text: str) -> str:
    """All letters and digits in one run: how Chinese is compared."""
    return "".join(words(text))


def english(text: str) -> list[str]:
    """The words in ASCII only: how English is compared."""
    return _ASCII_WORD.findall(plain(text))


def stem(word: str) -> str:
    """The word without its common endings: `deliveries`, `delivery` and `delivered` are one.

    Two words are compared by their stems, so a stem need not be a word; at least four letters remain.
    """
    word = IRREGULAR.get(word, word)
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _STEM_LENGTH:
            return word.removesuffix(suffix)
    return word
