"""GraphiQL as `make assets` builds it: runs operations, opens examples, and asks no other host for anything."""

import os

import pytest

from gongzhi.web.consoles import BUILT
from tests.browser.chromium import Page
from tests.cli.server import Server

MISSING = "GraphiQL is not built: make assets"
EDITOR = "document.querySelector('.graphiql-query-editor .view-line')"
RESULT = "document.querySelector('.result-window')?.innerText"


@pytest.fixture(autouse=True)
def built() -> None:
    if not (BUILT / "index.html").is_file():
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)


def opened(page: Page, demo: Server) -> None:
    page.open(f"{demo.url}/graphiql", ready=EDITOR)


def example(page: Page, name: str) -> None:
    page.click("button[aria-label='Show Examples']")
    page.wait(f"document.querySelector('[data-example={name}]')")
    page.click(f"[data-example={name}]")


def test_it_loads_without_any_other_host(page: Page, demo: Server) -> None:
    opened(page, demo)
    page.wait("document.querySelector('.graphiql-container')")
    assert {url for url in page.requested if not url.startswith((demo.url, "data:", "blob:"))} == set()
    assert page.wrong == []


def test_a_browser_at_the_endpoint_comes_to_it(page: Page, demo: Server) -> None:
    page.open(f"{demo.url}/graphql", ready=EDITOR)
    assert page.value("location.pathname") == "/graphiql/"


def test_an_example_is_opened_and_run(page: Page, demo: Server) -> None:
    opened(page, demo)
    example(page, "basic-services")
    page.click(".graphiql-execute-button")
    page.wait(f"{RESULT}?.includes('B001')")
    assert page.wrong == []


def test_the_documentation_is_there(page: Page, demo: Server) -> None:
    opened(page, demo)
    page.click("button[aria-label='Show Documentation Explorer']")
    page.wait("document.querySelector('.graphiql-doc-explorer')?.innerText.includes('Subscription')")
