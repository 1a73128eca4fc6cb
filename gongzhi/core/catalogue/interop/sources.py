"""What an export is made from: one edition with its items, the organizations and the offerings, all given."""

from collections.abc import Mapping
from functools import cached_property
from uuid import UUID, uuid5

import msgspec

from gongzhi.core.actors.kinds import ActorKind
from gongzhi.core.actors.records import Organization
from gongzhi.core.catalogue.item import Item
from gongzhi.core.catalogue.records import Edition, Offering, ServiceList
from gongzhi.core.labels import label_of
from gongzhi.core.territory.records import Territory

NAMESPACE = UUID("6f0c4d1e-64ab-5d0a-9f4e-6f6e677a6869")
"""Under which ids of exported parts that have no record of their own are derived: same source, same id."""


class Sources(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The inputs of every export.

    `base_url` is the address under which exported things are named, without a slash at its end. `owner` is the
    organization responsible for the list, None where none is entered. `territories` are the places by path that
    organizations and offerings lie in; a place that is missing is named by its path.
    """

    service_list: ServiceList
    edition: Edition
    items: tuple[Item, ...]
    organizations: tuple[Organization, ...] = ()
    offerings: tuple[Offering, ...] = ()
    territories: tuple[Territory, ...] = ()
    owner: Organization | None = None
    base_url: str

    @cached_property
    def by_id(self) -> Mapping[UUID, Organization]:
        """The organizations by id, the owner among them."""
        owner = () if self.owner is None else (self.owner,)
        return {organization.id: organization for organization in (*self.organizations, *owner)}

    @cached_property
    def places(self) -> Mapping[str, Territory]:
        """The places by path."""
        return {place.path: place for place in self.territories}

    def address(self, *parts: str) -> str:
        """The address of an exported thing."""
        return "/".join((self.base_url.rstrip("/"), *parts))

    def derived_id(self, *parts: str) -> str:
        """The UUID of an exported part that is no record, such as a category of this list."""
        return str(uuid5(NAMESPACE, "\n".join((self.service_list.slug, *parts))))


def organization_kind(kind: ActorKind | None) -> ActorKind:
    """The kind that is named as the authority where an item names none: the government department of the list."""
    return kind or ActorKind.department


def description_of(item: Item) -> tuple[str, str]:
    """The item's description in Chinese and English.

    The standards require one. Where an editor wrote none, the item's heading and name say what there is to say, and
    nothing is invented.
    """
    chinese = item.description or f"{item.category.name}：{item.name}"
    english = item.description_en
    if not english and item.name_en and not item.description:
        english = f"{item.category.name_en}: {item.name_en}" if item.category.name_en else item.name_en
    return chinese, english


def actor_label(kind: ActorKind) -> tuple[str, str]:
    """What a kind of actor is called in Chinese and English."""
    return label_of(kind), label_of(kind, "en")
