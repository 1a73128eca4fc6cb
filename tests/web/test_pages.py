"""The pages say what they are, may not be framed, and nothing else of the package is served."""

from pathlib import Path

import pytest

from gongzhi.testing.serving import served, settings_for
from gongzhi.web import consoles

TYPES = {
    "/": "text/html; charset=utf-8",
    "/console": "text/html; charset=utf-8",
    "/access": "text/html; charset=utf-8",
    "/example/": "text/html; charset=utf-8",
    "/static/site.css": "text/css; charset=utf-8",
    "/static/console.js": "text/javascript; charset=utf-8",
    "/schema.graphql": "text/plain; charset=utf-8",
    "/examples/operations.json": "application/json",
    "/lists/basic-services/export?format=csv": "text/csv; charset=utf-8",
}


async def test_every_page_has_its_type(demo_sqlite: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        for address, kind in TYPES.items():
            answer = await client.get(address)
            assert (address, answer.status_code, answer.headers["content-type"]) == (address, 200, kind)
            assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["../pages.py", "..%2fpages.py", "%2e%2e/pages.py", ".hidden", "pages.py", "nothing.html"]
)
async def test_nothing_else_is_served(demo_sqlite: str, name: str) -> None:
    async with served(settings_for(demo_sqlite)) as client:
        for folder in ("/static", "/example"):
            answer = await client.get(f"{folder}/{name}")
            assert answer.status_code == 404
            assert answer.json()["code"] == "NOT_FOUND"


@pytest.mark.parametrize("built", [True, False])
async def test_a_browser_at_the_endpoint_sees_a_console_and_a_program_does_not(
    demo_sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built: bool
) -> None:
    """GraphiQL where it is built, otherwise our own."""
    if built:
        (tmp_path / "index.html").write_text("<title>GraphiQL</title>")
        (tmp_path / "main-1.js").write_text("")
    monkeypatch.setattr(consoles, "BUILT", tmp_path)
    accept = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    async with served(settings_for(demo_sqlite)) as client:
        seen = [
            await client.get(path, headers=accept, follow_redirects=True)
            for path in ("/graphql", "/graphiql", "/graphiql/")
        ]
        asked = await client.get("/graphql?query={__typename}", headers={"Accept": "*/*"})
        script = await client.get("/graphiql/main-1.js")
    assert {("GraphiQL" in page.text, page.url.path in ("/graphiql/",)) for page in seen} == {(built, built)}
    assert all("frame-ancestors 'none'" in page.headers["content-security-policy"] for page in seen)
    assert asked.json() == {"data": {"__typename": "Query"}}
    assert script.status_code == (200 if built else 404)
    assert ("immutable" in script.headers.get("cache-control", "")) is built
