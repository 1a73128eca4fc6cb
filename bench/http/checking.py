"""Before anything is measured: everybody answers the same data. And afterwards: nobody answered anything else."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import msgspec

from bench.http.cases import Case
from bench.http.load import Load
from bench.http.servers import Server

TOLERANCE = 0.05
STATUS_LINE = "HTTP/1.1 200 OK\r\n\r\n"


class Unequal(Exception):
    """Two servers disagree, or one answered with an error."""


class Answers(msgspec.Struct, frozen=True):
    """What a server answered to each body of a case, and the mean size of an answer with its headers."""

    data: list[Any]
    size: float


def ask(server: Server, case: Case) -> Answers:
    """Send every body of a case once.

    :raises Unequal: an answer is no success, or has errors.
    """
    found = case.wordings[server.dialect].found
    answers = [_answer(server, body) for body in case.bodies(server.dialect)]
    return Answers(
        [found(json.loads(body)["data"]) for body, _ in answers], sum(size for _, size in answers) / len(answers)
    )


def content(server: Server, case: Case) -> bytes:
    """The body of the answer to the first question of a case."""
    return _answer(server, case.bodies(server.dialect)[0])[0]


def _answer(server: Server, body: str) -> tuple[bytes, int]:
    """The content of an answer, and its size with the headers."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if server.token:
        headers["Authorization"] = f"Bearer {server.token}"
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    try:
        connection.request("POST", "/graphql", body.replace("@", "0").encode(), headers)
        answer = connection.getresponse()
        found = answer.read()
        head = len(STATUS_LINE) + sum(len(f"{name}: {value}\r\n") for name, value in answer.getheaders())
    finally:
        connection.close()
    if answer.status != 200 or "errors" in json.loads(found):
        raise Unequal(f"{server.name} answers with {answer.status}: {found[:600].decode('utf-8', 'replace')}")
    return found, len(found) + head


def agreed(case: Case, servers: list[Server]) -> dict[str, float]:
    """The mean size of each server's answers, by its name.

    :raises Unequal: not everybody answers the same data; the first difference is named.
    """
    answers = {server.name: ask(server, case) for server in servers}
    first = servers[0].name
    for name, found in answers.items():
        for number, (left, right) in enumerate(zip(answers[first].data, found.data, strict=True)):
            if left != right:
                raise Unequal(f"{case.name} {number}: {first} and {name} disagree: {_difference(left, right)}")
    return {name: found.size for name, found in answers.items()}


def _difference(left: Any, right: Any, place: str = "") -> str:
    """Where two answers differ first, and how."""
    if isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys():
        inner = next(key for key in left if left[key] != right[key])
        return _difference(left[inner], right[inner], f"{place}.{inner}")
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        number = next(number for number, pair in enumerate(zip(left, right, strict=True)) if pair[0] != pair[1])
        return _difference(left[number], right[number], f"{place}[{number}]")
    return f"at {place or 'the root'}: {str(left)[:200]} and {str(right)[:200]}"


def wrong(load: Load, size: float) -> str | None:
    """Why a measurement does not count: errors, or answers of another size than those that were compared."""
    if load.errors:
        return f"{load.errors} of {load.requests} answers were no success"
    if not load.requests:
        return "nothing was answered"
    mean = load.bytes / load.requests
    if abs(mean - size) > TOLERANCE * size + 64:
        return f"answers have {mean:.0f} bytes, and had {size:.0f} when they were compared"
    return None
