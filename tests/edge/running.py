"""The application behind a real server and a real socket, in the test's own event loop; and a WebSocket to it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from gongzhi.app import create_app
from gongzhi.cli import listening
from gongzhi.core.host import Host
from gongzhi.core.settings import Settings
from tests.graphql.asking import bearer

PATIENCE = 10.0
PROTOCOL = "graphql-transport-ws"


class Running:
    """A server at work: its address, and a client of it."""

    def __init__(self, url: str, app: Any, client: httpx.AsyncClient) -> None:
        self.url = url
        self.app = app
        self.client = client

    @property
    def socket_url(self) -> str:
        return self.url.replace("http", "ws", 1) + "/graphql"

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


@asynccontextmanager
async def running(settings: Settings, host: Host | None = None) -> AsyncIterator[Running]:
    """Serve until the block ends, as `gongzhi serve` does."""
    listener = listening.bind("127.0.0.1", 0)
    app = create_app(settings, host)
    server = uvicorn.Server(uvicorn.Config(app, **{**listening.options(settings), "loop": "none"}))
    server.install_signal_handlers = lambda: None
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        async with asyncio.timeout(PATIENCE * 3):
            while not server.started:
                assert not task.done(), "the server did not start"
                await asyncio.sleep(0.01)
        url = listening.address(listener)
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
            yield Running(url, app, client)
    finally:
        server.should_exit = True
        await asyncio.wait_for(task, PATIENCE * 2)
        listener.close()


class Socket:
    """A WebSocket that speaks graphql-transport-ws, message by message."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def next(self, seconds: float = PATIENCE) -> dict[str, Any]:
        """The next message."""
        found: dict[str, Any] = json.loads(await asyncio.wait_for(self.connection.recv(), seconds))
        return found

    async def silent(self, seconds: float = 0.7) -> bool:
        """Whether nothing comes for a while."""
        try:
            await asyncio.wait_for(self.connection.recv(), seconds)
        except TimeoutError:
            return True
        return False

    async def begin(self, account: str | None = None, **payload: Any) -> None:
        """Say who we are, and wait until we are let in."""
        await self.send(type="connection_init", payload={**bearer(account), **payload})
        assert await self.next() == {"type": "connection_ack"}

    async def subscribe(self, key: str, query: str, **variables: Any) -> None:
        await self.send(type="subscribe", id=key, payload={"query": query, "variables": variables})

    async def closed(self) -> tuple[int, str]:
        """The code and the reason with which the server closes."""
        async with asyncio.timeout(PATIENCE):
            await self.connection.wait_closed()
        assert self.connection.close_code is not None
        return self.connection.close_code, self.connection.close_reason or ""


@asynccontextmanager
async def socket(server: Running, **options: Any) -> AsyncIterator[Socket]:
    """A connection; `options` are those of `websockets.connect`."""
    options = {"subprotocols": [PROTOCOL], **options}
    async with connect(server.socket_url, proxy=None, **options) as connection:
        yield Socket(connection)
