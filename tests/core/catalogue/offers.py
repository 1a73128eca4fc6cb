"""Short ways to offer items and to find them."""

from datetime import timedelta
from typing import Any

from gongzhi.core.catalogue import offerings, tables
from gongzhi.core.catalogue.commands import CreateOffering, UpdateOffering
from gongzhi.core.catalogue.offerings import OfferingFilter
from gongzhi.core.catalogue.records import Offering
from gongzhi.core.catalogue.store import Catalogue
from gongzhi.core.paging import PageRequest
from gongzhi.core.permissions import ANONYMOUS, SYSTEM, Principal
from tests.core.catalogue.editing import SLUG
from tests.core.places import TODAY, traces

DONGYUAN, BADENG, MEITING = "/futian/nanyuan/dongyuan", "/futian/nanyuan/badeng", "/futian/meilin/meiting"
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)


def creation(code: str = "a", path: str = DONGYUAN, **more: Any) -> CreateOffering:
    return CreateOffering(**{"list_slug": SLUG, "item_code": code, "path": path, "organization": "center", **more})


async def offered(
    catalogue: Catalogue, code: str = "a", path: str = DONGYUAN, principal: Principal = SYSTEM, **more: Any
) -> Offering:
    return await offerings.create(principal, catalogue, creation(code, path, **more))


def update(offering: Offering, **more: Any) -> UpdateOffering:
    return UpdateOffering(**{"offering": offering.id, "version": offering.version, **more})


async def found(request: PageRequest | None = None, **wanted: Any) -> list[str]:
    page = await offerings.offerings(ANONYMOUS, OfferingFilter(**wanted), request or PageRequest())
    return [f"{row.path.rpartition('/')[2]}:{row.item_code}" for row in page.rows]


async def rows() -> tuple[object, ...]:
    return (await traces(), await tables.Offering.select().order_by(tables.Offering.id))
