"""Interleaved rounds: A B C A B C …, so that whatever else the machine does falls on all alike; medians of them."""

import statistics
import sys
from collections.abc import Callable, Mapping

import msgspec

from bench.http.load import Load

WARMING = 1.0


class Measured(msgspec.Struct, frozen=True):
    """The rounds of one contestant in one case: medians, and the slowest and fastest round.

    `cpu` is the server's processor time for an answer, in milliseconds, without PostgreSQL's.
    """

    case: str
    name: str
    rate: float
    low: float
    high: float
    p50: float
    p99: float
    cpu: float | None = None
    invalid: str | None = None


Put = Callable[[float], Load]
Contest = Mapping[str, Put]
"""By name, what puts a load on a contestant for so many seconds."""


def measured(
    case: str, contest: Contest, rounds: int, seconds: float, check: Callable[[str, Load], str | None]
) -> list[Measured]:
    """Every contestant, in the given order; a round that `check` objects to makes all of its rounds invalid."""
    found: dict[str, list[Load]] = {name: [] for name in contest}
    invalid: dict[str, str] = {}
    for put in contest.values():
        put(WARMING)
    order = list(contest)
    for number in range(rounds):
        print(f"  {case}: round {number + 1} of {rounds}", file=sys.stderr, flush=True)
        for name in order:
            load = contest[name](seconds)
            found[name].append(load)
            if (why := check(name, load)) is not None:
                invalid[name] = why
        order.append(order.pop(0))
    return [_summary(case, name, loads, invalid.get(name)) for name, loads in found.items()]


def _summary(case: str, name: str, loads: list[Load], invalid: str | None) -> Measured:
    rates = [load.rate for load in loads]
    spent = [load.worked / load.requests * 1e3 for load in loads if load.worked is not None and load.requests]
    return Measured(
        case=case,
        name=name,
        rate=statistics.median(rates),
        low=min(rates),
        high=max(rates),
        p50=statistics.median(load.p50 for load in loads),
        p99=statistics.median(load.p99 for load in loads),
        cpu=statistics.median(spent) if spent else None,
        invalid=invalid,
    )
