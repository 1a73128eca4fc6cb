"""Whether a worker keeps growing: its memory after every ten thousand of a hundred thousand requests."""

import sys
import time

import msgspec

from bench.http import cases, database
from bench.http.checking import Unequal
from bench.http.field import OURS, UNCACHED, Field
from bench.http.load import put
from bench.http.servers import Server, resident
from bench.pace import choose
from bench.targets import Row

FLAT = 1.05
STEPS = 10
PATIENCE = 60.0
"""Seconds for one step: where nothing but the generator in Python makes load, fewer requests must do."""
SLICE = 1.0


class Held(msgspec.Struct, frozen=True):
    """What one worker held after so many requests of one kind; the first is that after a tenth."""

    title: str
    steps: tuple[tuple[int, float], ...]

    @property
    def growth(self) -> float:
        """The most that it held later, to what it held after a tenth."""
        (_, first), *later = self.steps
        return max(held for _, held in later) / first


def measured(field: Field) -> list[Held]:
    """Whole lists from the response cache, and pages of offerings without it, each of its own worker."""
    paths = database.paths(field.database, cases.PAGE)
    lists, pages = (case.bodies("gongzhi") for case in (cases.public_list(), cases.offerings_page(paths)))
    return [
        _asked(field.servers[OURS], "cached lists", lists),
        _asked(field.servers[UNCACHED], "pages of 20 offerings without a cache", pages),
    ]


def _asked(server: Server, title: str, bodies: list[str]) -> Held:
    wanted = round(choose(100_000, 5_000))
    print(f"  memory, {wanted:,} {title}", file=sys.stderr, flush=True)
    asked, steps = 0, []
    for number in range(1, STEPS + 1):
        asked += _until(server, bodies, wanted * number // STEPS - asked)
        steps.append((asked, resident(server.pid)))
        print(f"    {asked:>9,}  {steps[-1][1]:.1f} MB", file=sys.stderr, flush=True)
    return Held(title, tuple(steps))


def _until(server: Server, bodies: list[str], wanted: int) -> int:
    """Ask until so many were answered, or patience is at its end; answers how many were."""
    deadline = time.monotonic() + PATIENCE
    asked = 0
    while asked < wanted and time.monotonic() < deadline:
        load = put(server, bodies, SLICE)
        if load.errors:
            raise Unequal(f"{load.errors} of {load.requests} answers were no success")
        asked += load.requests
    return asked


def rows(results: list[Held]) -> list[Row]:
    """How flat it is, for each kind."""
    found: list[Row] = []
    for each in results:
        asked, held = each.steps[-1]
        name = f"resident memory of a worker after {round(asked, -3):,} {each.title}"
        found += [(name, held, "MB", None), (f"{name}, at most, to that after a tenth", each.growth, "ratio", FLAT)]
    return found


def lines(results: list[Held]) -> list[str]:
    """Every step, as a table for the page."""
    if not results:
        return []
    told = ["Resident memory of one worker while it answers, in MB:", ""]
    for each in results:
        told += [
            f"| {each.title}, requests | {' | '.join(f'{asked:,}' for asked, _ in each.steps)} |",
            f"|---|{'---|' * len(each.steps)}",
            f"| MB | {' | '.join(f'{held:.1f}' for _, held in each.steps)} |",
            "",
        ]
    return told
