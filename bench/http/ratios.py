"""The ratios that count, with what they are to reach."""

import math
from collections.abc import Iterable, Sequence

from bench.http.contests import BARE, BEHIND
from bench.http.field import JITS, OURS, RAW, STOCK, STORED, UNCACHED
from bench.http.rounds import Measured
from bench.targets import AtLeast, Row

SPREAD = 10.0
"""What the 99th percentile of an answer's time may be, in medians."""
TITLES = {
    "list": "public list",
    "item": "one item by code",
    "offerings": "page of 20 offerings",
    "mutation": "a mutation with audit and event",
}
OFF = ", response cache off"
_STORED = tuple(f"{name}{STORED}" for name in JITS)
_READING = (*_STORED, "PostGraphile")
PEER, IN_MEMORY = "to the fastest Node peer", "to the fastest Node peer with all items in memory"
RATIOS: tuple[tuple[str, str, str, Sequence[str], float | None], ...] = (
    ("list", OURS, "to ready bytes from a Litestar route", (RAW,), 0.6),
    ("list", OURS, PEER, _READING, 10),
    ("list", OURS, IN_MEMORY, JITS, None),
    ("list", UNCACHED, f"{PEER} with a JIT", _STORED, 2),
    ("list", UNCACHED, IN_MEMORY, JITS, None),
    ("list", UNCACHED, "to stock strawberry", (STOCK,), 15),
    ("offerings", UNCACHED, PEER, _READING, 1.5),
    ("offerings", UNCACHED, IN_MEMORY, JITS, None),
    ("offerings", UNCACHED, "to stock strawberry", (STOCK,), 20),
    ("item", OURS, PEER, _READING, 1),
    ("item", OURS, IN_MEMORY, JITS, None),
    ("item", UNCACHED, PEER, _READING, None),
    ("item", UNCACHED, IN_MEMORY, JITS, None),
    ("mutation", OURS, "to the same rows in a bare asyncpg transaction", (BARE,), 0.5),
    ("mutation", OURS, "to the same behind a Litestar route", (BEHIND,), 0.5),
)
"""Case, which of our servers, in words, who it is compared with (the fastest of them that answered), and the target.

Peers read the same rows of the same PostgreSQL. Those that hold all items in memory have nothing to look up, nor to
keep up with when a list is published: they are shown beside, as the least that a server on Node.js takes.
"""


def rows(results: Iterable[Measured]) -> list[Row]:
    """Each ratio whose contestants are there; not a number where one of them gave wrong answers."""
    known = {(each.case, each.name): each for each in results}
    found: list[Row] = []
    for case, ours, words, others, least in RATIOS:
        there = [known[case, other] for other in others if (case, other) in known]
        if there and (case, ours) in known:
            fastest = max(there, key=lambda each: each.rate)
            title = f"{TITLES[case]}{OFF if ours == UNCACHED else ''}, {words}"
            name = f"{title} ({fastest.name.removesuffix(STORED)})" if len(others) > 1 else title
            target = None if least is None else AtLeast(least)
            found.append((name, _ratio(known[case, ours], [fastest]), "ratio", target))
    return found + [_spread(each) for each in known.values() if each.name in (OURS, UNCACHED) and each.case in TITLES]


def _ratio(ours: Measured, others: list[Measured]) -> float:
    if any(each.invalid for each in (ours, *others)):
        return math.nan
    return ours.rate / others[0].rate


def _spread(each: Measured) -> Row:
    off = OFF if each.name == UNCACHED else ""
    value = math.nan if each.invalid else each.p99 / each.p50
    return f"{TITLES[each.case]}{off}, p99 to p50", value, "ratio", SPREAD
