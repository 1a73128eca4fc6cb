"""Idempotency keys while things fail: the process dies, the answer gets lost, several processes are asked at once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest

from gongzhi.core.db import using
from gongzhi.testing import databases
from gongzhi.testing.serving import settings_for, signing_key
from tests.cli.server import Server, started
from tests.edge.running import running, socket
from tests.graphql.asking import codes
from tests.graphql.repeating import MANAGER, counts, offered, replayed, send

ROOT = Path(__file__).parents[2]
ATTEMPTS = 5


@contextmanager
def serving(url: str, folder: Path, when: str = "", workers: int = 1) -> Iterator[Server]:
    """A server of its own; `when` is when it dies."""
    environ = {"GONGZHI_DATABASE": url, "GONGZHI_SIGNING_KEY": signing_key(), "PYTHONPATH": str(ROOT)}
    environ |= {"GONGZHI_PORT": "0", "GONGZHI_WORKERS": str(workers)}
    module = "gongzhi.cli"
    if when:
        environ |= {"DYING": when, "DYING_MARK": str(folder / "died")}
        module = "tests.graphql.dying"
    with started(folder, "serve", environ=environ, module=module) as server:
        server.wait()
        yield server


def client_of(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, timeout=30)


@pytest.mark.parametrize(("when", "kept"), [("after", True), ("before", False)])
async def test_a_process_that_dies_around_the_commit_did_it_once_or_not_at_all(
    own_demo_url: str, tmp_path: Path, when: str, kept: bool
) -> None:
    async with databases.opened(own_demo_url) as database:
        with using(database):
            before = await counts()
            with serving(own_demo_url, tmp_path, when) as server:
                async with client_of(server.url) as client:
                    with pytest.raises(httpx.TransportError):
                        await send(client, "k-1")
                assert server.process.wait(10) == -9
            one = tuple(number + 1 for number in before)
            assert await counts() == (one if kept else before)
    async with running(settings_for(own_demo_url)) as there:
        first, again = await send(there.client, "k-1"), await send(there.client, "k-1")
        assert (codes(first), replayed(first), replayed(again)) == ([], kept, True)
        assert first.content == again.content
        assert await counts() == one


@asynccontextmanager
async def losing(port: int, lost: int) -> AsyncIterator[str]:
    """The address of a proxy that takes whole answers from a server and throws the first `lost` of them away."""
    left = lost

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal left
        above, below = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.closing(writer), contextlib.closing(below):
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            below.write(head.replace(b"keep-alive", b"close") + await reader.readexactly(size))
            answer = await above.read()
            left -= 1
            if left < 0:
                writer.write(answer)
                await writer.drain()

    server = await asyncio.start_server(pass_on, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def insistent(client: httpx.AsyncClient, key: str) -> tuple[httpx.Response, int]:
    """What Apollo's RetryLink does: the same operation with the same headers again, whenever the network fails."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await send(client, key, Connection="close"), attempt
        except httpx.TransportError:
            await asyncio.sleep(0.01 * attempt)
    raise AssertionError("it never got an answer")


async def test_a_client_that_lost_the_answers_gets_the_first_and_nothing_is_done_twice(own_demo_url: str) -> None:
    async with running(settings_for(own_demo_url)) as server, losing(server.port, 3) as flaky:
        before = await counts()
        async with client_of(flaky) as client:
            answer, attempts = await insistent(client, "k-1")
        assert (codes(answer), attempts, replayed(answer)) == ([], 4, True)
        assert await counts() == tuple(number + 1 for number in before)


async def test_a_websocket_repeats_what_was_asked_over_http(own_demo_url: str) -> None:
    async with running(settings_for(own_demo_url)) as server:
        first = await send(server.client, "k-1")
        before = await counts()
        payload = {**offered("k-1"), "extensions": {"idempotencyKey": "k-1"}}
        async with socket(server) as ws:
            await ws.begin(MANAGER)
            await ws.send(type="subscribe", id="1", payload=payload)
            assert (await ws.next())["payload"] == first.json()
            other = {**offered("k-2"), "extensions": {"idempotencyKey": "k-1"}}
            assert (await ws.next())["type"] == "complete"
            await ws.send(type="subscribe", id="2", payload=other)
            refused = await ws.next()
        assert (refused["type"], codes({"errors": refused["payload"]})) == ("error", ["IDEMPOTENCY_MISMATCH"])
        assert await counts() == before


async def test_copies_that_reach_several_processes_run_once(own_demo_url: str, tmp_path: Path) -> None:
    names = [f"copy-{number}" for number in range(10)]
    async with databases.opened(own_demo_url) as database:
        with using(database):
            before = await counts()
            with serving(own_demo_url, tmp_path, workers=2) as one, serving(own_demo_url, tmp_path) as two:
                async with client_of(one.url) as first, client_of(two.url) as second:
                    asked = [send(client, name) for name in names for client in (first, second, first, second)]
                    answers = await asyncio.gather(*asked)
            assert [codes(each) for each in answers] == [[]] * 40
            assert len({each.content for each in answers}) == 10
            assert sum(replayed(each) for each in answers) == 30
            assert await counts() == tuple(number + 10 for number in before)
