"""What plugins add to the running API, and what happens when one of them does not work."""

import asyncio
from typing import Any

import httpx
import pytest
import strawberry
from litestar import get

from gongzhi.core.catalogue.lists import ListKind, ListSpec
from gongzhi.core.db import Database
from gongzhi.core.errors import Invalid
from gongzhi.core.figures.registry import FigureSource, Scenario
from gongzhi.core.hooks import DefaultPolicy, EventHandler, GraphQLPart, HappenedEvent, TypeExtension
from gongzhi.core.permissions import SYSTEM, Action, Resource, pinned
from gongzhi.core.territory import records, service
from gongzhi.core.territory.records import UpdateTerritory
from gongzhi.graphql.access import Needs
from gongzhi.graphql.fields import field, object_type, public
from gongzhi.graphql.territory import Territory
from gongzhi.testing.serving import served, settings_for
from tests.core.host.samples import host, plugin
from tests.core.places import shipped_policy, small_district

TOOLS = ListSpec(slug="shared-tools", name="共享工具", name_en="Shared tools", kind=ListKind.items)
LOAN = Resource("tools.loan", "借用", "loan", (Action("read", "查看", "read"),))
GRANT = DefaultPolicy(b"p, role:public, /, tools.loan, read, any, allow\n")
PLACE = "/futian/nanyuan/dongyuan"


@strawberry.type
class ToolQuery:
    """What the plugin asks for."""

    @field("How many tools there are.", Needs("tools.loan", "read"))
    def tool_count(self) -> int | None:
        return 3

    @public("Fails.")
    def tool_failure(self) -> int | None:
        raise RuntimeError("the hammer broke")


@object_type()
class TerritoryTools:
    """What the plugin knows of places."""

    @public("How many tools are there.")
    def tool_count(root: strawberry.Parent[records.Territory]) -> int:
        return len(root.path)


@get("/tools", sync_to_thread=False)
def tools() -> dict[str, int]:
    return {"tools": 3}


@get("/health/live", sync_to_thread=False)
def impostor() -> str:
    return "alive, honestly"


async def computed(scenario: Scenario) -> dict[str, int]:
    return {"vertical_levels": 7}


PART = GraphQLPart(queries=(ToolQuery,), extensions=(TypeExtension(Territory, TerritoryTools),))
FULL: dict[str, Any] = {
    "gongzhi_lists": (TOOLS,),
    "gongzhi_resources": (LOAN,),
    "gongzhi_policy": GRANT,
    "gongzhi_graphql": PART,
    "gongzhi_routes": (tools,),
}


async def ask(client: httpx.AsyncClient, query: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await client.post("/graphql", json={"query": query})).json()
    return answer


async def district() -> None:
    with pinned(shipped_policy()):
        await small_district()


async def test_a_plugin_adds_lists_fields_addresses_and_grants(database: Database) -> None:
    await district()
    query = f"""{{ modules {{ id name state version }} serviceLists {{ slug }} toolCount
        territory(path: "{PLACE}") {{ code toolCount }} }}"""
    async with served(settings_for(database), host(plugin("tools", FULL))) as client:
        found = await ask(client, query)
        address = (await client.get("/tools")).json()
        ready = await client.get("/health/ready")
    assert "errors" not in found
    assert found["data"]["modules"] == [{"id": "tools", "name": "模块tools", "state": "ON", "version": "1.0"}]
    assert found["data"]["serviceLists"][-1] == {"slug": "shared-tools"}
    assert found["data"]["toolCount"] == 3
    assert found["data"]["territory"] == {"code": "futian-nanyuan-dongyuan", "toolCount": len(PLACE)}
    assert address == {"tools": 3}
    assert ready.status_code == 200


async def test_without_the_plugin_nothing_of_it_is_there(database: Database) -> None:
    await district()
    async with served(settings_for(database), host()) as client:
        found = await ask(client, f'{{ territory(path: "{PLACE}") {{ toolCount }} }}')
        assert (await client.get("/tools")).status_code == 404
    assert "Cannot query field 'toolCount'" in found["errors"][0]["message"]


