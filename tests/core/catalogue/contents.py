"""Short ways to write items."""

from typing import Any
from uuid import UUID

from gongzhi.core.catalogue.content import materialise
from gongzhi.core.catalogue.item import Category, Item, ItemContent
from gongzhi.core.catalogue.lists import ListRegistry
from gongzhi.core.ids import uuid7

EDITION = UUID("01900000-0000-7000-8000-000000000001")
CARE = Category(code="C1", name="老有所养", name_en="Elderly care")
OTHER = Category(code="C2", name="文化体育", name_en="Culture and sports")
REGISTRY = ListRegistry()


def content(code: str, name: str = "", **more: Any) -> ItemContent:
    """An item of a list without attributes of its own, named after its code unless told otherwise."""
    return ItemContent(code=code, name=name or f"项目{code}", **{"category": CARE, **more})


def item(code: str, name: str = "", slug: str = "basic-services", position: int = 0, **more: Any) -> Item:
    """An item of a published edition."""
    return materialise(
        content(code, name, **more),
        REGISTRY.get(slug),
        item_id=uuid7(),
        edition_id=EDITION,
        edition_number=1,
        position=position,
    )
