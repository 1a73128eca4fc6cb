"""An edition's whole life through mutations, and what a refused one leaves behind: nothing."""

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from gongzhi.core import clock
from gongzhi.core.actors import accounts, memberships
from gongzhi.core.actors.commands import Appoint, CreateAccount
from gongzhi.core.actors.kinds import Position
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.db import Database
from gongzhi.core.permissions import SYSTEM, pinned
from gongzhi.core.signin.local import ISSUER
from gongzhi.testing.serving import served, settings_for
from tests.core.catalogue.contents import content
from tests.core.catalogue.editing import everything, owned_lists, published
from tests.core.catalogue.formats.tables import HEAD, csv, row
from tests.core.places import FOUNDED, on_day, shipped_policy, small_district, traces
from tests.graphql.asking import Json, ask, codes

ADMIN, RESIDENT = "li-hua", "wang-fang"
SLUG = "basic-services"
EDITION = "edition { id number state version itemCount }"
ITEM = {"code": "a", "name": "助餐", "category": {"code": "C1", "name": "老有所养", "nameEn": "Elderly care"}}
NAME = "item { name }"
SHOWN = "currentEdition { number items(first: 10) { nodes { code name } } }"


@pytest.fixture
async def catalogue(database: Database) -> AsyncIterator[Catalogue]:
    """A district whose list of services has an edition in force since a week, an administrator and a resident."""
    with pinned(shipped_policy()):
        await small_district()
        found = await owned_lists()
        for code in (ADMIN, RESIDENT):
            await accounts.create(SYSTEM, CreateAccount(code=code, name=code, issuer=ISSUER, subject=code))
        post = Appoint(account=ADMIN, organization="office", position=Position.administrator, valid_from=FOUNDED)
        await memberships.appoint(SYSTEM, post)
        with on_day(clock.today() - timedelta(days=7)):
            await published(found, content("a", "养老"))
        yield found


