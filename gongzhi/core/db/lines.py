"""Several inserts that answer nothing, as one statement: one round trip in the place of several."""

import re
from functools import lru_cache
from itertools import count

MOST = 4
"""Inserts in one statement: more make hardly any difference, and every number of them is a statement to prepare."""
_MARK = re.compile(r"\$\d+")


@lru_cache(maxsize=256)
def joined(texts: tuple[str, ...]) -> str:
    """The statement that does what all of these do, its values one after the other's; PostgreSQL alone has such."""
    numbers = count(1)
    *first, last = [_MARK.sub(lambda _: f"${next(numbers)}", text) for text in texts]
    if not first:
        return last
    members = ", ".join(f"line_{number} AS ({text})" for number, text in enumerate(first))
    return f"WITH {members} {last}"
