"""An item's content as canonical JSON, its digest, and what is wrong with it."""

import pytest

from gongzhi.core.catalogue.content import convert, decode, digest_of, encode
from gongzhi.core.catalogue.item import Cost, CostKind
from gongzhi.core.errors import Invalid
from tests.core.catalogue.contents import REGISTRY, content

RAW = {"code": "F1", "name": "职能", "category": {"code": "C1", "name": "类"}, "attributes": {"kind": "statutory"}}
FUNCTIONS = REGISTRY.get("committee-functions")


def test_the_same_content_has_the_same_bytes() -> None:
    one = content("a", attributes={"x": 1, "y": 2}, cost=Cost(kind=CostKind.paid, fen=5))
    other = content("a", attributes={"y": 2, "x": 1}, cost=Cost(fen=5, kind=CostKind.paid))
    assert encode(one) == encode(other)
    assert decode(encode(one)) == one


def test_a_digest_tells_contents_and_their_order_apart() -> None:
    a, b = content("a"), content("b")
    digests = {digest_of(each) for each in ([], [a], [b], [a, b], [b, a], [a, content("b", "新")])}
    assert len(digests) == 6
    assert all(len(digest) == 64 for digest in digests)
    assert digest_of([a, b]) == digest_of([content("a"), content("b")])


def test_a_raw_item_becomes_its_content() -> None:
    converted = convert(RAW, FUNCTIONS)
    assert (converted.code, converted.name, converted.attributes) == ("F1", "职能", {"kind": "statutory"})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "-"}, "item.code"),
        ({"name": ""}, "item.name"),
        ({"category": {"code": "C1"}}, "item.category"),
        ({"channels": ["online", "fax"]}, "item.channels.1"),
        ({"basis": [{"name": "法", "kind": "x"}]}, "item.basis.0.kind"),
        ({"unknown": 1}, "item"),
        ({"attributes": {"kind": "x"}}, "item.attributes.kind"),
        ({"attributes": {"kind": "statutory", "more": 1}}, "item.attributes"),
    ],
)
def test_what_is_wrong_with_a_raw_item_is_named(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        convert({**RAW, **changes}, FUNCTIONS)
    assert refused.value.problems[0].field == field
