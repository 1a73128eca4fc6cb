"""What everybody is asked, each in the words of its own schema, and what its answers have in common."""

from collections.abc import Callable
from typing import Any

import msgspec

from bench.http.database import ITEM, LISTS

PAGE = 20
Answer = dict[str, Any]


class Wording(msgspec.Struct, frozen=True):
    """One case in one schema: the document, and how to find in an answer what is asked for."""

    query: str
    found: Callable[[Answer], Any]


class Case(msgspec.Struct, frozen=True):
    """A question: its wordings by dialect, and the variables of one request after the other."""

    name: str
    wordings: dict[str, Wording]
    variables: tuple[dict[str, Any], ...]

    def bodies(self, dialect: str) -> list[str]:
        """The bodies to send, in turns."""
        query = self.wordings[dialect].query
        return [msgspec.json.encode({"query": query, "variables": each}).decode() for each in self.variables]


_OFFERED = "location locationEn schedule status validFrom"
_PARTY = "code name nameEn"
_OFFERING_ITEM = "code name nameEn category { code name nameEn }"
_POSTGRAPHILE_ITEM = ITEM.replace("category {", "category: categoryByCategory {")
_POSTGRAPHILE_OFFERING_ITEM = _OFFERING_ITEM.replace("category {", "category: categoryByCategory {")
_PEER_PAGE = (
    f"query Page($within: String!) {{ offerings(within: $within, first: {PAGE}) {{ nodes {{ {_OFFERED} "
    f"item {{ {_OFFERING_ITEM} }} organization {{ {_PARTY} }} }} pageInfo {{ hasNextPage }} }} }}"
)
_TABLES_PAGE = (
    f"query Page($within: String!) {{ offerings: allOfferings(condition: {{ path: $within }}, first: {PAGE}, "
    f"orderBy: [PATH_ASC, PRIMARY_KEY_ASC]) {{ nodes {{ {_OFFERED} "
    f"item: itemByListSlugAndItemCode {{ {_POSTGRAPHILE_OFFERING_ITEM} }} "
    f"organization: organizationByOrganization {{ {_PARTY} }} }} pageInfo {{ hasNextPage }} }} }}"
)


def public_list() -> Case:
    """Both service lists: 110 items, nine fields of each and its category."""
    ours = " ".join(
        f'{alias}: serviceList(slug: "{slug}") {{ currentEdition {{ items(first: 100) {{ nodes {{ {ITEM} }} }} }} }}'
        for alias, slug in LISTS.items()
    )
    plain = " ".join(f'{alias}: items(list: "{slug}") {{ {ITEM} }}' for alias, slug in LISTS.items())
    tables = " ".join(
        f'{alias}: allItems(condition: {{ listSlug: "{slug}" }}, orderBy: POSITION_ASC) '
        f"{{ nodes {{ {_POSTGRAPHILE_ITEM} }} }}"
        for alias, slug in LISTS.items()
    )
    wordings = {
        "gongzhi": Wording(
            f"query List {{ {ours} }}",
            lambda data: [item for each in LISTS for item in data[each]["currentEdition"]["items"]["nodes"]],
        ),
        "peer": Wording(f"query List {{ {plain} }}", lambda data: [item for each in LISTS for item in data[each]]),
        "stored": Wording(
            f"query List {{ {plain.replace(': items', ': storedItems')} }}",
            lambda data: [item for each in LISTS for item in data[each]],
        ),
        "postgraphile": Wording(
            f"query List {{ {tables} }}", lambda data: [item for each in LISTS for item in data[each]["nodes"]]
        ),
    }
    return Case("list", wordings, ({},))


def one_item(codes: list[str]) -> Case:
    """An item by its code; every request names another one."""
    ours = Wording(f"query One($code: String!) {{ item(code: $code) {{ {ITEM} }} }}", lambda data: data["item"])
    tables = Wording(
        f"query One($code: String!) {{ item: itemByCode(code: $code) {{ {_POSTGRAPHILE_ITEM} }} }}",
        lambda data: data["item"],
    )
    stored = Wording(
        f"query One($code: String!) {{ item: storedItem(code: $code) {{ {ITEM} }} }}", lambda data: data["item"]
    )
    wordings = {"gongzhi": ours, "peer": ours, "stored": stored, "postgraphile": tables}
    return Case("item", wordings, tuple({"code": code} for code in codes))


def offerings_page(paths: list[str]) -> Case:
    """A page of what is offered in a community, with item, category and provider; every request names another one."""
    wordings = {
        dialect: Wording(query, lambda data: data["offerings"])
        for dialect, query in (
            ("gongzhi", _PEER_PAGE),
            ("peer", _PEER_PAGE),
            ("stored", _PEER_PAGE.replace("offerings(", "offerings: storedOfferings(")),
            ("postgraphile", _TABLES_PAGE),
        )
    }
    return Case("offerings", wordings, tuple({"within": path} for path in paths))


CREATE = "mutation Create($input: CreateOfferingInput!) { createOffering(input: $input) { offering { path status } } }"
"""A mutation that writes an offering, its audit line and its event."""


def new_offering() -> Case:
    """An offering of the demo's service centre; `@` in the body stands for a number that no other request has."""
    given = {
        "listSlug": "value-added-services",
        "itemCode": "V001",
        "path": "/futian/nanyuan/dongyuan",
        "organization": "dongyuan-centre",
        "location": "二楼活动室 @",
        "locationEn": "Activity room, second floor",
        "schedule": "周六 9:00-11:30",
        "validFrom": "2026-01-01",
    }
    wording = Wording(CREATE, lambda data: data["createOffering"]["offering"])
    return Case("mutation", {"gongzhi": wording}, ({"input": given},))
