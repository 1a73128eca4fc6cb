"""Logs, metrics and traces of requests, and that no secret is in any of them."""

import io
import json
import logging
import logging.config
import re
import sys
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from gongzhi.app import create_app
from gongzhi.core import clock
from gongzhi.core.errors import Invalid
from gongzhi.core.events.tables import PARKED, WAITING, EventDelivery
from gongzhi.core.ids import uuid7
from gongzhi.core.settings import Settings
from gongzhi.edge.logs import Lines, Objects, configuration
from gongzhi.edge.seen import watched
from gongzhi.edge.tracing import Tracing
from gongzhi.testing.serving import served, settings_for
from tests.edge.collecting import collector
from tests.edge.running import PROTOCOL, running
from tests.graphql.asking import bearer

LISTS = "query Lists { serviceLists { slug } }"


async def metrics(client: httpx.AsyncClient) -> dict[str, float]:
    """Each number by its name and labels."""
    answer = await client.get("/metrics")
    assert answer.status_code == 200, answer.text
    lines = [line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


async def test_every_request_has_an_id(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        ids = {(await client.get(path)).headers["x-request-id"] for path in ("/", "/health/live", "/nothing")}
        given = await client.get("/", headers={"X-Request-Id": "mine"})
    assert len(ids) == 3
    assert given.headers["x-request-id"] != "mine"


async def test_a_trusted_proxy_may_give_the_id(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite, trusted_proxies=("127.0.0.1",), issuer="https://id.example")) as client:
        assert (await client.get("/", headers={"X-Request-Id": "from-proxy"})).headers["x-request-id"] == "from-proxy"
        for wrong in ("x" * 65, "", 'a"b', "a b", "<b>", "a;b=c", "\u00ff"):
            given = (await client.get("/", headers={"X-Request-Id": wrong.encode("latin-1")})).headers["x-request-id"]
            assert re.fullmatch("[0-9a-f]{16}", given), wrong


async def test_metrics_count_what_happened(demo_url: str) -> None:
    async with served(settings_for(demo_url)) as client:
        for query in (
            LISTS,
            LISTS,
            "{ nothing }",
            'mutation { updateTerritory(input: {path: "/x", version: 1}) { territory { path } } }',
        ):
            await client.post("/graphql", json={"query": query})
        found = await metrics(client)
    assert found['gongzhi_requests_total{code="OK",kind="query"}'] == 2
    assert found['gongzhi_requests_total{code="INVALID",kind="other"}'] == 1
    assert found['gongzhi_requests_total{code="UNAUTHENTICATED",kind="mutation"}'] == 1
    assert found['gongzhi_request_seconds_count{kind="query"}'] == 2
    assert found['gongzhi_cost_total{kind="query"}'] == 20
    assert found["gongzhi_catalogue_revision"] >= 1
    assert found["gongzhi_policy_refused"] == 0


async def test_metrics_tell_of_deliveries_that_were_given_up(demo_url: str) -> None:
    async with served(settings_for(demo_url)) as client:
        assert (await metrics(client))["gongzhi_deliveries_parked"] == 0
        for state in (PARKED, WAITING, PARKED):
            row = EventDelivery(event=uuid7(), target="x", record="A:1", position=1, state=state, due_at=clock.now())
            await EventDelivery.insert(row)
        assert (await metrics(client))["gongzhi_deliveries_parked"] == 2


async def test_metrics_do_not_grow_with_what_is_asked(demo_sqlite: str) -> None:
    """Unknown addresses, methods, operations and codes share the labels that there are."""
    async with served(settings_for(demo_sqlite)) as client:

        async def rounds(part: int) -> None:
            for number in range(part * 10, part * 10 + 10):
                await client.get(f"/nothing/{number}")
                await client.request(f"M{number}", "/graphql")
                await client.post("/graphql", json={"query": f"query Q{number} {{ __typename }}"})
                await client.post("/graphql", json={"query": f"{{ x{number} }}"})

        await rounds(0)
        await metrics(client)
        before = set(await metrics(client))
        await rounds(1)
        after = set(await metrics(client))
    labels = {name for name in before if name.startswith("gongzhi_requests_total")}
    assert after == before
    assert len(labels) <= 6


async def test_metrics_are_not_for_everybody(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite, metrics_from=("10.0.0.0/8",))) as client:
        answer = await client.get("/metrics")
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert "metrics_from" in answer.text


