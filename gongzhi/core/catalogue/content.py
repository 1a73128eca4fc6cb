"""From an item's content to the immutable item and back, with the list's own attributes checked."""

import hashlib
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from gongzhi.core.catalogue.item import CONTENT_FIELDS, Item, ItemContent
from gongzhi.core.catalogue.lists import ListSpec
from gongzhi.core.errors import Invalid
from gongzhi.core.fields import problem_of

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(ItemContent)


def encode(content: ItemContent) -> bytes:
    """The canonical JSON of a content: same content, same bytes."""
    return _encoder.encode(content)


def decode(document: str | bytes) -> ItemContent:
    """The content that `encode` wrote."""
    return _decoder.decode(document)


def digest_of(contents: Iterable[ItemContent]) -> str:
    """The SHA-256 of an edition's contents in their order, in hexadecimal: what a publication promises."""
    state = hashlib.sha256()
    for content in contents:
        state.update(encode(content))
        state.update(b"\n")
    return state.hexdigest()


def convert(raw: object, spec: ListSpec, field: str = "item") -> ItemContent:
    """`raw` (nested builtins, names as in the struct) as content, or Invalid naming the field that is wrong."""
    try:
        content = msgspec.convert(raw, ItemContent)
    except msgspec.ValidationError as error:
        raise Invalid("the item is not valid", [problem_of(error, field)]) from None
    attributes_of(content, spec, f"{field}.attributes")
    return content


def attributes_of(content: ItemContent, spec: ListSpec, field: str = "attributes") -> msgspec.Struct:
    """The content's attributes as the list's struct, or Invalid."""
    try:
        return msgspec.convert(content.attributes, spec.attributes)
    except msgspec.ValidationError as error:
        raise Invalid("the item's attributes are not valid", [problem_of(error, field)]) from None


def materialise(
    content: ItemContent, spec: ListSpec, *, item_id: UUID, edition_id: UUID, edition_number: int, position: int
) -> Item:
    """The immutable item of an edition."""
    fields: dict[str, Any] = {name: getattr(content, name) for name in CONTENT_FIELDS}
    return Item(
        id=item_id,
        edition_id=edition_id,
        list_slug=spec.slug,
        edition_number=edition_number,
        position=position,
        attributes=attributes_of(content, spec),
        **fields,
    )


def content_of(item: Item) -> ItemContent:
    """The content that an item was made from."""
    fields: dict[str, Any] = {name: getattr(item, name) for name in CONTENT_FIELDS}
    attributes: dict[str, Any] = msgspec.to_builtins(item.attributes)
    return ItemContent(attributes=attributes, **fields)
