"""Where the time of an answer goes: function calls and processor time by part, of our application without a server.

Calls do not depend on the machine, so a change that adds some is seen. Each case is asked in the process itself, by
ASGI, by 8 callers at once: neither sockets nor a load generator are in it, and PostgreSQL's own time is not, either.
"""

import asyncio
import cProfile
import time
from collections import Counter
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import msgspec

from bench.http import database as rows_of_bench
from bench.http.cases import new_offering, offerings_page, one_item, public_list
from bench.pace import choose
from bench.targets import Row
from gongzhi.app import create_app
from gongzhi.core.signin import issue_token
from gongzhi.testing.serving import settings_for

ROOT = Path(__file__).parent.parent
CALLERS, WARM = 8, 60
CALLER = "demo-district-admin"
PARTS = {
    "gongzhi/graphql/executor": "our executor",
    "gongzhi/graphql/endpoint": "our endpoint",
    "gongzhi/graphql": "our resolvers, loaders and inputs",
    "gongzhi/edge": "our edge: ids, logs, metrics, rates",
    "gongzhi/web": "our edge: ids, logs, metrics, rates",
    "gongzhi/core/db": "our database layer",
    "gongzhi": "our core",
    "site-packages/asyncpg": "asyncpg",
    "site-packages/graphql": "graphql-core",
    "site-packages/strawberry": "strawberry",
    "site-packages/piccolo": "Piccolo",
    "site-packages/litestar": "Litestar",
    "<string>": "compiled from selections and tables",
}
"""By the beginning of a file's address within the project, or what its address contains; the first that fits."""
REST = "Python and its library"


class Asked(msgspec.Struct, frozen=True):
    """A case: its bodies, in turns, whether the response cache is on, and how many calls an answer may take."""

    name: str
    bodies: Sequence[bytes]
    most: int
    cached: bool = False
    signed_in: bool = False


class Profile(msgspec.Struct, frozen=True):
    """Of one answer: calls of functions, microseconds of processor time without the profiler, and shares of parts."""

    name: str
    calls: float
    micros: float
    parts: dict[str, tuple[float, float]]


_found: list[Profile] = []


def rows() -> list[Row]:
    """Calls for an answer, which are the same on each machine, and the processor's time."""
    with rows_of_bench.filled() as (url, items):
        asked = asyncio.run(_cases(url, [item["code"] for each in items.values() for item in each]))
        _found[:] = [asyncio.run(_profile(url, each)) for each in asked]
    most = {each.name: each.most for each in asked}
    found: list[Row] = [(f"function calls for {each.name}", each.calls, "calls", most[each.name]) for each in _found]
    return [*found, *((f"processor's time for {each.name}", each.micros, "µs", None) for each in _found)]


def details() -> list[str]:
    """The parts of each."""
    lines = [
        "## Where the time goes",
        "",
        "One answer of our application in the process itself, without a server: the calls of functions, and each "
        "part's share of the processor's time under a profiler, which makes calls look dearer than they are. What is "
        "called from C (encoding JSON, decoding rows, sockets) counts to Python and its library.",
        "",
    ]
    for each in _found:
        lines += [f"**{each.name}**: {each.calls:,.0f} calls, {each.micros:,.0f} µs", "", "| part | calls | share |"]
        lines += ["|------|-------|-------|"]
        parts = sorted(each.parts.items(), key=lambda part: -part[1][1])
        lines += [f"| {name} | {calls:,.0f} | {share:.0%} |" for name, (calls, share) in parts if share >= 0.01]
        lines += [""]
    return lines


async def _cases(url: str, codes: list[str]) -> list[Asked]:
    connection = await asyncpg.connect(url)
    paths = [row["path"] for row in await connection.fetch("SELECT DISTINCT path FROM offering ORDER BY path")]
    await connection.close()

    def of(case: Any) -> list[bytes]:
        return [body.encode() for body in case.bodies("gongzhi")]

    (created,) = of(new_offering())
    creating = [created.replace(b"@", str(uuid4()).encode()) for _ in range(4_000)]
    return [
        Asked("the public list from the response cache", of(public_list()), 180, cached=True),
        Asked("the public list", of(public_list()), 560),
        Asked("one item by code", of(one_item(codes)), 400),
        Asked("a page of 20 offerings", of(offerings_page(paths)), 850),
        Asked("a mutation with audit and event", creating, 1_700, signed_in=True),
    ]


async def _profile(url: str, asked: Asked) -> Profile:
    off: dict[str, Any] = {"rate_account": 0, "rate_address": 0, "rate_client": 0, "background": False}
    settings = settings_for(url, log_requests="none", **off, **({} if asked.cached else {"response_cache_bytes": 0}))
    shown = [(b"authorization", f"Bearer {issue_token(settings, CALLER)}".encode())] if asked.signed_in else []
    app = create_app(settings)
    bodies, times = cycle(asked.bodies), int(choose(200, 40))
    async with app.lifespan():
        await _put(app, bodies, shown, WARM)
        began = time.process_time()
        await _put(app, bodies, shown, times)
        micros = (time.process_time() - began) / (times * CALLERS) * 1e6
        profiler = cProfile.Profile(time.process_time)
        profiler.enable()
        await _put(app, bodies, shown, times)
        profiler.disable()
    calls, spent = Counter[str](), Counter[str]()
    for entry in profiler.getstats():
        part = _part(entry.code if isinstance(entry.code, str) else entry.code.co_filename)
        calls[part] += entry.callcount
        spent[part] += entry.inlinetime  # type: ignore[assignment]  # counts of seconds
    answers, whole = times * CALLERS, sum(spent.values())
    parts = {part: (calls[part] / answers, spent[part] / whole) for part in calls}
    return Profile(asked.name, sum(calls.values()) / answers, micros, parts)


def _part(file: str) -> str:
    inside = file.removeprefix(f"{ROOT}/")
    for mark, name in PARTS.items():
        if inside.startswith(mark) or (mark.startswith("site-packages") and mark in file):
            return name
    return REST


async def _put(app: Any, bodies: Any, shown: list[tuple[bytes, bytes]], times: int) -> None:
    async def caller() -> None:
        for _ in range(times):
            await _ask(app, next(bodies), shown)

    await asyncio.gather(*(caller() for _ in range(CALLERS)))


async def _ask(app: Any, body: bytes, shown: list[tuple[bytes, bytes]]) -> None:
    """One request; its answer must be a success."""
    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json"), *shown]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            assert message["body"].startswith(b'{"data"'), message["body"][:300]

    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/graphql"}
    more = {"raw_path": b"/graphql", "query_string": b"", "root_path": "", "headers": headers, "scheme": "http"}
    await app({**scope, **more, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {}}, receive, send)
