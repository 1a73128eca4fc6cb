"""What a proxy says of its clients is believed where it is trusted, and nowhere else; names of hosts are checked."""

from typing import Any

import httpx
import pytest

from gongzhi.app import create_app
from gongzhi.testing.serving import settings_for

PROXY, STRANGER, CLIENT = "10.9.0.1", "203.0.113.9", "198.51.100.7"


async def metrics(url: str, source: str, headers: dict[str, str], **settings: Any) -> httpx.Response:
    """The answer of /metrics, which is for CLIENT alone, to somebody at an address."""
    issuer = {"issuer": "https://id.example", "audience": "gongzhi"} if settings["trusted_proxies"] else {}
    app = create_app(settings_for(url, metrics_from=(CLIENT,), **settings, **issuer))
    transport = httpx.ASGITransport(app, client=(source, 5000))
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.get("/metrics", headers=headers)


@pytest.mark.parametrize(
    ("source", "trusted", "status"),
    [
        (PROXY, (PROXY,), 200),
        (PROXY, ("10.9.0.0/16",), 200),
        (PROXY, (), 403),
        (STRANGER, (PROXY,), 403),
    ],
)
async def test_addresses_are_believed_from_trusted_proxies_alone(
    demo_sqlite: str, source: str, trusted: tuple[str, ...], status: int
) -> None:
    answer = await metrics(demo_sqlite, source, {"X-Forwarded-For": CLIENT}, trusted_proxies=trusted)
    assert answer.status_code == status, answer.text


async def test_what_a_client_puts_before_its_own_address_is_not_believed(demo_sqlite: str) -> None:
    forged = {"X-Forwarded-For": f"{CLIENT}, {STRANGER}"}
    answer = await metrics(demo_sqlite, PROXY, forged, trusted_proxies=(PROXY,))
    assert answer.status_code == 403, "the proxy has added the address that asked it; what stands before it is hearsay"


@pytest.mark.parametrize(("host", "status"), [("catalogue.example", 200), ("elsewhere.example", 400)])
async def test_only_our_own_names_are_answered(demo_sqlite: str, host: str, status: int) -> None:
    app = create_app(settings_for(demo_sqlite, allowed_hosts=("catalogue.example",)))
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{host}") as client,
    ):
        answer = await client.post("/graphql", json={"query": "{ __typename }"})
    assert answer.status_code == status


async def test_pages_of_other_origins_read_answers_only_where_allowed(demo_sqlite: str) -> None:
    app = create_app(settings_for(demo_sqlite, cors_origins=("https://front.example",)))
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client,
    ):
        found = {}
        for origin in ("https://front.example", "https://elsewhere.example"):
            asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            asked["Access-Control-Request-Headers"] = "content-type,authorization"
            before = await client.options("/graphql", headers=asked)
            answer = await client.post("/graphql", json={"query": "{ __typename }"}, headers={"Origin": origin})
            allowed = "access-control-allow-origin"
            found[origin] = (before.headers.get(allowed), answer.headers.get(allowed))
    assert found["https://front.example"] == ("https://front.example",) * 2
    assert found["https://elsewhere.example"] == (None, None)
