"""Mutations, sent to one of two copies of the demo's data each way, and their answers, which differ in new ids only."""

from typing import Any

import msgspec

from gongzhi.graphql.endpoint.operation import Operation
from tests.graphql.differential.both import Answered, Both, kind_of

ADMIN = "demo-district-admin"
OFFERING = """offering { __typename id version item { code name category { name } } location provenance
  territory { path parent { path name } offerings(last: 2) { totalCount nodes { id itemCode } } }
  organization { code territory { path }
    memberships(first: 2) { nodes { id position account { name birthDate } } } } }"""
PLACE = "/futian/nanyuan/dongyuan"
OFFERED = {"listSlug": "value-added-services", "itemCode": "V001", "path": PLACE, "organization": "dongyuan-centre"}
COUNCIL = {"code": "council", "kind": "ORG", "subkind": "SOCIAL_ORGANIZATION", "name": "议事会", "path": PLACE}
ITEM = {"code": "X001", "name": "新", "category": {"code": "X", "name": "新"}, "channels": ["WINDOW"]}
SEVERAL = """mutation($o: CreateOrganizationInput!, $wrong: UpdateOrganizationInput!, $f: CreateOfferingInput!) {
  first: createOrganization(input: $o) { organization { id code version parent { code } territory { path } } }
  again: createOrganization(input: $o) { organization { id } }
  second: updateOrganization(input: $wrong) { organization { id version } }
  third: createOffering(input: $f) { OFFERING }
  last: createAccount(input: {code: "somebody", name: "某"}) {
    account { id code status memberships(first: 1) { totalCount nodes { id } } } }
}""".replace("OFFERING", OFFERING)
STALE = {"code": "dongyuan-committee", "version": 999, "name": "x"}
CREATE = f"mutation($i: CreateOfferingInput!) {{ createOffering(input: $i) {{ {OFFERING} }} }}"
DRAFT = """mutation { draftEdition(input: {slug: "basic-services", label: "二"}) { edition {
  __typename id number state version itemCount list { slug owner { code } editions { number state } }
  items(first: 3) { totalCount edges { cursor node { id code name offerings(first: 1) { totalCount } } } } } } }"""
PUT = """mutation($i: PutItemInput!) { putItem(input: $i) { item { id code version edition { number state }
  ... on Node { __typename } } } }"""
STEP = """mutation($i: NAMEEditionInput!) { STEPEdition(input: $i) { edition { id number state version publishedAt
  publishedBy { code name birthDate } item(code: "X001") { id name edition { id } } } } }"""


async def mutated(api: Both, planned: bool) -> list[Answered]:
    """The answers to all of it, in order."""
    answering = api.planned if planned else api.stock
    answers: list[Answered] = []

    async def send(account: str, text: str, **variables: Any) -> Any:
        answers.append(await api.answer(answering, account, Operation(query=text, variables=variables)))
        return msgspec.json.decode(answers[-1].data or b"null")

    await send("demo-resident", CREATE, i=OFFERED)
    await send("demo-org-manager", CREATE, i=OFFERED)
    await send("", SEVERAL, o=COUNCIL, wrong=STALE, f=OFFERED)
    await send("demo-station-head", SEVERAL, o=COUNCIL, wrong=STALE, f=OFFERED)
    await send(ADMIN, SEVERAL, o=COUNCIL, wrong=STALE, f=OFFERED)
    edition = (await send(ADMIN, DRAFT))["draftEdition"]["edition"]
    await send(ADMIN, DRAFT)
    await send(ADMIN, PUT, i={"edition": edition["id"], "content": ITEM})
    await send("demo-auditor", PUT, i={"edition": edition["id"], "content": ITEM})
    version = edition["version"]
    for step in ("submit", "publish"):
        text = STEP.replace("NAME", step.title()).replace("STEP", step)
        found = await send(ADMIN, text, i={"edition": edition["id"], "version": await _version(api, edition["id"])})
        version = (found.get(f"{step}Edition") or {}).get("edition", {}).get("version", version)
    await send(ADMIN, '{ item(code: "X001", list: "basic-services") { id name edition { number state } } }')
    return answers


async def _version(api: Both, edition: str) -> int:
    sent = Operation(query="query($i: ID!) { node(id: $i) { ... on Edition { version } } }", variables={"i": edition})
    found = await api.answer(api.stock, ADMIN, sent)
    version: int = msgspec.json.decode(found.data or b"")["node"]["version"]
    return version


class Pairs:
    """New ids of one database, each with the one that stands for it in the other."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def same(self, one: Any, other: Any) -> bool:
        """Whether two answers are the same but for ids of the same types, which are always the same pair."""
        if isinstance(one, dict) and isinstance(other, dict):
            return list(one) == list(other) and all(self.same(one[key], other[key]) for key in one)
        if isinstance(one, list) and isinstance(other, list):
            return len(one) == len(other) and all(map(self.same, one, other))
        if one == other or not isinstance(one, str) or not isinstance(other, str):
            return one == other
        return kind_of(one) == kind_of(other) != "" and self.known.setdefault(one, other) == other
