"""One engine to do faults on: a database with the demo's records, a server that is shared, and who may sign in."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from faults.server import Server
from faults.stores import Cluster, PostgreSQLStore, SQLiteStore, Store, free_port
from gongzhi.core import clock
from gongzhi.core.settings import Settings
from gongzhi.core.signin import issue_token
from gongzhi.core.signin.local import signing_key
from tests import demos

POOL = 6
ADMIN = "demo-district-admin"
LIFETIME = timedelta(hours=40)
"""Of a token."""


class Ground:
    """One engine. `short` asks for fewer rounds of everything."""

    def __init__(self, folder: Path, store: Store, *, short: bool) -> None:
        self.folder = folder
        self.store = store
        self.short = short
        self.key = folder / "signing.pem"
        self._settings = Settings(database=store.url, signing_key=str(self.key))
        self._tokens: dict[str, str] = {}
        self.server = self.other_server()

    @property
    def engine(self) -> str:
        """How the table names it."""
        return self.store.engine

    def times(self, full: int, short: int) -> int:
        """How often something is done."""
        return short if self.short else full

    def seconds(self, most: float) -> float:
        """What something may take. The short form runs beside other tests, and must not fail because they work."""
        return most * (10 if self.short else 1)

    def environ(self, **more: Any) -> dict[str, str]:
        """Settings as variables; rates are off, for one machine sends what many would."""
        plain = {
            "database": self.store.url,
            "signing_key": self.key,
            "rate_account": 0,
            "rate_address": 0,
            "rate_client": 0,
            "pool_size": POOL,
            "log_requests": "none",
            **more,
        }
        return {f"GONGZHI_{name.upper()}": str(value) for name, value in plain.items()}

    def other_server(self, *options: str, environ: Mapping[str, Any] | None = None) -> Server:
        """A server on this database that is not shared; with other settings, or with options of `gongzhi serve`."""
        return Server(self.folder, free_port(), self.environ(**(environ or {})), *options)

    async def serving(self) -> Server:
        """The shared server, running and well."""
        if not self.server.running:
            self.server.start()
        await self.server.ready()
        return self.server

    @asynccontextmanager
    async def own_server(self, *options: str, **environ: Any) -> AsyncIterator[Server]:
        """A server for one fault, killed afterwards; the shared one does not run meanwhile."""
        self.server.kill()
        server = self.other_server(*options, environ=environ)
        try:
            yield server
        finally:
            server.kill()

    def token(self, account: str) -> str:
        """A token of the development key; it holds before and after now as well, for a clock that is set."""
        if account not in self._tokens:
            with clock.frozen(clock.now() - LIFETIME / 2):
                self._tokens[account] = issue_token(self._settings, account, LIFETIME)
        return self._tokens[account]

    def client(self, server: Server | None = None, **given: Any) -> httpx.AsyncClient:
        """A client over real sockets."""
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        return httpx.AsyncClient(base_url=(server or self.server).url, **{"timeout": 30.0, "limits": limits, **given})


@asynccontextmanager
async def sqlite(folder: Path, *, short: bool = False) -> AsyncIterator[Ground]:
    """A ground on SQLite."""
    folder.mkdir(parents=True, exist_ok=True)
    store = SQLiteStore(folder / "faults.db")
    await asyncio.to_thread(asyncio.run, demos.filled(store.url))
    shutil.copyfile(store.path, folder / "template.db")
    async with _ground(folder, store, short=short) as ground:
        yield ground


@asynccontextmanager
async def postgresql(folder: Path, *, short: bool = False) -> AsyncIterator[Ground]:
    """A ground on a PostgreSQL server of its own, which is thrown away afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="gongzhi-faults-"))  # where the user postgres can get to
    cluster = Cluster(home)
    try:
        cluster.create()
        store = PostgreSQLStore(cluster, "faults")
        await PostgreSQLStore(cluster, "postgres").rows("CREATE DATABASE faults")
        await asyncio.to_thread(asyncio.run, demos.filled(store.url))
        async with _ground(folder, store, short=short) as ground:
            yield ground
    finally:
        cluster.remove()


@asynccontextmanager
async def _ground(folder: Path, store: Store, *, short: bool) -> AsyncIterator[Ground]:
    ground = Ground(folder, store, short=short)
    signing_key(Settings(database=f"sqlite:///{folder}/key.db"))  # makes a key in `.gongzhi` beside it
    next((folder / ".gongzhi").iterdir()).rename(ground.key)
    try:
        yield ground
    finally:
        ground.server.kill()
