"""Several workers of `gongzhi serve`: what an operator adds beside them, each of them knows within a second."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.cli.conftest import Command
from tests.cli.server import Server, started

TEXT = "query Known { __typename }\n"


def workers_of(server: Server) -> list[int]:
    """The processes that serve; one that the kernel has stopped accepts nothing, so that the others answer."""
    parent = server.process.pid
    children = map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())
    return [child for child in children if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()]


@contextmanager
def alone(worker: int, workers: list[int]) -> Iterator[None]:
    """Let only this one answer within the block."""
    others = [each for each in workers if each != worker]
    for each in others:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in others:
            os.kill(each, signal.SIGCONT)


def answers(server: Server, body: dict[str, object], key: str = "") -> bool:
    """Whether it knows what is asked for, and who asks."""
    answer = httpx.post(f"{server.url}/graphql", json=body, headers={"X-API-Key": key} if key else {})
    assert answer.status_code < 500
    return bool(answer.json() == {"data": {"__typename": "Query"}})


def unknown_for(workers: list[int], known: Callable[[], bool]) -> float:
    """The seconds after which any worker still did not know."""
    began = last = time.monotonic()
    for worker in workers:
        with alone(worker, workers):
            while (asked := time.monotonic()) and not known():
                last = asked
                assert asked - began < 10
    return last - began


def test_clients_and_documents_that_are_added_are_known_to_every_worker(
    migrated_url: str, folder: Path, gongzhi: Command
) -> None:
    (folder / "known.graphql").write_text(TEXT, "utf-8")
    at, environ = ("--database", migrated_url), {"GONGZHI_DATABASE": migrated_url}
    with started(folder, "serve", "--port", "0", "--workers", "2", environ=environ) as server:
        server.wait()
        workers = workers_of(server)
        assert len(workers) == 2
        key = gongzhi("client", "add", "app", "--name", "小程序", *at).stdout.strip()
        assert unknown_for(workers, lambda: answers(server, {"query": TEXT}, key)) < 1
        named = {"sha256Hash": gongzhi("documents", "add", "known.graphql", *at).stdout.strip(), "version": 1}
        assert unknown_for(workers, lambda: answers(server, {"extensions": {"persistedQuery": named}})) < 1
        assert gongzhi("client", "suspend", "app", *at).exit_code == 0
        assert unknown_for(workers, lambda: not answers(server, {"query": TEXT}, key)) < 1
        assert server.stop() in (0, -signal.SIGTERM)
        assert "Traceback" not in server.output
