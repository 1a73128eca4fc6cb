"""The same page for somebody signed in, under a policy of a hundred to a hundred thousand rules of an administrator."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice, product
from pathlib import Path

from bench.growth.steps import Step, medians
from bench.http import cases, database
from bench.http.field import UNCACHED, Field, without_cache
from bench.http.servers import Server, resident
from bench.pace import quick
from gongzhi.core.permissions import core_vocabulary
from gongzhi.core.permissions.roles import PUBLIC, SYSTEM_ROLE

SIZES = (100, 1_000, 10_000, 100_000)
TARGET = 1.5


def steps(field: Field) -> list[Step]:
    """One for each size."""
    places = database.paths(field.database, cases.PAGE)
    bodies = cases.offerings_page(places).bodies("gongzhi")
    servers: dict[int, Server] = {}
    with ExitStack() as stack:
        for size in SIZES[:2] if quick() else SIZES:
            folder = field.folder / f"policies-{size}"
            _write(folder, places, size)
            own = {**without_cache(), "policies": str(folder)}
            servers[size] = stack.enter_context(field.ours(UNCACHED, own))
        found = medians("rules", servers, bodies, connections=1)
        memory = {size: resident(server.pid) for size, server in servers.items()}
    return [
        Step("rules", size, {"p50 ms": each.p50, "p99 ms": each.p99, "memory MB": memory[size]}, TARGET)
        for size, each in zip(servers, found, strict=True)
    ]


def _write(folder: Path, places: list[str], size: int) -> None:
    folder.mkdir()
    (folder / "bench.csv").write_text("".join(f"{line}\n" for line in lines(places, size)), "utf-8")


def lines(places: list[str], size: int) -> Iterator[str]:
    """Rules that matter: what a role may not do at a place, another one at every place."""
    vocabulary = core_vocabulary()
    roles = sorted(set(vocabulary.roles) - {PUBLIC, SYSTEM_ROLE})
    every = product(places, sorted(vocabulary.pairs()), roles)
    for place, (resource, action), role in islice(every, size):
        yield f"p, role:{role}, {place}, {resource}, {action}, any, deny"
