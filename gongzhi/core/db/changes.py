"""Which tables this process has changed: what is kept in memory of them has to be asked for again.

Other processes are not seen here; whoever keeps something asks the database about them, too.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

_WRITTEN = re.compile(
    r"\b(?:INSERT\s+INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)\s+(?:ONLY\s+)?\"?(\w+)",
    re.IGNORECASE,
)
_counts: Counter[str] = Counter()


@lru_cache(maxsize=4096)
def written_by(sql: str) -> frozenset[str]:
    """The tables that a statement names as what it writes; what triggers write besides is not known here."""
    return frozenset(name.lower() for name in _WRITTEN.findall(sql))


def tell(tables: Iterable[str]) -> None:
    """These tables were changed, as far as anybody can know; the transaction is over."""
    for table in tables:
        _counts[table] += 1


def count(tables: Iterable[str]) -> int:
    """A number that grows with each of this process's changes of these tables, before whoever made it hears of it."""
    return sum(map(_counts.__getitem__, tables))
