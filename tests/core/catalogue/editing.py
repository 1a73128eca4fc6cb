"""Short ways from a draft to a published edition."""

from datetime import date

from gongzhi.core import db
from gongzhi.core.catalogue import drafts, editions, tables
from gongzhi.core.catalogue.commands import (
    DraftEdition,
    PublishEdition,
    PutItem,
    RemoveItem,
    StepEdition,
    WithdrawEdition,
)
from gongzhi.core.catalogue.editing import put_item, remove_item
from gongzhi.core.catalogue.item import Item, ItemContent
from gongzhi.core.catalogue.lists import ListRegistry
from gongzhi.core.catalogue.records import Edition
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.permissions import SYSTEM, Principal
from tests.core.actors.people import organization
from tests.core.places import traces

SLUG = "basic-services"


async def owned_lists(owner: str = "office", path: str = "/futian") -> Catalogue:
    """A catalogue whose lists belong to a district office, loaded."""
    catalogue = Catalogue(ListRegistry())
    await catalogue.ensure_lists()
    await organization(owner, "line_department", path)
    await tables.ServiceList.update({tables.ServiceList.owner: owner}, force=True)
    await catalogue.refresh()
    return catalogue


async def drafted(
    catalogue: Catalogue, *contents: ItemContent, slug: str = SLUG, principal: Principal = SYSTEM, label: str = "第一版"
) -> Edition:
    """A new draft that holds exactly these items."""
    edition = await editions.draft(principal, catalogue, DraftEdition(slug=slug, label=label, based_on=0))
    await drafts.replace_all(edition, list(contents))
    return edition


def step(edition: Edition) -> StepEdition:
    return StepEdition(edition=edition.id, version=edition.version)


def publication(edition: Edition, on: date | None = None) -> PublishEdition:
    return PublishEdition(edition=edition.id, version=edition.version, effective_from=on)


def withdrawal(edition: Edition, on: date | None = None) -> WithdrawEdition:
    return WithdrawEdition(edition=edition.id, version=edition.version, on=on)


async def submitted(catalogue: Catalogue, *contents: ItemContent, slug: str = SLUG) -> Edition:
    return await editions.submit(SYSTEM, step(await drafted(catalogue, *contents, slug=slug)))


async def published(
    catalogue: Catalogue, *contents: ItemContent, slug: str = SLUG, effective_from: date | None = None
) -> Edition:
    """An edition that went the whole way, in one transaction, as a mutation would take each step."""
    async with db.current().transaction():
        edition = await submitted(catalogue, *contents, slug=slug)
        return await editions.publish(SYSTEM, catalogue, publication(edition, effective_from))


async def put(
    catalogue: Catalogue,
    edition: Edition,
    content: ItemContent,
    version: int | None = None,
    principal: Principal = SYSTEM,
) -> tuple[Item, int]:
    return await put_item(principal, catalogue, PutItem(edition=edition.id, content=content, version=version))


async def remove(catalogue: Catalogue, edition: Edition, code: str, version: int = 1) -> Edition:
    return await remove_item(SYSTEM, catalogue, RemoveItem(edition=edition.id, code=code, version=version))


async def codes(edition: Edition) -> list[str]:
    """The codes of an edition in the database, in order."""
    return [found.code for found in await drafts.draft_contents(edition.id)]


async def everything() -> tuple[object, ...]:
    """What a refused change must leave as it was: traces, editions, items and the feed."""
    edition = tables.Edition
    rows = await edition.select(edition.id, edition.state, edition.version, edition.item_count).order_by(edition.id)
    items = await tables.EditionItem.select().order_by(tables.EditionItem.id)
    return (await traces(), rows, items, await tables.CatalogueChange.count())
