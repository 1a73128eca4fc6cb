"""The Python client gql, over HTTP and over WebSocket."""

import asyncio

import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

from tests.cli.server import Server
from tests.graphql.asking import bearer

ADMIN = "demo-district-admin"
PLACE = {"path": "/futian/nanyuan/dongyuan"}
CHANGED = "subscription { recordChanged { action record { ... on Territory { note } } } }"
UPDATE = "mutation ($input: UpdateTerritoryInput!) { updateTerritory(input: $input) { territory { version note } } }"


async def test_over_http(server: Server) -> None:
    transport = HTTPXAsyncTransport(f"{server.url}/graphql", headers=bearer(ADMIN))
    async with Client(transport=transport, fetch_schema_from_transport=True) as session:
        query = gql("query ($path: String!) { territory(path: $path) { version } }")
        query.variable_values = PLACE
        version = (await session.execute(query))["territory"]["version"]
        change = gql(UPDATE)
        change.variable_values = {"input": {**PLACE, "version": version, "note": "by gql"}}
        assert (await session.execute(change))["updateTerritory"]["territory"]["note"] == "by gql"
        with pytest.raises(TransportQueryError) as refused:
            await session.execute(change)
    assert refused.value.errors is not None
    assert refused.value.errors[0]["extensions"]["code"] == "CONFLICT"


async def test_over_websocket(server: Server) -> None:
    address = server.url.replace("http", "ws", 1) + "/graphql"
    transport = WebsocketsTransport(
        address, init_payload=bearer(ADMIN), subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL]
    )
    async with Client(transport=transport) as session:
        found = await session.execute(gql("{ viewer { account { code } } }"))
        assert found["viewer"]["account"]["code"] == ADMIN
        events = session.subscribe(gql(CHANGED))
        heard = asyncio.ensure_future(anext(events))
        for number in range(20):
            query = gql("query ($path: String!) { territory(path: $path) { version } }")
            query.variable_values = PLACE
            version = (await session.execute(query))["territory"]["version"]
            change = gql(UPDATE)
            change.variable_values = {"input": {**PLACE, "version": version, "note": f"change {number}"}}
            await session.execute(change)
            done, _ = await asyncio.wait((heard,), timeout=0.5)
            if done:
                break
        assert heard.result()["recordChanged"]["record"]["note"].startswith("change ")
        await events.aclose()
