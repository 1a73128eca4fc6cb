"""The contestants: how each is started, on which rows."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

import msgspec

from bench.http.cases import public_list
from bench.http.checking import content
from bench.http.database import Items
from bench.http.packages import why_no_node
from bench.http.servers import NODE, Server, free_port, started
from gongzhi.core.settings import Settings
from gongzhi.core.signin import issue_token
from gongzhi.testing.serving import settings_for, signing_key

OURS = "gongzhi"
UNCACHED = "gongzhi, response cache off"
RAW = "ready bytes from a Litestar route"
STOCK = "stock strawberry"
JITS = ("Mercurius", "Yoga")
NODES = (*JITS, "PostGraphile")
STORED = ", items from PostgreSQL"
ACCOUNT = "demo-org-manager"
CACHE_SETTING = "response_cache_bytes"
UVICORN = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning", "--no-server-header"]
"""How the raw route and stock strawberry are served: as ours, without what ours adds around connections."""


class Field:
    """Everybody, at work on one database."""

    def __init__(self, database: str, items: Items, folder: Path) -> None:
        self.database = database
        self.items = items
        self.folder = folder
        self.servers: dict[str, Server] = {}
        self.token = issue_token(settings_for(database), ACCOUNT)
        self.pool = Settings().pool_size
        (folder / "items.json").write_text(json.dumps(items, ensure_ascii=False), "utf-8")

    def on(self, database: str) -> "Field":
        """The same on another database."""
        folder = self.folder / database.rpartition("/")[2]
        folder.mkdir()
        return Field(database, self.items, folder)

    @cached_property
    def nodeless(self) -> str | None:
        """Why nobody runs on Node.js; None where they do."""
        return why_no_node(NODE)

    @property
    def peers(self) -> tuple[str, ...]:
        """The names of those on Node.js."""
        return () if self.nodeless else NODES

    def environ(self, port: int) -> dict[str, str]:
        """What a peer is told."""
        return {
            "PEER_DATABASE": self.database,
            "PEER_ITEMS": str(self.folder / "items.json"),
            "PEER_POOL": str(self.pool),
            "PEER_PORT": str(port),
            "RAW_ANSWER": str(self.folder / "answer.json"),
            "NODE_ENV": "production",
            "GRAPHILE_ENV": "production",
        }

    @contextmanager
    def ours(self, name: str, settings: Mapping[str, str], workers: int = 1) -> Iterator[Server]:
        """`gongzhi serve`, as it is shipped."""
        port = free_port()
        command = [sys.executable, "-m", "gongzhi.cli", "serve", "--port", str(port), "--workers", str(workers)]
        with started(name, "gongzhi", command, self.settings(settings), port, self.token) as server:
            yield server

    def settings(self, more: Mapping[str, str]) -> dict[str, str]:
        """The environment of our servers."""
        own = {"GONGZHI_DATABASE": self.database, "GONGZHI_SIGNING_KEY": signing_key()}
        return {**own, **{f"GONGZHI_{name.upper()}": value for name, value in more.items()}}

    def remember(self, server: Server) -> None:
        """Keep a server's answer to the list, for the routes that answer with ready bytes."""
        (self.folder / "answer.json").write_bytes(content(server, public_list()))

    @contextmanager
    def python(self, name: str, module: str, dialect: str = "peer") -> Iterator[Server]:
        """One of the applications beside this module, behind uvicorn."""
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", f"bench.http.{module}:create_app", "--factory", "--port", str(port)]
        with started(name, dialect, [*command, *UVICORN], self.environ(port), port) as server:
            yield server

    @contextmanager
    def node(self, name: str) -> Iterator[Server]:
        """One of the servers of bench/peers."""
        port = free_port()
        dialect = "postgraphile" if name == "PostGraphile" else "peer"
        with started(name, dialect, ["node", str(NODE / f"{name.lower()}.js")], self.environ(port), port) as server:
            yield server

    @contextmanager
    def everybody(self) -> Iterator[None]:
        """All of them, until the block ends."""
        with ExitStack() as stack:

            def enter(context: AbstractContextManager[Server]) -> None:
                server = stack.enter_context(context)
                self.servers[server.name] = server

            enter(self.ours(OURS, {}))
            enter(self.ours(UNCACHED, without_cache()))
            self.remember(self.servers[UNCACHED])
            enter(self.python(RAW, "raw", dialect="gongzhi"))
            enter(self.python(STOCK, "stock"))
            for name in self.peers:
                enter(self.node(name))
            yield

    def reading(self, name: str) -> Server:
        """The same server, asked for items that it reads from PostgreSQL."""
        server = self.servers[name]
        return msgspec.structs.replace(server, name=f"{name}{STORED}", dialect="stored")


def without_cache() -> dict[str, str]:
    """The settings that switch the response cache off."""
    return {CACHE_SETTING: "0"} if CACHE_SETTING in Settings.__struct_fields__ else {}
