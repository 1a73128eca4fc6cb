"""The example client's files: what they are served with, and what they must agree with."""

import re
from enum import Enum
from pathlib import Path

import httpx
import pytest

from gongzhi.core.actors.kinds import ActorKind
from gongzhi.core.catalogue.item import Audience, BasisKind, Channel, CostKind, Verification
from gongzhi.core.labels import labels
from gongzhi.core.provenance import Provenance
from gongzhi.testing.serving import served, settings_for
from gongzhi.web.examples import folder
from gongzhi.web.pages import STATIC
from tests.style.source import ROOT

ENUMS: tuple[type[Enum], ...] = (Audience, Channel, CostKind, ActorKind, BasisKind, Verification, Provenance)
MEMBER = re.compile(r'^    (\w+): \["(.+)", "(.+)"\],$', re.MULTILINE)
FOLDERS = (folder("client"), Path(str(STATIC)))
SCRIPTS = sorted(path for each in FOLDERS for path in each.glob("*.js"))
HTML = sorted(path for each in FOLDERS for path in each.glob("*.html"))


@pytest.mark.parametrize("kind", ENUMS)
def test_the_client_calls_members_what_the_schema_calls_them(kind: type[Enum]) -> None:
    text = (folder("client") / "labels.js").read_text("utf-8")
    (block,) = re.findall(rf"^  {kind.__name__}: {{\n(.+?)^  }},$", text, re.MULTILINE | re.DOTALL)
    assert MEMBER.findall(block) == [(member.name.upper(), *pair) for member, pair in labels(kind).items()]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_makes_html_or_code_of_text(script: Path) -> None:
    text = script.read_text("utf-8")
    assert not re.search(r"(inner|outer)HTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)


def test_the_client_sends_queries_only() -> None:
    text = (folder("client") / "api.js").read_text("utf-8")
    assert len(re.findall(r"`query \w+", text)) == 4
    assert "mutation" not in text
    assert "Authorization" not in text


async def got(url: str, *addresses: str) -> list[httpx.Response]:
    async with served(settings_for(url)) as client:
        return [await client.get(address) for address in addresses]


PAGES = {
    "/": "text/html",
    "/console": "text/html",
    "/example/": "text/html",
    "/static/console.js": "text/javascript",
    "/static/site.css": "text/css",
    "/static/icon.svg": "image/svg+xml",
    "/example/client.js": "text/javascript",
    "/example/client.css": "text/css",
    "/schema.graphql": "text/plain",
    "/examples/operations.json": "application/json",
}


async def test_every_page_is_served_with_its_type_and_allows_nothing_from_elsewhere(demo_sqlite: str) -> None:
    answers = await got(demo_sqlite, *PAGES)
    for (address, kind), answer in zip(PAGES.items(), answers, strict=True):
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, kind), address
        rules = answer.headers["content-security-policy"]
        assert "unsafe" not in rules, address
        assert "default-src 'self'" in rules, address
        assert answer.headers["x-content-type-options"] == "nosniff", address


@pytest.mark.parametrize("path", HTML)
def test_pages_name_nothing_from_elsewhere_and_hold_no_code(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r'(src|href)="(https?:)?//', text)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text)


def test_the_index_works_without_scripts() -> None:
    assert "<script" not in (STATIC / "index.html").read_text("utf-8")


async def test_the_client_is_found_without_the_slash(demo_sqlite: str) -> None:
    (answer,) = await got(demo_sqlite, "/example")
    assert (answer.status_code, answer.headers["location"]) == (308, "example/")


@pytest.mark.parametrize(
    "address",
    ["/static/../pages.py", "/static/..%2fpages.py", "/static/.env", "/example/..%2f..%2fREADME.md", "/example/x.py"],
)
async def test_nothing_but_the_pages_files_is_served(demo_sqlite: str, address: str) -> None:
    (answer,) = await got(demo_sqlite, address)
    assert answer.status_code == 404
    assert answer.json()["code"] == "NOT_FOUND"


def test_static_files_are_small_enough_to_read() -> None:
    assert max(len(file.read_text("utf-8").splitlines()) for file in (*SCRIPTS, *HTML)) <= 300


def test_the_pictures_of_the_page_are_there_and_small() -> None:
    page = (ROOT / "docs/example-client.md").read_text("utf-8")
    shown = set(re.findall(r"images/([\w-]+\.png)", page))
    assert len(shown) >= 5
    for name in shown:
        assert (ROOT / "docs/images" / name).stat().st_size < 150_000, name
