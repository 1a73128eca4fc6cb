"""Materialised territory paths: `/futian/nanyuan/dongyuan/g012`.

Every record that belongs somewhere stores such a path, and scope checks, filters and roll-ups are prefix tests on it.
"""

import re

from gongzhi.core.errors import Invalid

ROOT = "/"
"""The path that covers every territory."""

SEGMENT = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PATH = re.compile(rf"(?:/{SEGMENT.pattern})+")
MAX_LENGTH = 255
_COMMUNITY = 3
"""Segments of a community's path: it lies in a subdistrict of a district."""


def parse(text: str, field: str = "path") -> str:
    """`text` as a path, or Invalid: lower-case segments of letters, digits and inner hyphens, each after a slash."""
    if text == ROOT or (len(text) <= MAX_LENGTH and _PATH.fullmatch(text)):
        return text
    raise Invalid.at(field, f"{text[:60]!r} is not a territory path", "write it like /futian/nanyuan/dongyuan")


def within(path: str, ancestor: str) -> bool:
    """Whether `path` is `ancestor` or lies below it. `/futian2` is not within `/futian`."""
    return ancestor == ROOT or path == ancestor or path.startswith(ancestor + "/")


def parent_of(path: str) -> str | None:
    """The path one level up, None for a top-level one."""
    head = path.rpartition("/")[0]
    return head or None


def ancestors(path: str) -> list[str]:
    """The path itself and every path above it, nearest first, ending with the root."""
    found = []
    current: str | None = path if path != ROOT else None
    while current:
        found.append(current)
        current = parent_of(current)
    return [*found, ROOT]


def is_small(path: str) -> bool:
    """Whether at most one community lies there, so that few records of any kind stand at it or below it."""
    return path.count("/") >= _COMMUNITY


def below(path: str) -> tuple[str, str]:
    """The half-open range of strings that holds exactly the paths below `path`: an index can seek it.

    `0` is the character after `/`, so `path/` <= p < `path0` are the descendants and nothing else.
    """
    return (path + "/", path + "0") if path != ROOT else ("/", "0")
