"""`gongzhi client` and `gongzhi documents`, and what the running API makes of keys and digests."""

import asyncio
import json
from collections.abc import Awaitable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from click.testing import CliRunner, Result

from gongzhi.cli import main
from gongzhi.core import db
from gongzhi.core.audit.tables import AuditEntry
from gongzhi.core.clients import service
from gongzhi.core.clients.records import NewDocument
from gongzhi.core.clients.tables import ApiClient
from gongzhi.core.permissions import SYSTEM
from gongzhi.testing.serving import served, settings_for
from tests.graphql.asking import codes

T = TypeVar("T")
TYPENAME = "{ __typename }"
LISTS = 'query Lists {\n  serviceList(slug: "basic-services") {\n    editions { number }\n  }\n}\n'


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


async def run(*arguments: str, status: int = 0) -> Result:
    """Run a command. Not while the application runs: both use the one database that is bound in a process."""
    result = await asyncio.to_thread(CliRunner().invoke, main, arguments)
    assert result.exit_code == status, result.output + str(result.exception)
    return result


async def gongzhi(url: str, *arguments: str, status: int = 0) -> Result:
    """A command on a database."""
    return await run(*arguments, "--database", url, status=status)


async def meanwhile(work: Awaitable[T]) -> T:
    """What a command does, while the application runs."""
    async with db.current().transaction():
        return await work


async def key_of(url: str, code: str, *options: str) -> str:
    result = await gongzhi(url, "client", "add", code, "--name", "小程序", *options)
    return result.stdout.strip()


async def ask(client: httpx.AsyncClient, key: str | None = None, **body: Any) -> httpx.Response:
    headers = {"X-API-Key": key} if key else {}
    return await client.post("/graphql", json={"query": TYPENAME, **body}, headers=headers)


