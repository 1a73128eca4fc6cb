"""`python -m tests.browser` takes the pictures of docs/images anew, from the demo."""

import tempfile
from pathlib import Path

from gongzhi.web.consoles import BUILT
from tests.browser import chromium
from tests.browser.chromium import Page
from tests.cli.server import started
from tests.style.source import ROOT

IMAGES = ROOT / "docs" / "images"
MOST = 150_000
"""Bytes of a picture."""
RUN = "document.querySelector('#status').innerText.startsWith('200')"
LISTED = "document.querySelectorAll('#results > li').length > 0"
PLACES = "document.querySelectorAll('.places li').length > 0"


def take(page: Page, name: str, url: str, ready: str, size: tuple[int, int], *, dark: bool = False) -> None:
    """One picture, of a window of this size."""
    page.resize(*size, dark=dark)
    page.open(url, ready=ready)
    if "/console" in url:
        page.click("#run")
        page.wait(RUN)
    page.value("document.activeElement.blur()")
    picture = page.picture()
    if len(picture) > MOST:
        raise SystemExit(f"{name}.png has {len(picture)} bytes, {MOST} at most: show less of the page")
    (IMAGES / f"{name}.png").write_bytes(picture)


def main() -> None:
    """Serve the demo from a temporary folder, and take every picture."""
    command = chromium.program()
    if command is None:
        raise SystemExit(chromium.MISSING)
    IMAGES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as served,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        started(Path(served), "demo", "--port", "0") as server,
        chromium.running(command, Path(profile)) as browser,
        chromium.tab(browser) as page,
    ):
        server.wait()
        example, console = f"{server.url}/example/?lang=", f"{server.url}/console?lang=zh&example="
        item = "&list=basic-services&item=B044&place=/futian/nanyuan"
        take(page, "index", f"{server.url}/", "true", (960, 900))
        take(page, "example-list", f"{example}zh&q=yanglao", LISTED, (1100, 760))
        take(page, "example-service", f"{example}en{item}", PLACES, (900, 1000))
        take(page, "example-phone", f"{example}zh{item}", PLACES, (390, 844))
        take(page, "example-dark", f"{example}zh", LISTED, (1000, 760), dark=True)
        take(page, "console", f"{console}workload", "document.querySelector('#operation').value", (1280, 720))
        take(page, "access", f"{server.url}/access", "document.querySelector('.matrix')", (1280, 800))
        graphiql(page, server.url)


def graphiql(page: Page, url: str) -> None:
    """Where it is built: with an example opened, and run."""
    if not (BUILT / "index.html").is_file():
        raise SystemExit("docs/images/graphiql.png stays as it is: run `make assets` first")
    page.resize(1280, 760)
    page.open(f"{url}/graphiql/", ready="document.querySelector('.graphiql-query-editor .view-line')")
    page.click("button[aria-label='Show Examples']")
    page.wait("document.querySelector('[data-example=basic-services]')")
    page.click("[data-example=basic-services]")
    page.click(".graphiql-execute-button")
    page.wait("document.querySelector('.result-window').innerText.includes('B001')")
    (IMAGES / "graphiql.png").write_bytes(page.picture())


if __name__ == "__main__":
    main()
