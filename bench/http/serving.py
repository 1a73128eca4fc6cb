"""The same applications behind uvicorn and behind granian, where that is installed."""

import importlib.util
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

from bench.http import cases, database, rounds
from bench.http.cases import Case
from bench.http.checking import agreed
from bench.http.contests import putting, seconds, turns, wrong_by
from bench.http.field import Field, without_cache
from bench.http.rounds import Measured
from bench.http.servers import Server, free_port, started
from bench.targets import Row

UVICORN = "uvicorn"
MODES = {"granian, one thread": "st", "granian, several threads": "mt"}
"""granian's runtime modes, by how they are called here."""
TITLES = {
    "served bytes": "ready bytes",
    "served list": "public list, response cache off",
    "served offerings": "page of 20 offerings, response cache off",
}
Starting = Callable[[str], AbstractContextManager[Server]]


def measured(field: Field) -> list[Measured]:
    """Ready bytes, the list and the page of offerings, behind each server; one process each."""
    if not importlib.util.find_spec("granian"):
        return []
    both = [cases.public_list(), cases.offerings_page(database.paths(field.database, cases.PAGE))]
    found = _compared(
        list(zip(("served list", "served offerings"), both, strict=True)), lambda name: _ours(field, name)
    )
    with field.ours(UVICORN, {}) as server:
        field.remember(server)
    return [*_compared([("served bytes", cases.public_list())], lambda name: _raw(field, name)), *found]


def _compared(named: list[tuple[str, Case]], start: Starting) -> list[Measured]:
    found: list[Measured] = []
    with ExitStack() as stack:
        servers = [stack.enter_context(start(name)) for name in (UVICORN, *MODES)]
        for title, case in named:
            sizes = agreed(case, servers)
            contest = {server.name: putting(server, case.bodies("gongzhi")) for server in servers}
            found += rounds.measured(title, contest, turns(), seconds(), wrong_by(sizes))
    return found


def _raw(field: Field, name: str) -> AbstractContextManager[Server]:
    if name == UVICORN:
        return field.python(name, "raw", dialect="gongzhi")
    return _granian(name, "bench.http.raw:create_app", field.environ)


def _ours(field: Field, name: str) -> AbstractContextManager[Server]:
    if name == UVICORN:
        return field.ours(name, without_cache())
    return _granian(name, "gongzhi.app:create_app", lambda _: field.settings(without_cache()))


def _granian(name: str, application: str, environ: Callable[[int], dict[str, str]]) -> AbstractContextManager[Server]:
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--loop", "uvloop"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--log-level", "warning"]
    return started(name, "gongzhi", [*command, "--runtime-mode", MODES[name], application], environ(port), port)


def rows(results: list[Measured]) -> list[Row]:
    """Each mode of granian beside uvicorn."""
    known = {(each.case, each.name): each for each in results}
    return [
        (f"{title}: {mode}, to uvicorn", known[case, mode].rate / known[case, UVICORN].rate, "ratio", None)
        for case, title in TITLES.items()
        for mode in MODES
        if (case, mode) in known
    ]
