"""Stock strawberry on Litestar, with its own controller: items in memory, offerings by asyncpg and a loader."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import strawberry
from litestar import Litestar
from strawberry.dataloader import DataLoader
from strawberry.litestar import make_graphql_controller

PAGE = """
SELECT id, list_slug, item_code, organization, location, location_en, schedule, status, valid_from
FROM peer.offering WHERE path = $1 ORDER BY path, id LIMIT $2
"""
PROVIDERS = "SELECT id, code, name, name_en FROM peer.organization WHERE id = ANY($1)"


@strawberry.enum
class Audience(StrEnum):
    """Whom a service is for."""

    ALL_RESIDENTS = "ALL_RESIDENTS"
    CHILDREN = "CHILDREN"
    ELDERLY = "ELDERLY"
    ENTERPRISES = "ENTERPRISES"
    FAMILIES = "FAMILIES"
    HK_MACAO_FOREIGN = "HK_MACAO_FOREIGN"
    JOBSEEKERS = "JOBSEEKERS"
    LOW_INCOME = "LOW_INCOME"
    MEN = "MEN"
    MIGRANTS = "MIGRANTS"
    OWNERS = "OWNERS"
    PATIENTS = "PATIENTS"
    PERSONS_WITH_DISABILITIES = "PERSONS_WITH_DISABILITIES"
    SOCIAL_ORGS = "SOCIAL_ORGS"
    VETERANS = "VETERANS"
    VOLUNTEERS = "VOLUNTEERS"
    WOMEN = "WOMEN"
    WORKERS = "WORKERS"
    YOUTH = "YOUTH"


@strawberry.enum
class Channel(StrEnum):
    """How it reaches its user."""

    ONLINE = "ONLINE"
    WINDOW = "WINDOW"
    DOOR = "DOOR"
    SITE = "SITE"


@strawberry.enum
class ItemStatus(StrEnum):
    """Whether it can be used."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    RETIRED = "RETIRED"


@strawberry.enum
class ActorKind(StrEnum):
    """Who stands behind it."""

    PARTY = "PARTY"
    COMMITTEE = "COMMITTEE"
    STATION = "STATION"
    ORG = "ORG"
    DEPARTMENT = "DEPARTMENT"


@strawberry.enum
class OfferingStatus(StrEnum):
    """Whether it can be used there."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    CLOSED = "CLOSED"


@strawberry.type
class Category:
    """What an item belongs to."""

    code: str
    name: str
    name_en: str


@strawberry.type
class Item:
    """A service."""

    code: str
    name: str
    name_en: str
    keywords: list[str]
    audience: list[Audience]
    channels: list[Channel]
    opening_hours: str
    provider: ActorKind | None
    status: ItemStatus
    category: Category


@strawberry.type
class Organization:
    """Who provides."""

    code: str
    name: str
    name_en: str


@strawberry.type
class Offering:
    """A service at a place."""

    location: str
    location_en: str
    schedule: str
    status: OfferingStatus
    valid_from: date
    key: strawberry.Private[tuple[str, str]]
    provider: strawberry.Private[UUID]

    @strawberry.field
    def item(self) -> Item | None:
        return BY_KEY.get(self.key)

    @strawberry.field
    async def organization(self, info: strawberry.Info) -> Organization:
        found: Organization = await info.context["providers"].load(self.provider)
        return found


@strawberry.type
class PageInfo:
    """Where a page stands."""

    has_next_page: bool


@strawberry.type
class OfferingPage:
    """A page."""

    nodes: list[Offering]
    page_info: PageInfo


def _item(row: dict[str, Any]) -> Item:
    category = row["category"]
    return Item(
        code=row["code"],
        name=row["name"],
        name_en=row["nameEn"],
        keywords=row["keywords"],
        audience=[Audience(each) for each in row["audience"]],
        channels=[Channel(each) for each in row["channels"]],
        opening_hours=row["openingHours"],
        provider=ActorKind(row["provider"]) if row["provider"] else None,
        status=ItemStatus(row["status"]),
        category=Category(code=category["code"], name=category["name"], name_en=category["nameEn"]),
    )


LISTS: dict[str, list[Item]] = {}
BY_KEY: dict[tuple[str, str], Item] = {}
BY_CODE: dict[str, Item] = {}


@strawberry.type
class Query:
    """The root."""

    @strawberry.field
    def items(self, list: str) -> list[Item]:
        return LISTS.get(list, [])

    @strawberry.field
    def item(self, code: str) -> Item | None:
        return BY_CODE.get(code)

    @strawberry.field
    async def offerings(self, info: strawberry.Info, within: str, first: int) -> OfferingPage:
        rows = await info.context["pool"].fetch(PAGE, within, first + 1)
        return OfferingPage(
            nodes=[_offering(row) for row in rows[:first]], page_info=PageInfo(has_next_page=len(rows) > first)
        )


def _offering(row: Any) -> Offering:
    return Offering(
        location=row["location"],
        location_en=row["location_en"],
        schedule=row["schedule"],
        status=OfferingStatus(row["status"]),
        valid_from=row["valid_from"],
        key=(row["list_slug"], row["item_code"]),
        provider=row["organization"],
    )


def create_app() -> Litestar:
    """The application, with the items of the file that PEER_ITEMS names."""
    for slug, rows in json.loads(Path(os.environ["PEER_ITEMS"]).read_text("utf-8")).items():
        LISTS[slug] = [_item(row) for row in rows]
        BY_KEY.update({(slug, item.code): item for item in LISTS[slug]})
        BY_CODE.update({item.code: item for item in LISTS[slug]})
    pools: list[Any] = []

    async def context() -> dict[str, Any]:
        pool = pools[0]

        async def load(ids: list[UUID]) -> list[Organization | None]:
            found = await pool.fetch(PROVIDERS, ids)
            known = {
                row["id"]: Organization(code=row["code"], name=row["name"], name_en=row["name_en"]) for row in found
            }
            return [known.get(each) for each in ids]

        return {"pool": pool, "providers": DataLoader(load)}

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        size = int(os.environ["PEER_POOL"])
        async with asyncpg.create_pool(os.environ["PEER_DATABASE"], min_size=size, max_size=size) as pool:
            pools.append(pool)
            yield

    controller = make_graphql_controller(strawberry.Schema(Query), path="/graphql", context_getter=context)
    return Litestar([controller], lifespan=[lifespan], openapi_config=None, logging_config=None)
