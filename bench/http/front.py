"""A registered query by GET: from the API itself, and from nginx's cache in front of it."""

import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256

import msgspec

from bench.http import cases
from bench.http.checking import Unequal
from bench.http.contests import putting, seconds, turns
from bench.http.field import OURS, Field
from bench.http.load import Load
from bench.http.nginx import MISSING, nginx, program
from bench.http.rounds import Measured, measured
from bench.http.servers import Server, free_port
from bench.targets import Row

CASE = "front"
FRONT = "nginx with a cache in front of it"
TITLE = "public list by GET"
DOCUMENT = cases.public_list().wordings["gongzhi"].query


def rounds(field: Field) -> list[Measured]:
    """Both, where nginx is; the bytes are the same."""
    if program() is None:
        print(f"  without a cache in front: {MISSING}", file=sys.stderr, flush=True)
        return []
    path = f"/graphql/d/{sha256(DOCUMENT.encode()).hexdigest()}"
    with ExitStack() as stack:
        own = msgspec.structs.replace(stack.enter_context(field.ours(OURS, {})), token="")
        servers = [own, stack.enter_context(_in_front(field, own))]
        answers = {_got(server, path) for server in servers}
        if len(answers) != 1:
            raise Unequal(f"{FRONT} changes answers")
        contest = {server.name: putting(server, [], path) for server in servers}
        return measured(CASE, contest, turns(), seconds(), _refused)


@contextmanager
def _in_front(field: Field, own: Server) -> Iterator[Server]:
    port = free_port()
    folder = field.folder / "nginx"
    folder.mkdir()
    with nginx(folder, port, int(own.url.rpartition(":")[2]), logged=False) as wrong:
        yield Server(FRONT, f"http://127.0.0.1:{port}", "gongzhi", own.pid)
    if wrong:
        raise Unequal(f"nginx complains: {wrong[0]}")


def _got(server: Server, path: str) -> bytes:
    with urllib.request.urlopen(server.url + path, timeout=10) as answer:
        found: bytes = answer.read()
    return found


def _refused(_: str, load: Load) -> str | None:
    return f"{load.errors} of {load.requests} answers were no success" if load.errors else None


def rows(results: list[Measured]) -> list[Row]:
    """How much a cache in front multiplies."""
    known = {each.name: each for each in results}
    if not known:
        return []
    return [(f"{TITLE}: {FRONT}, to the API itself", known[FRONT].rate / known[OURS].rate, "ratio", None)]