async def test_requests_are_logged_without_secrets(demo_url: str, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    token = bearer("demo-resident")["Authorization"].partition(" ")[2]
    async with served(settings_for(demo_url, log_requests="all")) as client:
        body = {"query": LISTS, "variables": {"secret": "geheim"}}
        answer = await client.post("/graphql", json=body, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
        await client.post("/graphql", json=body, headers={"Authorization": f"Bearer {token}x"})
        await client.post("/graphql", json=body, headers={"X-API-Key": "gz_geheim"})
        await client.get("/graphql", params={"query": "{ __typename }", "secret": "geheim"})
    lines = [record for record in caplog.records if record.name == "gongzhi.requests"]
    assert len(lines) == 4
    told = lines[0].fields
    assert (told["operation"], told["account"], told["status"], told["cost"]) == ("Lists", "demo-resident", 200, 10)
    assert lines[1].fields["code"] == "UNAUTHENTICATED"
    own = " ".join(Objects().format(record) for record in caplog.records if record.name.startswith("gongzhi"))
    assert own != ""
    assert token[-20:] not in own
    assert "geheim" not in own


async def test_no_level_shows_what_connections_carry(demo_sqlite: str) -> None:
    """Not even `debug`, at which uvicorn would log every frame and header, nor the address of a WebSocket."""
    secrets = ("token", "key", "variable")
    written = io.StringIO()
    settings = settings_for(demo_sqlite, log_level="debug", log_requests="all")
    logging.config.dictConfig(configuration(settings))
    handlers = {h for name in ("gongzhi", "uvicorn") for h in logging.getLogger(name).handlers}
    for handler in handlers:
        handler.setStream(written)  # type: ignore[attr-defined]  # a stream handler, as the configuration says
    async with running(settings) as server:
        for handler in (h for name in ("gongzhi", "uvicorn") for h in logging.getLogger(name).handlers):
            handler.setStream(written)  # type: ignore[attr-defined]  # uvicorn has configured it once more
        head = {"Authorization": "Bearer geheim-token", "X-API-Key": "geheim-key"}
        body = {"query": "query($v: ID!) { node(id: $v) { id } }", "variables": {"v": "geheim-variable"}}
        await server.client.post("/graphql?access_token=geheim-token", json=body, headers=head)
        address = f"{server.socket_url}?access_token=geheim-token"
        async with connect(address, subprotocols=[Subprotocol(PROTOCOL)], additional_headers=head, proxy=None) as ws:
            await ws.send(json.dumps({"type": "connection_init", "payload": head}))
            await ws.wait_closed()
        async with connect(address, subprotocols=[Subprotocol(PROTOCOL)], proxy=None) as ws:
            await ws.send('{"type":"connection_init"}')
            await ws.recv()
            await ws.send(json.dumps({"type": "subscribe", "id": "1", "payload": body}))
            await ws.recv()
    logging.config.dictConfig(configuration(Settings()))
    assert "path=/graphql" in written.getvalue()
    assert [name for name in secrets if f"geheim-{name}" in written.getvalue()] == []
    assert "geheim" not in written.getvalue()


async def test_slow_requests_are_logged(demo_sqlite: str, caplog: Any) -> None:
    async with served(settings_for(demo_sqlite, slow_seconds=0.000_001)) as client:
        await client.post("/graphql", json={"query": LISTS})
    async with served(settings_for(demo_sqlite)) as client:
        await client.post("/graphql", json={"query": LISTS})
    lines = [record for record in caplog.records if record.name == "gongzhi.requests"]
    assert [(line.levelname, "document=" in line.message, "cost=10" in line.message) for line in lines] == [
        ("WARNING", True, True)
    ]


def record(message: str, **fields: Any) -> logging.LogRecord:
    made = logging.LogRecord("gongzhi.requests", logging.INFO, __file__, 1, message, (), None)
    made.fields = fields
    return made


def test_lines_cannot_be_forged() -> None:
    with watched("r1"):
        assert "\n" not in Lines().format(record("a\nERROR gongzhi: forged"))
        decoded = json.loads(Objects().format(record("a\nb", cost=3)))
    assert (decoded["message"], decoded["cost"], decoded["request"], decoded["level"]) == ("a\nb", 3, "r1", "info")


@pytest.mark.parametrize(("kind", "formatter"), [("text", Lines), ("json", Objects)])
def test_the_configuration_is_one(kind: str, formatter: type[logging.Formatter]) -> None:
    made = logging.config.DictConfigurator(configuration(Settings(log_format=kind)))
    assert isinstance(made.configure_formatter(made.config["formatters"]["chosen"]), formatter)
    assert made.config["root"]["level"] == "WARNING"


async def test_a_span_for_each_request(demo_sqlite: str) -> None:
    exporter = InMemorySpanExporter()
    settings = settings_for(demo_sqlite, tracing="http://127.0.0.1:1/v1/traces")
    app = create_app(settings)
    tracing = Tracing(settings, exporter)
    app.asgi_handler.tracing = tracing
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client,
    ):
        parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        await client.post("/graphql", json={"query": LISTS}, headers={"traceparent": parent})
        tracing.flush()
    (span,) = exporter.get_finished_spans()
    assert span.name == "query"
    assert format(span.context.trace_id, "032x") == "0af7651916cd43dd8448eb211c80319c"
    told = dict(span.attributes or {})
    assert (told["gongzhi.cost"], told["http.response.status_code"]) == (10, 200)


def test_tracing_that_is_not_installed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(Invalid, match=r"pip install 'gongzhi\[tracing\]'"):
        Tracing(Settings(tracing="http://127.0.0.1:1"))


async def test_spans_arrive_at_a_collector(demo_sqlite: str) -> None:
    """As OTLP over HTTP; their names are those of operations and methods, never of addresses."""
    with collector() as spans:
        app = create_app(settings_for(demo_sqlite, tracing=spans.url))
        async with (
            app.lifespan(),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client,
        ):
            await client.post("/graphql", json={"query": LISTS}, headers={"Authorization": "Bearer geheim"})
            await client.post("/graphql", json={"query": LISTS})
            await client.get(f"/nothing/{'x' * 500}")
        told = {span.name: {each.key: each.value for each in span.attributes} for span in spans.received}
    assert sorted(told) == ["GET", "POST", "query"]
    assert told["query"]["graphql.operation.name"].string_value == "Lists"
    assert told["query"]["gongzhi.cost"].int_value == 10
    assert told["POST"]["gongzhi.error"].string_value == "UNAUTHENTICATED"
    assert told["GET"]["http.response.status_code"].int_value == 404
    assert len(told["GET"]["url.path"].string_value) == 200
    assert "geheim" not in str(told)


async def test_a_collector_that_does_not_answer_disturbs_nobody(demo_sqlite: str) -> None:
    app = create_app(settings_for(demo_sqlite, tracing="http://127.0.0.1:9/v1/traces"))
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client,
    ):
        assert (await client.post("/graphql", json={"query": LISTS})).status_code == 200
