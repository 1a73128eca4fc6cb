"""The pinyin of a character, without tones, all its readings: 行 is xing, hang and heng.

pypinyin's dictionary of phrases would settle which one a word takes, but it costs 45 MB of memory in every worker.
A search accepts every reading instead, so only the dictionary of characters is loaded, when first needed.
"""

import os
from collections.abc import Callable
from functools import cache, lru_cache

from gongzhi.core.catalogue.search.fold import plain


@cache
def _reader() -> Callable[[str], list[list[str]]]:
    # pypinyin reads these two, which its manual documents, while it is imported.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")
    from pypinyin import Style, pinyin

    def read(character: str) -> list[list[str]]:
        return pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")

    return read


@lru_cache(maxsize=10_000)  # more characters than any text uses, fewer than a stranger could ask for
def readings(character: str) -> tuple[str, ...]:
    """Every syllable that the character is read as, the commonest first; none if it is not Chinese.

    `ü` is typed as `v` or as `u`, so lü is both `lv` and `lu`.
    """
    found: dict[str, None] = {}
    for syllable in (syllable for group in _reader()(character) for syllable in group):
        for form in (plain(syllable), plain(syllable).replace("v", "u")):
            if form.isascii() and form.isalpha():
                found[form] = None
    return tuple(found)
