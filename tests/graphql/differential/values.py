"""Values of arguments: those that exist, gathered from answers, and some that are wrong."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import msgspec
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInputType, is_list_type, is_non_null_type

from gongzhi.graphql.endpoint.operation import Operation
from tests.graphql.differential.both import Both, kind_of

MOST = 400
"""Values that are kept of each sort."""
WRONG = 0.04
"""The share of values that nothing has."""
SORTS = {
    "account": "account",
    "organization": "organization",
    "item": "item",
    "list": "slug",
    "slug": "slug",
    "path": "path",
    "within": "path",
    "serving": "path",
    "fund": "CommunityFund",
    "shift": "VolunteerShift",
    "station": "UStation",
    "resource": "resource",
    "action": "action",
    "relation": "relation",
    "after": "cursor",
    "before": "cursor",
}
"""Of arguments, by their names, what they take."""
GATHERED = {
    "slug": "slug",
    "listSlug": "slug",
    "path": "path",
    "cursor": "cursor",
    "endCursor": "cursor",
    "itemCode": "item",
    "number": "number",
}
"""Of fields, by their names, what their values are good for."""
FIRST = """{
  serviceLists { __typename slug id editions { __typename number id } }
  items(first: 40) { nodes { __typename code id } edges { cursor } }
  organizations(first: 60) { nodes { __typename code id path } edges { cursor } }
  territories(first: 60) { nodes { __typename code path id } edges { cursor } }
  accounts(within: "/futian", first: 20) { nodes { __typename code id } }
  memberships(within: "/futian", first: 20) { nodes { __typename id } }
  offerings(first: 20) { nodes { __typename id itemCode path } edges { cursor } }
  assignments(first: 20) { nodes { __typename id itemCode } }
  dispositions(first: 20) { nodes { __typename id } edges { cursor } }
  communityFunds(first: 20) { nodes { __typename id } }
  donations(first: 20) { nodes { __typename id } }
  fundGrants(first: 20) { nodes { __typename id } }
  uStations(first: 20) { nodes { __typename id } }
  volunteers(first: 20) { nodes { __typename id } }
  volunteerShifts(first: 20) { nodes { __typename id } }
  shiftSignUps(first: 20) { nodes { __typename id } }
  loveBankRewards(first: 20) { nodes { __typename id } }
  loveBankRedemptions(first: 20) { nodes { __typename id } }
}"""
"""What values are gathered from before there are answers to other documents."""


CASES = "{ mediationCases(first: 20) { nodes { __typename id } edges { cursor } } }"
"""What the administrator may not see."""


class Values:
    """A pool of values by their sorts."""

    def __init__(self) -> None:
        self.known: dict[str, list[Any]] = {
            "resource": ["actors.account", "catalogue.offering", "mediation.case", "catalogue.edition", "nothing.such"],
            "action": ["read", "create", "publish", "read_private", "update"],
            "relation": ["any", "own", "assigned", "party"],
            "text": ["养老", "yanglao", "ylfw", "health", "社区", "e", ""],
        }

    def gather(self, value: Any) -> None:
        """Take what an answer holds."""
        if isinstance(value, list):
            for each in value:
                self.gather(each)
        if not isinstance(value, dict):
            return
        code = {"Account": "account", "Organization": "organization", "Item": "item"}.get(value.get("__typename", ""))
        for key, each in value.items():
            name = key.rpartition("_")[2]
            if isinstance(each, dict | list):
                self.gather(each)
            elif name == "id" and isinstance(each, str):
                self._keep(kind_of(each), each)
                self._keep("id", each)
            elif name == "code" and code is not None:
                self._keep(code, each)
            elif name in GATHERED and each is not None:
                self._keep(GATHERED[name], each)

    def _keep(self, sort: str, value: Any) -> None:
        kept = self.known.setdefault(sort, [])
        if value and value not in kept and len(kept) < MOST:
            kept.append(value)

    def value(self, random: Random, name: str, kind: GraphQLInputType, owner: str = "") -> Any:
        """A value for an argument or a member of an input; None where that may be and chance has it."""
        if is_non_null_type(kind):
            kind = kind.of_type
        if is_list_type(kind):
            single = name.removesuffix("s")
            return [self._some(random, single, kind.of_type, owner) for _ in range(random.choice((0, 1, 2, 5)))]
        return self._single(random, name, kind, owner)

    def _some(self, random: Random, name: str, kind: Any, owner: str) -> Any:
        return self._single(random, name, kind.of_type if is_non_null_type(kind) else kind, owner)

    def _single(self, random: Random, name: str, kind: Any, owner: str) -> Any:
        if isinstance(kind, GraphQLEnumType):
            return random.choice(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            members = {
                key: self.value(random, key, field.type)
                for key, field in kind.fields.items()
                if is_non_null_type(field.type) or random.random() < 0.25
            }
            return {key: value for key, value in members.items() if value is not None}
        made = {"Int": self._number, "Boolean": _truth, "Date": _day, "DateTime": _moment}.get(kind.name)
        return made(random, name) if made is not None else self._text(random, name, kind.name, owner)

    def _number(self, random: Random, name: str) -> int:
        if name in ("first", "last"):
            return random.choice((0, 1, 1, 2, 2, 3, 3, 5) if random.random() > WRONG else (-1, 101, 100))
        return random.choice((1, 1, 1, 2, 0, 99))

    def _text(self, random: Random, name: str, kind: str, owner: str) -> str:
        if random.random() < WRONG:
            return random.choice(("", "nonsense", "/nowhere", "bm9uc2Vuc2U=", "🎈", "B001 "))
        sort = "id" if kind == "ID" and name not in SORTS else SORTS.get(name, "text")
        if name == "code":
            sort = {"organization": "organization", "account": "account"}.get(owner, "item")
        known: Sequence[Any] = self.known.get(sort) or ("nothing",)
        return str(random.choice(known))


def _truth(random: Random, _: str) -> bool:
    return random.random() < 0.5


def _day(random: Random, _: str) -> str:
    return str(date(2015, 1, 1) + timedelta(days=random.choice((0, 200, 364, 700, 4000, 5000))))


def _moment(random: Random, name: str) -> str:
    return f"{_day(random, name)}T08:00:00+08:00"


async def gathered(api: Both) -> Values:
    """A pool filled from what the district's administrator and a committee's director may see."""
    values = Values()
    for account, text in (("demo-district-admin", FIRST), ("demo-committee-director", CASES)):
        answer = await api.answer(api.stock, account, Operation(query=text))
        assert answer.errors == [], answer.errors
        values.gather(msgspec.json.decode(answer.data or b"null"))
    return values