async def test_a_resolver_that_raises_spoils_its_own_field_alone(database: Database) -> None:
    async with served(settings_for(database), host(plugin("tools", FULL))) as client:
        found = await ask(client, "{ toolCount toolFailure }")
    assert found["data"] == {"toolCount": 3, "toolFailure": None}
    assert [error["extensions"]["code"] for error in found["errors"]] == ["INTERNAL"]
    assert "hammer" not in str(found)


async def test_a_plugin_that_does_not_fit_is_off_and_the_rest_serves(database: Database) -> None:
    part = GraphQLPart(queries=(ToolQuery,))
    found = host(
        plugin("a", FULL), plugin("b", {"gongzhi_graphql": part}), plugin("c", {"gongzhi_routes": (impostor,)})
    )
    async with served(settings_for(database), found) as client:
        answer = await ask(client, "{ toolCount modules { id state } }")
        ready = await client.get("/health/ready")
        live = await client.get("/health/live")
    states = {each["id"]: each["state"] for each in answer["data"]["modules"]}
    assert states == {"a": "ON", "b": "FAILED", "c": "FAILED"}
    assert answer["data"]["toolCount"] == 3
    assert live.json() == {"status": "live"}
    assert ready.status_code == 503
    assert f"declared by {__name__}.ToolQuery and by {__name__}.ToolQuery" in ready.json()["plugin b"]
    assert ready.json()["plugin c"] == "the address /health/live is served by core and by c"


async def test_the_reason_is_for_those_who_may_read_the_policy(database: Database) -> None:
    failing = plugin("a", {"gongzhi_graphql": GraphQLPart(queries=(int,))})
    async with served(settings_for(database), host(failing)) as client:
        found = await ask(client, "{ modules { id state reason } }")
    assert found["data"]["modules"] == [{"id": "a", "state": "FAILED", "reason": None}]
    assert found["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_plugin_that_fails_to_start_takes_its_fields_with_it(database: Database) -> None:
    async def start(database: Database) -> None:
        raise OSError("no ladder")

    found = host(plugin("tools", {**FULL, "gongzhi_start": start}))
    async with served(settings_for(database), found) as client:
        assert "Cannot query field 'toolCount'" in str(await ask(client, "{ toolCount }"))
        assert (await ask(client, "{ __typename }"))["data"] == {"__typename": "Query"}


async def test_a_plugin_hears_of_what_happened(database: Database) -> None:
    await district()
    heard: list[str] = []

    async def deliver(event: HappenedEvent) -> None:
        heard.append(f"{event.kind} at {event.path}")

    listening = plugin("ears", {"gongzhi_event": (EventHandler("territory.territory.update", deliver),)})
    async with served(settings_for(database), host(listening)):
        with pinned(shipped_policy()):
            await service.revise(SYSTEM, UpdateTerritory(path=PLACE, version=1, name="东园"))
        for _ in range(50):
            if heard:
                break
            await asyncio.sleep(0.1)
    assert heard == [f"territory.territory.update at {PLACE}"]


async def test_a_plugin_computes_figures(demo_url: str) -> None:
    source = FigureSource(frozenset({"vertical_levels"}), computed)
    async with served(settings_for(demo_url), host(plugin("tools", {"gongzhi_figures": (source,)}))) as client:
        found = await ask(client, "{ figures { key computed computedBy } }")
    by_key = {each["key"]: each for each in found["data"]["figures"]}
    assert by_key["vertical_levels"] == {"key": "vertical_levels", "computed": 7, "computedBy": "tools"}


async def test_strict_refuses_to_serve_without_a_plugin(database: Database) -> None:
    async def start(database: Database) -> None:
        raise OSError("no ladder")

    found = host(plugin("tools", {**FULL, "gongzhi_start": start}))
    with pytest.RaisesGroup(pytest.RaisesExc(Invalid, match="no ladder"), flatten_subgroups=True, allow_unwrapped=True):
        async with served(settings_for(database, strict=True), found):
            pass
