"""Answers that are kept: the same bytes as new ones, never older than they may be, never more than the limit."""

import asyncio
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from gongzhi.core.settings import Settings
from gongzhi.demo.accounts import DEMO_ACCOUNTS
from gongzhi.graphql.access import CacheScope
from gongzhi.graphql.endpoint.cache import ENTRY_BYTES, LARGEST_SHARE, ResponseCache, Shared
from gongzhi.graphql.endpoint.sharing import Sharing
from gongzhi.graphql.schema import build_for
from gongzhi.installation import host_of
from gongzhi.testing.serving import served, settings_for, signing_key
from tests.cli.server import started
from tests.graphql.asking import bearer
from tests.graphql.reaching import reachable

ADMIN = "demo-district-admin"
ACCOUNTS = (None, *(account.code for account in DEMO_ACCOUNTS))
NAMES = "{ items(first: 100) { nodes { code name } } }"
REVISION = "x-gongzhi-revision"
FROM_MEMORY = 15
"""Object types of which the shared fields can be answered without the database, at least."""


async def cached(client: httpx.AsyncClient) -> int:
    """How many answers were kept ones so far."""
    lines = (await client.get("/metrics")).text.splitlines()
    return int(float(next(line.split()[1] for line in lines if line.startswith("gongzhi_cached_answers_total"))))


async def post(client: httpx.AsyncClient, query: str, account: str | None = None, **headers: str) -> httpx.Response:
    sent = {**bearer(account), **{name.replace("_", "-"): value for name, value in headers.items()}}
    return await client.post("/graphql", json={"query": query}, headers=sent)


async def test_every_shared_field_is_the_same_from_the_cache_for_everybody(demo_url: str) -> None:
    settings = settings_for(demo_url, response_cache_bytes=0)
    found = reachable(build_for(host_of(settings))._schema)
    assert sum(len(each.fields) for each in found) > 180
    kept = 0
    async with served(settings) as anew, served(settings_for(demo_url)) as keeping:
        for each in found:
            for account in ACCOUNTS:
                before = await cached(keeping)
                wanted = (await post(anew, each.document, account)).content
                assert (await post(keeping, each.document, account)).content == wanted, (each.kind, account)
                assert (await post(keeping, each.document, account)).content == wanted, (each.kind, account)
                if account is None:
                    kept += await cached(keeping) > before
        assert await cached(anew) == 0
    assert kept >= FROM_MEMORY


def test_what_needs_a_permission_is_shared_with_nobody() -> None:
    schema = build_for(host_of(Settings()))._schema
    sharing = Sharing(schema)
    guarded = [
        (kind.name, name)
        for kind in schema.type_map.values()
        for name, field in getattr(kind, "fields", {}).items()
        if any(type(each).__name__ == "Requires" for each in directives_of(field))
    ]
    assert len(guarded) > 60
    assert [pair for pair in guarded if sharing.width(schema.type_map[pair[0]], pair[1])] == []


def directives_of(field: Any) -> list[Any]:
    definition = getattr(field, "extensions", {}).get("strawberry-definition")
    return list(getattr(definition, "directives", ()))


@pytest.mark.parametrize(
    "query",
    [
        "{ territories(first: 3) { nodes { name } } }",
        '{ organization(code: "dongyuan-committee") { name } }',
        '{ items(filters: { territory: "/futian" }, first: 3) { nodes { code } } }',
        "{ offerings(first: 3) { nodes { id } } }",
        "{ viewer { account { code } } }",
        "{ nothing }",
        '{ item(code: "B001") { offerings { totalCount } } }',
    ],
)
async def test_what_is_read_from_the_database_or_refused_is_not_kept(demo_url: str, query: str) -> None:
    async with served(settings_for(demo_url)) as client:
        for account in (None, ADMIN):
            for _ in range(2):
                await post(client, query, account)
        assert await cached(client) == 0


async def test_a_kept_answer_differs_by_operation_variables_and_nothing_else(demo_sqlite: str) -> None:
    query = "query A($n: Int) { items(first: $n) { nodes { code } } } query B { items(first: 1) { nodes { name } } }"
    async with served(settings_for(demo_sqlite)) as client:

        async def ask(name: str, **variables: int) -> tuple[bytes, int]:
            body = {"query": query, "operationName": name, "variables": variables}
            return (await client.post("/graphql", json=body)).content, await cached(client)

        assert [(await ask("A", n=2))[1], (await ask("A", n=3))[1], (await ask("B"))[1]] == [0, 0, 0]
        assert [(await ask("A", n=2))[1], (await ask("A", n=3))[1], (await ask("B"))[1]] == [1, 2, 3]
        assert len({(await ask("A", n=2))[0], (await ask("A", n=3))[0], (await ask("B"))[0]}) == 3


