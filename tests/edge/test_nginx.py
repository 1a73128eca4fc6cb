"""A real nginx with a cache in front of a real server, set up by the file that operators are given."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from bench.http.nginx import MISSING, nginx, program
from bench.http.servers import free_port
from gongzhi.core.clients import service
from gongzhi.core.clients.records import NewDocument
from gongzhi.core.permissions import SYSTEM, pinned
from gongzhi.testing import databases
from gongzhi.testing.calling import Callers
from gongzhi.testing.serving import settings_for
from tests.core.places import shipped_policy
from tests.edge.running import Running, running, socket
from tests.edge.test_subscriptions import publish
from tests.graphql.asking import bearer

KEPT_SECONDS = 1
PUBLIC = (
    'query Lists { serviceList(slug: "basic-services") { currentEdition { number items(first: 2) '
    "{ nodes { code } } } } }"
)
PERSONAL = "query Me { viewer { account { code } } }"
ONE, OTHER = "demo-resident", "demo-org-manager"


class Cached:
    """A client of nginx, and what nginx wrote of what it did."""

    def __init__(self, client: httpx.AsyncClient, upstream: Running, port: int, log: Path) -> None:
        self.client = client
        self.upstream = upstream
        self.nginx = Running(f"http://127.0.0.1:{port}", None, client)
        self._log = log

    async def get(self, document: str, account: str | None = None, **headers: str) -> httpx.Response:
        """The answer to a registered document."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        digest = sha256(document.encode()).hexdigest()
        answer = await self.client.get(f"/graphql/d/{digest}", headers={**bearer(account), **given})
        assert answer.status_code in (200, 304), answer.text
        return answer

    def sent_on(self, method: str = "GET") -> list[str]:
        """The API's status for each request of a method that nginx did not answer by itself."""
        lines = [line.split() for line in self._log.read_text("utf-8").splitlines()]
        return [upstream for asked, _, upstream in lines if asked == method and upstream != "-"]


@asynccontextmanager
async def cached(url: str, folder: Path) -> AsyncIterator[Cached]:
    """The API with registered documents, and nginx before it."""
    if program() is None:
        assert not os.environ.get("CI"), MISSING
        pytest.skip(MISSING)
    settings = settings_for(url, shared_cache_seconds=KEPT_SECONDS)
    port = free_port()
    async with databases.opened(url) as database:
        with pinned(shipped_policy()):
            async with database.transaction():
                documents = [NewDocument("lists", PUBLIC), NewDocument("me", PERSONAL)]
                await service.add_documents(SYSTEM, documents)
    async with running(settings) as upstream:
        with nginx(folder, port, upstream.port) as wrong:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
                yield Cached(client, upstream, port, folder / "seen")
        assert wrong == []


async def test_what_is_public_is_kept_and_asked_for_again_when_it_may_have_changed(
    own_demo_url: str, tmp_path: Path
) -> None:
    async with cached(own_demo_url, tmp_path) as proxy:
        before = len(proxy.sent_on())
        answers = await asyncio.gather(*(proxy.get(PUBLIC) for _ in range(20)))
        assert len(proxy.sent_on()) == before + 1, "twenty at once are one request"
        first = answers[0]
        assert {answer.content for answer in answers} == {first.content}
        assert first.json()["data"]["serviceList"]["currentEdition"]["number"] == 1
        assert sorted({answer.headers["x-cache"] for answer in answers}) == ["HIT", "MISS"]
        assert first.headers["cache-control"].startswith("public")
        assert "authorization" in first.headers["vary"].lower()
        known = await proxy.get(PUBLIC, If_None_Match=first.headers["etag"])
        assert (known.status_code, known.content, known.headers["x-cache"]) == (304, b"", "HIT")
        assert len(proxy.sent_on()) == before + 1

        await asyncio.sleep(KEPT_SECONDS + 1)
        again = await proxy.get(PUBLIC)
        assert (again.headers["x-cache"], again.content) == ("REVALIDATED", first.content)
        assert proxy.sent_on()[before:] == ["200", "304"]

        await publish(Callers(proxy.upstream.client, settings_for(own_demo_url)), without="B001")
        await asyncio.sleep(KEPT_SECONDS + 1)
        new = await proxy.get(PUBLIC)
        assert new.headers["x-cache"] == "EXPIRED"
        assert new.json()["data"]["serviceList"]["currentEdition"]["number"] == 2
        assert new.headers["etag"] != first.headers["etag"]
        assert (await proxy.get(PUBLIC, If_None_Match=first.headers["etag"])).content == new.content
        assert proxy.sent_on()[before:] == ["200", "304", "200"]


async def test_nobody_is_given_what_was_answered_to_another(own_demo_url: str, tmp_path: Path) -> None:
    async with cached(own_demo_url, tmp_path) as proxy:
        for account in (ONE, OTHER, ONE, OTHER):
            answer = await proxy.get(PERSONAL, account)
            assert answer.json() == {"data": {"viewer": {"account": {"code": account}}}}
            assert answer.headers["x-cache"] == "MISS"
            assert "public" not in answer.headers["cache-control"]
        assert (await proxy.get(PERSONAL)).json() == {"data": {"viewer": {"account": None}}}

        shared = [await proxy.get(PUBLIC, account) for account in (None, ONE, OTHER)]
        assert [answer.headers["x-cache"] for answer in shared] == ["MISS"] * 3, "one for each Authorization"
        assert (await proxy.get(PUBLIC)).headers["x-cache"] == "HIT"
        assert (await proxy.get(PUBLIC, Accept="application/json")).headers["x-cache"] == "MISS"

        before = len(proxy.sent_on("POST"))
        for _ in range(2):
            posted = await proxy.client.post("/graphql", json={"query": PUBLIC})
            assert posted.json() == shared[0].json()
        assert proxy.sent_on("POST")[before:] == ["200"] * 2


async def test_a_websocket_goes_through(own_demo_url: str, tmp_path: Path) -> None:
    async with cached(own_demo_url, tmp_path) as proxy, socket(proxy.nginx) as ws:
        await ws.begin(ONE)
        await ws.subscribe("1", "{ viewer { account { code } } }")
        assert (await ws.next())["payload"] == {"data": {"viewer": {"account": {"code": ONE}}}}
