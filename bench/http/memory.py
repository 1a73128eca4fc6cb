"""Whether a worker keeps growing: its memory after a hundred thousand requests, to that after the first ten."""

import sys
import time

from bench.http import cases
from bench.http.checking import Unequal
from bench.http.field import OURS, Field
from bench.http.load import put
from bench.http.servers import resident
from bench.pace import choose
from bench.targets import Row

FLAT = 1.1
PATIENCE = 240.0
SLICE = 5.0


def rows(field: Field) -> list[Row]:
    """The ratio, and what it is a ratio of. The requests are the items by code, and the whole list among them."""
    print("  memory", file=sys.stderr, flush=True)
    server = field.servers[OURS]
    codes = [item["code"] for items in field.items.values() for item in items]
    bodies = [*cases.one_item(codes).bodies("gongzhi"), *cases.public_list().bodies("gongzhi")]
    wanted = round(choose(100_000, 5_000))
    asked = _until(field, bodies, wanted // 10)
    before = resident(server.pid)
    asked += _until(field, bodies, wanted - asked)
    after = resident(server.pid)
    name = f"resident memory of a worker after {round(asked, -3):,} requests"
    return [(name, after, "MB", None), (f"{name}, to that after a tenth of them", after / before, "ratio", FLAT)]


def _until(field: Field, bodies: list[str], wanted: int) -> int:
    """Ask until so many were answered, or patience is at its end; answers how many were."""
    deadline = time.monotonic() + PATIENCE
    asked = 0
    while asked < wanted and time.monotonic() < deadline:
        load = put(field.servers[OURS], bodies, choose(SLICE, 1))
        if load.errors:
            raise Unequal(f"{load.errors} of {load.requests} answers were no success")
        asked += load.requests
    return asked