async def change(
    client: httpx.AsyncClient, name: str, given: Json, results: str = EDITION, by: str | None = ADMIN
) -> Any:
    """What a mutation answers, or the answer with its errors."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    document = f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {results} }} }}"
    found = await ask(client, document, {"input": given}, by)
    if "errors" in found:
        return found
    payload = found["data"][name]
    return payload["edition"] if results == EDITION else payload


def step(edition: Json) -> Json:
    """What every step of an edition needs."""
    return {"edition": edition["id"], "version": edition["version"]}


async def draft(client: httpx.AsyncClient) -> Json:
    found: Json = await change(client, "draftEdition", {"slug": SLUG, "label": "第二版"})
    return found


async def test_an_edition_lives_through_mutations(database: Database, catalogue: Catalogue) -> None:
    async with served(settings_for(database)) as client:
        edition = await draft(client)
        assert (edition["number"], edition["state"], edition["itemCount"]) == (2, "DRAFT", 1)
        put = await change(
            client, "putItem", {"edition": edition["id"], "content": {**ITEM, "code": "b"}}, "item { code name }"
        )
        assert put == {"item": {"code": "b", "name": "助餐"}}
        edition = await again(client, edition)
        edition = await change(client, "submitEdition", step(edition))
        assert edition["state"] == "REVIEW"
        edition = await change(client, "returnEdition", {**step(edition), "note": "再看一遍"})
        assert edition["state"] == "DRAFT"
        edition = await change(client, "submitEdition", step(edition))
        edition = await change(client, "publishEdition", step(edition))
        assert (edition["state"], edition["itemCount"]) == ("PUBLISHED", 2)
        assert await shown(client) == (2, ["a", "b"])
        assert await shown(client, days_ago=1) == (1, ["a"])
        assert await shown(client, days_ago=8) is None
        edition = await change(client, "withdrawEdition", step(edition))
        assert edition["state"] == "WITHDRAWN"
        assert await shown(client) == (1, ["a"])


async def again(client: httpx.AsyncClient, edition: Json) -> Json:
    """The edition as it now is."""
    found = await ask(
        client, f'{{ serviceList(slug: "{SLUG}") {{ openEditions {{ {EDITION[10:-2]} }} }} }}', None, ADMIN
    )
    (present,) = found["data"]["serviceList"]["openEditions"]
    assert present["id"] == edition["id"]
    return dict(present)


async def shown(client: httpx.AsyncClient, days_ago: int = 0) -> tuple[int, list[str]] | None:
    """The edition that anybody sees in force on a day, and its codes."""
    day = clock.today() - timedelta(days=days_ago)
    found = (await ask(client, f'{{ serviceList(slug: "{SLUG}", asOf: "{day}") {{ {SHOWN} }} }}'))["data"]
    edition = found["serviceList"]["currentEdition"]
    return edition and (edition["number"], [item["code"] for item in edition["items"]["nodes"]])


async def test_a_stale_version_changes_nothing(database: Database, catalogue: Catalogue) -> None:
    async with served(settings_for(database)) as client:
        edition = await draft(client)
        submitted = await change(client, "submitEdition", step(edition))
        before = await everything()
        refused = await change(client, "publishEdition", step(edition))
        assert codes(refused) == ["CONFLICT"]
        assert refused["data"] == {"publishEdition": None}
        assert await everything() == before
        assert (await again(client, submitted))["version"] == submitted["version"]


async def test_of_two_editors_at_once_one_is_told(database: Database, catalogue: Catalogue) -> None:
    async with served(settings_for(database)) as client:
        edition = await draft(client)
        audited, events = await traces()
        answers = await asyncio.gather(
            *(
                change(
                    client, "putItem", {"edition": edition["id"], "content": {**ITEM, "name": name}, "version": 1}, NAME
                )
                for name in ("早餐", "晚餐")
            )
        )
        refused = [answer for answer in answers if "errors" in answer]
        (kept,) = [answer["item"]["name"] for answer in answers if "errors" not in answer]
        assert [codes(answer) for answer in refused] == [["CONFLICT"]]
        assert await traces() == (audited + 1, events + 1)
        edition = await again(client, edition)
        for name in ("submitEdition", "publishEdition"):
            edition = await change(client, name, step(edition))
        items = await ask(client, f'{{ item(list: "{SLUG}", code: "a") {{ name }} }}')
    assert items == {"data": {"item": {"name": kept}}}


async def test_a_published_edition_is_not_edited(database: Database, catalogue: Catalogue) -> None:
    query = f'{{ serviceList(slug: "{SLUG}") {{ currentEdition {{ id version }} }} }}'
    async with served(settings_for(database)) as client:
        edition = (await ask(client, query))["data"]["serviceList"]["currentEdition"]
        before = await everything()
        put = {"edition": edition["id"], "content": {**ITEM, "name": "别的"}, "version": 1}
        refused = [
            await change(client, "putItem", put, "item { code }"),
            await change(client, "removeItem", {**step(edition), "code": "a"}),
            await change(client, "submitEdition", step(edition)),
            await change(client, "publishEdition", step(edition)),
        ]
        assert [codes(each) for each in refused] == [["ILLEGAL_TRANSITION"]] * 4
        assert {each["errors"][0]["extensions"]["state"] for each in refused} == {"published"}
        assert await everything() == before


async def test_a_file_is_imported_whole_or_not_at_all(database: Database, catalogue: Catalogue) -> None:
    good = csv(HEAD, row("x1"), row("x2"))
    bad = csv((*HEAD, "办理工作日"), (*row("x 1"), "五天"), (*row("x2", name=""), "1"), (*row("x3"), "-1"))
    async with served(settings_for(database)) as client:
        edition = await draft(client)
        before = await everything()
        given = {**step(edition), "format": "CSV", "filename": "清单.csv"}
        refused = await change(client, "importItems", {**given, "data": base64.b64encode(bad).decode()})
        tried = {**given, "data": base64.b64encode(good).decode(), "dryRun": True}
        difference = await change(client, "importItems", tried, "added removed")
        assert difference == {"added": ["x1", "x2"], "removed": ["a"]}
        assert await everything() == before
        done = await change(client, "importItems", {**tried, "dryRun": False}, "added removed edition { itemCount }")
        assert done == {"added": ["x1", "x2"], "removed": ["a"], "edition": {"itemCount": 2}}
    assert codes(refused) == ["INVALID"]
    problems = refused["errors"][0]["extensions"]["fields"]
    assert [(each["file"], each["row"], each["column"][0]) for each in problems] == [
        ("清单.csv", 2, "A"),
        ("清单.csv", 2, "E"),
        ("清单.csv", 3, "B"),
        ("清单.csv", 4, "E"),
    ]


async def test_wrong_inputs_are_named_as_the_client_wrote_them(database: Database, catalogue: Catalogue) -> None:
    async with served(settings_for(database)) as client:
        edition = await draft(client)
        before = await everything()
        long = {**ITEM, "nameEn": "x" * 1000}
        fields = [
            place(await change(client, "putItem", {"edition": edition["id"], "content": long}, "item { code }")),
            place(await change(client, "draftEdition", {"slug": SLUG, "label": "x", "labelEn": "x" * 1000})),
            place(await change(client, "draftEdition", {"slug": SLUG, "label": "x", "basedOn": -1})),
        ]
        assert fields == ["input.content.nameEn", "input.labelEn", "input.basedOn"]
        assert await everything() == before


def place(answer: Json) -> str:
    """The place of the only problem."""
    assert codes(answer) == ["INVALID"]
    (problem,) = answer["errors"][0]["extensions"]["fields"]
    return str(problem["field"])


@pytest.mark.parametrize(("caller", "code"), [(None, "UNAUTHENTICATED"), (RESIDENT, "FORBIDDEN")])
async def test_others_change_nothing(database: Database, catalogue: Catalogue, caller: str | None, code: str) -> None:
    query = f'{{ serviceList(slug: "{SLUG}") {{ currentEdition {{ id version }} }} }}'
    async with served(settings_for(database)) as client:
        edition = (await ask(client, query))["data"]["serviceList"]["currentEdition"]
        before = await everything()
        answers = [
            await change(client, "draftEdition", {"slug": SLUG, "label": "x"}, by=caller),
            await change(client, "putItem", {"edition": edition["id"], "content": ITEM}, "item { code }", caller),
            await change(client, "publishEdition", step(edition), by=caller),
            await change(client, "withdrawEdition", step(edition), by=caller),
        ]
        assert [codes(answer) for answer in answers] == [[code]] * 4
        assert await everything() == before
        assert await shown(client) == (1, ["a"])


async def test_a_mutation_that_fails_takes_nothing_of_the_next_with_it(
    database: Database, catalogue: Catalogue
) -> None:
    document = """mutation { one: draftEdition(input: {slug: "basic-services", label: "a"}) { edition { number } }
      two: draftEdition(input: {slug: "basic-services", label: "b"}) { edition { number } }
      three: draftEdition(input: {slug: "station-tasks", label: "c"}) { edition { number } } }"""
    async with served(settings_for(database)) as client:
        found = await ask(client, document, None, ADMIN)
    assert found["data"]["one"] == {"edition": {"number": 2}}
    assert found["data"]["two"] is None
    assert found["data"]["three"] == {"edition": {"number": 1}}
    assert [error["path"] for error in found["errors"]] == [["two"]]