def persisted(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": digest(text)}}


async def seen(client: httpx.AsyncClient, key: str | None, status: int, **body: Any) -> httpx.Response:
    """The answer once the worker has heard of the change: within two polls."""
    for _ in range(30):
        answer = await ask(client, key, **body)
        if answer.status_code == status:
            return answer
        await asyncio.sleep(0.1)
    raise AssertionError(answer.text)


async def test_a_key_from_its_making_to_its_end(own_demo_url: str) -> None:
    key = await key_of(own_demo_url, "mini-program")
    assert key.startswith("gz_")
    async with served(settings_for(own_demo_url)) as client:
        assert (await ask(client, key)).json() == {"data": {"__typename": "Query"}}
        assert [row["key_digest"] for row in await ApiClient.select()] == [digest(key)]

        new = await meanwhile(service.rotate(SYSTEM, "mini-program", timedelta(days=1)))
        await seen(client, new, 200)
        await seen(client, key, 200)  # for a day
        last = await meanwhile(service.rotate(SYSTEM, "mini-program"))
        refused = await seen(client, new, 401)
        assert codes(refused) == ["UNAUTHENTICATED"]
        await seen(client, last, 200)
        await meanwhile(service.set_active(SYSTEM, "mini-program", active=False))
        assert "suspended" in (await seen(client, last, 401)).text
        await meanwhile(service.set_active(SYSTEM, "mini-program", active=True))
        await seen(client, last, 200)
        told = AuditEntry.select(AuditEntry.action).where(AuditEntry.resource == "clients.client")
        actions = [row["action"] for row in await told.order_by(AuditEntry.id)]
        assert actions == ["create", "rotate", "rotate", "suspend", "resume"]


async def test_the_commands_on_keys(own_demo_url: str) -> None:
    first = await key_of(own_demo_url, "mini-program", "--rate", "500")
    rotated = await gongzhi(own_demo_url, "client", "rotate", "mini-program", "--keep-hours", "0")
    assert (rotated.stdout.strip()[:3], rotated.stdout.strip() != first) == ("gz_", True)
    await gongzhi(own_demo_url, "client", "suspend", "mini-program")
    assert "suspended already" in (await gongzhi(own_demo_url, "client", "suspend", "mini-program", status=1)).output
    listed = (await gongzhi(own_demo_url, "client", "list")).stdout
    assert listed == "mini-program\tsuspended\t500\tany\t小程序\n"
    await gongzhi(own_demo_url, "client", "resume", "mini-program")
    assert "no API client" in (await gongzhi(own_demo_url, "client", "resume", "nobody", status=1)).output


async def test_a_code_is_taken_once(own_demo_url: str) -> None:
    await key_of(own_demo_url, "kiosk")
    twice = await gongzhi(own_demo_url, "client", "add", "kiosk", "--name", "x", status=1)
    assert "taken" in twice.output
    wrong = await gongzhi(own_demo_url, "client", "add", "Kiosk!", "--name", "x", status=1)
    assert "code" in wrong.output


async def test_trusted_documents(own_demo_url: str) -> None:
    async with served(settings_for(own_demo_url)) as client:
        unknown = await ask(client, query=None, extensions=persisted(LISTS))
        assert (unknown.status_code, unknown.json()["errors"][0]["message"]) == (404, "PersistedQueryNotFound")
        await meanwhile(service.add_documents(SYSTEM, [NewDocument("lists", LISTS)]))
        answer = await seen(client, None, 200, query=None, extensions=persisted(LISTS))
        assert answer.json()["data"]["serviceList"]["editions"]
        over_get = await client.get(f"/graphql/d/{digest(LISTS)}", headers={"Sec-Fetch-Site": "cross-site"})
        assert over_get.json() == answer.json()
        with_variables = await client.get(f"/graphql/d/{digest(LISTS)}", params={"variables": '{"n": 1}'})
        assert with_variables.json() == answer.json()
        assert (await client.get(f"/graphql/d/{'0' * 64}")).status_code == 404

        both = await ask(client, query=LISTS, extensions=persisted(LISTS))
        assert both.json() == answer.json()
        other = await ask(client, query=TYPENAME, extensions=persisted(LISTS))
        assert (other.status_code, codes(other)) == (400, ["INVALID"])
        await meanwhile(service.remove_document(SYSTEM, digest(LISTS)[:10]))
        await seen(client, None, 404, query=None, extensions=persisted(LISTS))


async def test_the_commands_on_documents(own_demo_url: str, tmp_path: Path) -> None:
    file = tmp_path / "lists.graphql"
    file.write_text(LISTS, "utf-8")
    assert (await gongzhi(own_demo_url, "documents", "add", str(file))).stdout == f"{digest(LISTS)}\n"
    again = await gongzhi(own_demo_url, "documents", "add", str(file))
    assert (again.stdout, again.stderr) == ("", "0 added, 1 known already.\n")
    listed = (await gongzhi(own_demo_url, "documents", "list")).stdout.split("\t")
    assert (listed[0], listed[1], listed[3]) == (digest(LISTS), "-", "lists\n")
    await gongzhi(own_demo_url, "documents", "remove", digest(LISTS)[:10])
    await gongzhi(own_demo_url, "documents", "remove", digest(LISTS), status=1)


async def test_only_trusted_documents(own_demo_url: str, tmp_path: Path) -> None:
    file = tmp_path / "lists.graphql"
    file.write_text(LISTS, "utf-8")
    await gongzhi(own_demo_url, "documents", "add", str(file))
    async with served(settings_for(own_demo_url, documents="trusted-only")) as client:
        refused = await ask(client)
        assert (refused.status_code, codes(refused)) == (403, ["FORBIDDEN"])
        assert "gongzhi documents add" in refused.text
        for sent in ({"query": LISTS}, {"query": None, "extensions": persisted(LISTS)}):
            assert (await ask(client, **sent)).status_code == 200
        introspection = await ask(client, query="{ __schema { queryType { name } } }")
        assert introspection.status_code == 403


async def test_a_clients_own_documents(own_demo_url: str, tmp_path: Path) -> None:
    file = tmp_path / "typename.graphql"
    file.write_text(TYPENAME, "utf-8")
    key = await key_of(own_demo_url, "kiosk", "--own-documents")
    other = await key_of(own_demo_url, "other")
    await gongzhi(own_demo_url, "documents", "add", str(file), "--client", "kiosk")
    async with served(settings_for(own_demo_url)) as client:
        named = {"query": None, "extensions": persisted(TYPENAME)}
        assert (await ask(client, key, **named)).status_code == 200
        assert (await ask(client, key)).status_code == 200  # the same text
        refused = await ask(client, key, query="{ t: __typename }")
        assert (refused.status_code, codes(refused)) == (403, ["FORBIDDEN"])
        assert (await ask(client, other, **named)).status_code == 404
        assert (await ask(client, None, **named)).status_code == 404
        assert (await ask(client, other, query="{ t: __typename }")).status_code == 200


def manifests() -> dict[str, Any]:
    return {
        "apollo": {
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [{"id": digest(LISTS), "name": "Lists", "type": "query", "body": LISTS}],
        },
        "map": {digest(LISTS): LISTS, digest(TYPENAME): TYPENAME},
    }


@pytest.mark.parametrize(("name", "count"), [("apollo", 1), ("map", 2)])
async def test_manifests_are_read(own_demo_url: str, tmp_path: Path, name: str, count: int) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(manifests()[name]), "utf-8")
    added = await gongzhi(own_demo_url, "documents", "add", str(file))
    assert len(added.stdout.splitlines()) == count
    checked = await run("documents", "check", str(file))
    assert f"{digest(LISTS)}\tLists\t11\n" in checked.stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"abc": "{ __typename }"}', "not the SHA-256"),
        ('{"format": "apollo-persisted-query-manifest"}', "no manifest of Apollo's"),
        ("[]", "no manifest that is known"),
        ("nonsense", "neither a .graphql file nor a JSON manifest"),
    ],
)
async def test_what_is_no_manifest_is_refused(own_demo_url: str, tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(content, "utf-8")
    refused = await gongzhi(own_demo_url, "documents", "add", str(file), status=1)
    assert said in refused.output


async def test_all_or_none_are_added(own_demo_url: str, tmp_path: Path) -> None:
    good, bad, deep = tmp_path / "good.graphql", tmp_path / "bad.graphql", tmp_path / "deep.graphql"
    good.write_text(TYPENAME, "utf-8")
    bad.write_text("{\n  nothing\n}", "utf-8")
    deep.write_text('{ territory(path: "/futian") ' + "{ parent " * 16 + "{ code }" + " }" * 16 + " }", "utf-8")
    refused = await gongzhi(own_demo_url, "documents", "add", *map(str, (good, bad, deep)), status=1)
    assert "bad:2: Cannot query field 'nothing' on type 'Query'" in refused.output
    assert "deep: The document has 18 levels" in refused.output
    assert (await gongzhi(own_demo_url, "documents", "list")).stdout == ""


@pytest.mark.parametrize("named", [7, {}, {"sha256Hash": 1}, {"version": 2, "sha256Hash": "x"}])
async def test_what_names_no_document_is_refused(demo_sqlite: str, named: Any) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        answer = await ask(client, extensions={"persistedQuery": named})
    assert (answer.status_code, codes(answer)) == (400, ["INVALID"])
