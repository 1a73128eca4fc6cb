"""The ratios that count, with what they are to reach."""

import math
from collections.abc import Iterable, Sequence

from bench.http.contests import BARE, BEHIND
from bench.http.field import JITS, NODES, OURS, RAW, STOCK, STORED, UNCACHED
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
RATIOS: tuple[tuple[str, str, str, Sequence[str], float], ...] = (
    ("list", OURS, "to ready bytes from a Litestar route", (RAW,), 0.6),
    ("list", OURS, "to the fastest Node peer", NODES, 10),
    ("list", OURS, "to the fastest Node peer that reads PostgreSQL", (*_STORED, "PostGraphile"), 10),
    ("list", UNCACHED, "to the fastest Node peer with a JIT", JITS, 2),
    ("list", UNCACHED, "to the fastest of them that reads PostgreSQL", _STORED, 2),
    ("list", UNCACHED, "to stock strawberry", (STOCK,), 15),
    ("offerings", UNCACHED, "to the fastest Node peer", NODES, 1.5),
    ("offerings", UNCACHED, "to the fastest Node peer that reads PostgreSQL", (*_STORED, "PostGraphile"), 1.5),
    ("offerings", UNCACHED, "to stock strawberry", (STOCK,), 20),
    ("item", OURS, "to the fastest Node peer", NODES, 1),
    ("item", UNCACHED, "to the fastest Node peer", NODES, 1),
    ("item", UNCACHED, "to the fastest Node peer that reads PostgreSQL", (*_STORED, "PostGraphile"), 1),
    ("mutation", OURS, "to the same rows in a bare asyncpg transaction", (BARE,), 0.5),
    ("mutation", OURS, "to the same behind a Litestar route", (BEHIND,), 0.5),
)
"""Case, which of our servers, in words, who it is compared with (the fastest of them that answered), and the target."""


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
            found.append((name, _ratio(known[case, ours], [fastest]), "ratio", AtLeast(least)))
    return found + [_spread(each) for each in known.values() if each.name in (OURS, UNCACHED) and each.case in TITLES]


def _ratio(ours: Measured, others: list[Measured]) -> float:
    if any(each.invalid for each in (ours, *others)):
        return math.nan
    return ours.rate / others[0].rate


def _spread(each: Measured) -> Row:
    off = OFF if each.name == UNCACHED else ""
    value = math.nan if each.invalid else each.p99 / each.p50
    return f"{TITLES[each.case]}{off}, p99 to p50", value, "ratio", SPREAD
