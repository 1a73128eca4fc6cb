"""A browser and a demo server for all tests of a worker, a tab for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import chromium
from tests.browser.chromium import Page
from tests.cli.server import Server, started


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address at which a running Chromium is driven."""
    with chromium.running(chromium.required(), tmp_path_factory.mktemp("chromium")) as address:
        yield address


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, demo_sqlite: str) -> Iterator[Server]:
    """`gongzhi demo`, in a process of its own."""
    folder: Path = tmp_path_factory.mktemp("served")
    with started(folder, "demo", "--port", "0", "--database", demo_sqlite) as server:
        server.wait()
        yield server


@pytest.fixture
def page(browser: str, demo: Server) -> Iterator[Page]:
    """A tab, which at the end must have asked nobody but the demo, and have reported nothing as wrong."""
    with chromium.tab(browser) as tab:
        yield tab
        assert tab.wrong == []
        assert [url for url in tab.requested if not url.startswith((demo.url, "data:"))] == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what did not run for want of a browser."""
    skipped = [each for each in terminalreporter.stats.get("skipped", []) if chromium.MISSING in str(each.longrepr)]
    if skipped:
        terminalreporter.section("NOT TESTED IN A BROWSER", red=True)
        terminalreporter.line(f"{len(skipped)} tests did not run: {chromium.MISSING}.")
