"""The packages of package.json, installed once, and a server with the demo for their clients."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.http.packages import why_no_node
from gongzhi.core.signin import issue_token
from gongzhi.testing.serving import settings_for
from tests.cli.server import Server, over_a_copy
from tests.style.source import ROOT

HERE = Path(__file__).parent
ACCOUNTS = ("demo-district-admin", "demo-resident")
Node = Callable[..., list[str]]


@pytest.fixture(scope="session")
def packages() -> Path:
    """The folder with `node_modules`, as package-lock.json has it."""
    if why := why_no_node(HERE):
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(f"{why}; so other people's clients are not tried")
    return HERE


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over a copy of the demo, for the tests of one file; once on each engine."""
    with over_a_copy(request, tmp_path_factory.mktemp("clients"), "clients", introspection="on") as found:
        yield found


@pytest.fixture
def node(packages: Path, server: Server, tmp_path: Path) -> Node:
    """Run a program of node or of a package in this folder: the lines that begin with `ok`, when all went well."""
    tokens = {account: issue_token(settings_for("sqlite:///unused.db"), account) for account in ACCOUNTS}
    names = {"URL": server.url, "TOKENS": json.dumps(tokens), "ROOT": str(ROOT), "SCRATCH": str(tmp_path)}
    environ = {**os.environ, **{f"CLIENT_{name}": value for name, value in names.items()}}

    def run(*command: str, cwd: Path = packages) -> list[str]:
        own = command[0].endswith(".js")
        program = "node" if own else str(packages / "node_modules" / ".bin" / command[0])
        arguments = command if own else command[1:]
        done = subprocess.run((program, *arguments), cwd=cwd, env=environ, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return [line for line in done.stdout.splitlines() if line.startswith("ok ")]

    return run


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it loudly where clients were not tried."""
    skipped = [each for each in terminalreporter.stats.get("skipped", []) if "tests/clients" in str(each.nodeid)]
    if skipped:
        terminalreporter.section("other people's clients were not tried")
        terminalreporter.line(f"{len(skipped)} tests did not run: {skipped[0].longrepr[2]}")