async def publish(client: httpx.AsyncClient, number: int) -> None:
    """Publish another edition of the basic services, in which one name is another."""

    async def do(mutation: str, given: dict[str, Any], result: str) -> Any:
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        query = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {result} }} }}"
        body = {"query": query, "variables": {"input": given}}
        found = (await client.post("/graphql", json=body, headers=bearer(ADMIN))).json()
        assert "errors" not in found, found
        return found["data"][mutation]

    edition = "edition { id version }"
    draft = (await do("draftEdition", {"slug": "basic-services", "label": "新", "labelEn": "New"}, edition))["edition"]
    item = f'{{ node(id: "{draft["id"]}") {{ ... on Edition {{ item(code: "B002") {{ version }} }} }} }}'
    version = (await post(client, item, ADMIN)).json()["data"]["node"]["item"]["version"]
    await do("removeItem", {"edition": draft["id"], "code": "B002", "version": version}, edition)
    for mutation in ("submitEdition", "publishEdition"):
        query = f'{{ node(id: "{draft["id"]}") {{ ... on Edition {{ id version }} }} }}'
        draft = (await post(client, query, ADMIN)).json()["data"]["node"]
        await do(mutation, {"edition": draft["id"], "version": draft["version"]}, edition)


async def test_a_publication_is_in_the_next_answer_here_and_within_a_second_elsewhere(
    own_demo_url: str, tmp_path: Path
) -> None:
    settings = settings_for(own_demo_url)
    environ = {"GONGZHI_DATABASE": own_demo_url, "GONGZHI_SIGNING_KEY": signing_key()}
    async with served(settings) as here, httpx.AsyncClient() as there:
        with started(tmp_path, "serve", "--port", "0", environ=environ) as other:
            await asyncio.to_thread(other.wait)
            there.base_url = httpx.URL(other.url)
            for client in (here, there):
                assert [b"B002" in (await post(client, NAMES)).content for _ in range(2)] == [True, True]
            await publish(here, 2)
            published = time.monotonic()
            new = await post(here, NAMES)
            assert b"B002" not in new.content
            as_new = await post(there, NAMES, if_revision=new.headers[REVISION])
            assert as_new.content == new.content
            last = published
            while (asked := time.monotonic()) and (await post(there, NAMES)).content != new.content:
                last = asked
                assert asked - published < 10
    assert last - published < 1.0


async def test_a_revision_that_is_not_here_yet_is_unavailable(demo_url: str) -> None:
    async with served(settings_for(demo_url)) as client:
        now = (await post(client, NAMES)).headers[REVISION]
        later = await post(client, NAMES, if_revision=f"{int(now.split('-')[0]) + 1}-{now.split('-')[1]}")
        wrong = await post(client, NAMES, if_revision="yesterday")
    assert (later.status_code, later.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert wrong.json()["errors"][0]["extensions"]["code"] == "INVALID"


async def test_a_policy_of_this_moment_for_those_who_ask_for_it(demo_sqlite: str, tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    async with served(settings_for(demo_sqlite, policies=str(folder))) as client:
        before = (await post(client, NAMES)).headers[REVISION]
        rules = folder / "own.csv"
        rules.write_text("p, role:resident, /, actors.account, read, any, deny\n")
        asked = await post(client, NAMES, if_revision=f"{before.split('-')[0]}-{'0' * 12}")
    assert asked.headers[REVISION] != before


def test_the_cache_never_takes_more_than_its_limit() -> None:
    cache = ResponseCache(100_000)
    for number in range(1_000):
        cache.put(number, Shared(bytes(number % 5_000), CacheScope.public), b"")
        assert cache.size <= 100_000
    assert cache.get(0) is None
    assert cache.get(999) is not None
    cache.put("large", Shared(bytes(100_000 // LARGEST_SHARE - ENTRY_BYTES + 1), CacheScope.public), b"")
    assert cache.get("large") is None


def test_what_is_asked_for_stays_longest() -> None:
    cache = ResponseCache(20 * ENTRY_BYTES)
    for number in range(100):
        cache.put(number, Shared(b"", CacheScope.public), b"")
        assert cache.get(0) is not None


async def test_public_answers_to_get_carry_what_proxies_need(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite, cors_origins=("https://example.org",))) as client:
        found = await client.get("/graphql", params={"query": NAMES})
        again = await client.get("/graphql", params={"query": NAMES}, headers={"If-None-Match": found.headers["etag"]})
        other = await client.get("/graphql", params={"query": NAMES}, headers={"If-None-Match": '"other", W/"x"'})
        page = await client.get("/graphql", params={"query": NAMES}, headers={"Origin": "https://example.org"})
        mine = await client.get("/graphql", params={"query": "{ viewer { account { code } } }"}, headers=bearer(ADMIN))
        wrong = await client.get("/graphql", params={"query": "{ offerings { totalCount } nothing }"})
        posted = await post(client, NAMES)
    assert found.headers["cache-control"] == "public, max-age=0, s-maxage=10, must-revalidate"
    assert found.headers["vary"] == page.headers["vary"] == "Accept, Authorization, X-API-Key, X-Acting-For, Origin"
    assert "ratelimit" not in found.headers
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", found.headers["etag"])
    assert (other.status_code, other.content) == (200, found.content)
    for private in (mine, wrong, posted):
        assert private.headers["cache-control"] == "private, no-store"
        assert "etag" not in private.headers
