"""Who competes in which case."""

import asyncio
import statistics
import time
from collections.abc import Callable

import msgspec
import uvloop

from bench.http import cases, database
from bench.http.cases import Case
from bench.http.checking import agreed, ask, wrong
from bench.http.field import JITS, OURS, RAW, STOCK, UNCACHED, Field
from bench.http.load import CONNECTIONS, Load, put
from bench.http.rounds import Measured, Put, measured
from bench.http.servers import Server, worked
from bench.http.writing import TABLES, Copies
from bench.pace import choose

BARE = "a bare asyncpg transaction"
BEHIND = "a bare asyncpg transaction behind a Litestar route"


def turns() -> int:
    """How many rounds a case takes."""
    return int(choose(5, 2))


def seconds() -> float:
    """How long a contestant is under load in a round."""
    return choose(3, 1)


def every(field: Field) -> list[Measured]:
    """All cases; the one that writes comes last."""
    codes = [item["code"] for items in field.items.values() for item in items]
    places = database.paths(field.database, cases.PAGE)
    stored = [field.reading(name) for name in JITS if name in field.peers]
    peers = [field.servers[name] for name in (STOCK, *field.peers)]
    ours = [field.servers[OURS], field.servers[UNCACHED]]
    return [
        *_read(cases.public_list(), [*ours, field.servers[RAW], *peers, *stored]),
        *_read(cases.one_item(codes), [*ours, *peers, *stored]),
        *_read(cases.offerings_page(places), [field.servers[UNCACHED], *peers, *stored]),
        *_written(field),
    ]


def _read(case: Case, servers: list[Server]) -> list[Measured]:
    sizes = agreed(case, servers)
    contest = {server.name: putting(server, case.bodies(server.dialect)) for server in servers}
    return measured(case.name, contest, turns(), seconds(), wrong_by(sizes))


def wrong_by(sizes: dict[str, float]) -> Callable[[str, Load], str | None]:
    """What says why a load does not count, by the sizes of right answers."""
    return lambda name, load: wrong(load, sizes[name])


def putting(server: Server, bodies: list[str], path: str = "/graphql") -> Put:
    """What puts the bodies to a server for so many seconds."""

    def loaded(span: float) -> Load:
        before = worked(server.pid)
        load = put(server, bodies, span, path=path)
        return msgspec.structs.replace(load, worked=worked(server.pid) - before)

    return loaded


def _written(field: Field) -> list[Measured]:
    """The mutation beside its rows written without it; a round counts when the rows are there."""
    case = cases.new_offering()
    ours, raw = field.servers[OURS], field.servers[RAW]
    ask(ours, case)  # writes the rows that the others copy
    contest: dict[str, Put] = {
        OURS: putting(ours, case.bodies("gongzhi")),
        BEHIND: putting(raw, ["{}"], "/write"),
        BARE: lambda span: _bare(field, span),
    }
    kept = {name: _kept(field, work) for name, work in contest.items()}
    return measured(case.name, kept, turns(), seconds(), lambda _, load: _lost(load))


def _kept(field: Field, work: Put) -> Put:
    """The same, with every answer an error whose rows are not in each table."""

    def counted(span: float) -> Load:
        before = database.counted(field.database, TABLES)
        load = work(span)
        after = database.counted(field.database, TABLES)
        least = min(now - then for now, then in zip(after, before, strict=True))
        return msgspec.structs.replace(load, errors=load.errors + max(0, load.requests - least))

    return counted


def _lost(load: Load) -> str | None:
    return f"{load.errors} of {load.requests} were refused or left no rows" if load.errors else None


def _bare(field: Field, span: float) -> Load:
    """As many callers as there are connections elsewhere, in this process, without HTTP."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_transactions(field, span))


async def _transactions(field: Field, span: float) -> Load:
    spans: list[float] = []
    async with Copies(field.database, field.pool) as copies:
        await copies.write()
        begun = time.perf_counter()

        async def caller() -> None:
            while time.perf_counter() - begun < span:
                before = time.perf_counter()
                await copies.write()
                spans.append((time.perf_counter() - before) * 1e3)

        await asyncio.gather(*(caller() for _ in range(CONNECTIONS)))
        taken = time.perf_counter() - begun
    percent = statistics.quantiles(spans, n=100)
    return Load(requests=len(spans), seconds=taken, bytes=0, p50=percent[49], p99=percent[98], errors=0)
