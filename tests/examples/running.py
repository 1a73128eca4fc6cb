"""Running the example operations, and making two runs comparable."""

import json
import re
from pathlib import Path
from typing import Any

import httpx

from gongzhi.core.settings import Settings
from gongzhi.core.signin import issue_token
from gongzhi.web.examples import Example, folder, operations

EXPECTED = folder("operations") / "expected"
EXAMPLES = {example.name: example for example in operations()}
CHAIN = ("draft-edition", "put-item", "submit-edition", "publish-edition")
"""Each takes its edition from the one before."""
CHANGES = ("create-offering", *CHAIN)
READS = tuple(sorted(EXAMPLES.keys() - set(CHANGES)))
VOLATILE = {"id": "ID", "endCursor": "CURSOR", "digest": "DIGEST"}
AT_PLACE = {"item", "organization"}
"""Rows with these come by place; several at one place come by ids, which each loading gives anew."""
LINE = re.compile(r"^([\w-]+\.csv):\d+$")


async def send(
    client: httpx.AsyncClient, settings: Settings, example: Example, variables: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The data that an example's operation gives, without errors; with `variables` in the place of its own."""
    headers = {"Authorization": f"Bearer {issue_token(settings, example.account)}"} if example.account else {}
    body = {"query": example.text, "variables": example.variables if variables is None else variables}
    answer = await client.post("/graphql", json=body, headers=headers)
    found = answer.json()
    assert answer.status_code == 200, found
    assert "errors" not in found, found["errors"]
    data: dict[str, Any] = found["data"]
    return data


async def read(client: httpx.AsyncClient, settings: Settings, name: str) -> dict[str, Any]:
    """What an example that changes nothing gives; `node` is asked for the item that its variables stand for."""
    variables = None
    if name == "node":
        body = {"query": '{ item(code: "B001", list: "basic-services") { id } }'}
        variables = {"id": (await client.post("/graphql", json=body)).json()["data"]["item"]["id"]}
    return await send(client, settings, EXAMPLES[name], variables)


async def published(client: httpx.AsyncClient, settings: Settings) -> dict[str, dict[str, Any]]:
    """What each step from a draft to its publication gives."""
    given: dict[str, dict[str, Any]] = {}
    edition: dict[str, Any] = {}
    for name in CHAIN:
        entered = dict(EXAMPLES[name].variables["input"])
        if name != "draft-edition":
            entered["edition"] = edition["id"]
        if "version" in entered:
            entered["version"] = await _version(client, settings, edition["id"])
        given[name] = await send(client, settings, EXAMPLES[name], {"input": entered})
        (payload,) = given[name].values()
        edition = payload.get("edition", edition)
    return given


async def _version(client: httpx.AsyncClient, settings: Settings, edition: str) -> int:
    asked = Example("version", "", "", "query V($id: ID!) { node(id: $id) { ... on Edition { version } } }")
    asked = Example(asked.name, "", "", asked.text, account="demo-district-admin")
    version: int = (await send(client, settings, asked, {"id": edition}))["node"]["version"]
    return version


def expected(name: str) -> Any:
    """What is stored beside the example."""
    return json.loads(path_of(name).read_text("utf-8"))


def path_of(name: str) -> Path:
    return EXPECTED / f"{name}.json"


def normal(value: Any, key: str = "") -> Any:
    """Without what differs from one loading of the demo to the next, or when a line is added to the policy."""
    if isinstance(value, dict):
        return {name: normal(each, name) for name, each in value.items()}
    if isinstance(value, list):
        rows = [normal(each, key) for each in value]
        return sorted(rows, key=json.dumps) if all(map(_at_place, rows)) else rows
    if isinstance(value, str) and key in VOLATILE:
        return VOLATILE[key]
    return LINE.sub(r"\1:LINE", value) if isinstance(value, str) else value


def _at_place(row: Any) -> bool:
    return isinstance(row, dict) and row.keys() >= AT_PLACE
