"""Each mutation of the core, once, in an order in which each has what it needs."""

import base64
from datetime import timedelta
from typing import Any

from gongzhi.core import clock
from gongzhi.testing.calling import Callers
from gongzhi.testing.roles import COMMUNITY, NEIGHBOUR, SUBDISTRICT
from tests.core.catalogue.formats.tables import HEAD, csv, row

ADMIN = "district.admin"
PLACE = "territory { path version }"
ORGANIZATION = "organization { code version }"
ACCOUNT = "account { code version }"
EDITION = "edition { id version }"


def later(days: int = 1) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


async def places(api: Callers) -> None:
    for slug in ("split", "close", "from", "into"):
        await api.do(ADMIN, "createTerritory", PLACE, new_place(slug))
    named = {"path": f"{SUBDISTRICT}/split", "version": 1, "name": "新名"}
    found = (await api.do(ADMIN, "updateTerritory", PLACE, named))["territory"]
    parts = [new_place("east"), new_place("west")]
    for part in parts:
        part.pop("validFrom", None)
    await api.do(
        ADMIN,
        "splitTerritory",
        "territories { path }",
        {"path": found["path"], "version": found["version"], "effectiveOn": later(), "parts": parts},
    )
    merged = {"paths": [f"{SUBDISTRICT}/from"], "into": f"{SUBDISTRICT}/into", "effectiveOn": later()}
    await api.do(ADMIN, "mergeTerritories", PLACE, merged)
    await api.do(ADMIN, "closeTerritory", PLACE, {"path": f"{SUBDISTRICT}/close", "version": 1, "on": later()})


def new_place(slug: str) -> dict[str, Any]:
    return {
        "code": f"test-{slug}",
        "slug": slug,
        "level": "COMMUNITY",
        "name": slug,
        "parentPath": SUBDISTRICT,
    }


async def organizations(api: Callers) -> None:
    for code in ("club", "old-club", "lost-club"):
        await api.do(
            ADMIN,
            "createOrganization",
            ORGANIZATION,
            {"code": code, "kind": "ORG", "subkind": "SERVICE_CENTER", "name": code, "path": COMMUNITY},
        )
    await api.do(ADMIN, "updateOrganization", ORGANIZATION, {"code": "club", "version": 1, "name": "社"})
    await api.do(ADMIN, "setServiceAreas", ORGANIZATION, {"code": "club", "version": 2, "paths": [NEIGHBOUR]})
    await api.do(
        ADMIN,
        "mergeOrganizations",
        ORGANIZATION,
        {"sources": [{"code": "old-club"}], "into": "club", "effectiveOn": later()},
    )
    await api.do(
        ADMIN, "dissolveOrganization", ORGANIZATION, {"code": "lost-club", "version": 1, "effectiveOn": later()}
    )


async def people(api: Callers) -> None:
    await api.do(ADMIN, "createAccount", ACCOUNT, {"code": "newcomer", "name": "新人"})
    await api.do(ADMIN, "updateAccount", ACCOUNT, {"code": "newcomer", "version": 1, "birthDate": "1990-01-01"})
    identity = {"code": "newcomer", "version": 2, "issuer": "https://id.example", "subject": "1"}
    await api.do(ADMIN, "bindIdentity", ACCOUNT, identity)
    await api.do(ADMIN, "setAccountStatus", ACCOUNT, {"code": "newcomer", "version": 3, "status": "SUSPENDED"})
    post = {"account": "newcomer", "organization": "center", "position": "STAFF"}
    made = (await api.do(ADMIN, "appoint", "membership { id version }", post))["membership"]
    await api.do(ADMIN, "endMembership", "membership { id }", made)
    await api.do(ADMIN, "eraseAccount", ACCOUNT, {"code": "newcomer", "version": 4})


async def lists(api: Callers) -> None:
    for slug in ("basic-services", "station-tasks"):
        await published(api, slug)
    offered = {"listSlug": "basic-services", "itemCode": "a", "path": COMMUNITY, "organization": "center"}
    made = (await api.do(ADMIN, "createOffering", "offering { id version }", offered))["offering"]
    changed = {"offering": made["id"], "version": made["version"], "capacity": 9}
    await api.do(ADMIN, "updateOffering", "offering { id }", changed)
    task = {"listSlug": "station-tasks", "itemCode": "a", "path": COMMUNITY, "organization": "station"}
    given = (await api.do(ADMIN, "createAssignment", "assignment { id version }", task))["assignment"]
    kept = {"assignment": given["id"], "version": given["version"], "kind": "KEEP"}
    await api.do(ADMIN, "recordDisposition", "disposition { id }", kept)
    other = {**task, "path": COMMUNITY, "itemCode": "b"}
    given = (await api.do(ADMIN, "createAssignment", "assignment { id version }", other))["assignment"]
    await api.do(ADMIN, "endAssignment", "assignment { id }", {"assignment": given["id"], "version": given["version"]})


async def published(api: Callers, slug: str) -> None:
    edition = (await api.do(ADMIN, "draftEdition", EDITION, {"slug": slug, "label": "第一版"}))["edition"]
    for code in ("a", "b", "gone"):
        content = {"code": code, "name": "助餐", "category": {"code": "C1", "name": "老有所养"}}
        await api.do(ADMIN, "putItem", "item { code }", {"edition": edition["id"], "content": content})
    removed = {"edition": edition["id"], "code": "gone", "version": 1}
    edition = (await api.do(ADMIN, "removeItem", EDITION, removed))["edition"]
    data = base64.b64encode(csv(HEAD, row("a"), row("b"), row("c"))).decode()
    imported = {**step(edition), "data": data, "format": "CSV"}
    edition = (await api.do(ADMIN, "importItems", EDITION, imported))["edition"]
    edition = (await api.do(ADMIN, "submitEdition", EDITION, step(edition)))["edition"]
    edition = (await api.do(ADMIN, "returnEdition", EDITION, {**step(edition), "note": "再看"}))["edition"]
    edition = (await api.do(ADMIN, "submitEdition", EDITION, step(edition)))["edition"]
    edition = (await api.do(ADMIN, "publishEdition", EDITION, step(edition)))["edition"]
    second = (await api.do(ADMIN, "draftEdition", EDITION, {"slug": slug, "label": "第二版"}))["edition"]
    second = (await api.do(ADMIN, "submitEdition", EDITION, step(second)))["edition"]
    second = (await api.do(ADMIN, "publishEdition", EDITION, step(second)))["edition"]
    await api.do(ADMIN, "withdrawEdition", EDITION, step(second))


def step(edition: dict[str, Any]) -> dict[str, Any]:
    return {"edition": edition["id"], "version": edition["version"]}


SCENES = (places, organizations, people, lists)
