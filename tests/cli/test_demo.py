"""`gongzhi demo`."""

import re
import signal
import socket
import time
from pathlib import Path

import pytest

from gongzhi.cli.demo import prepare, settings_of
from gongzhi.cli.welcome import EXAMPLES
from gongzhi.core.actors.tables import Account
from gongzhi.core.errors import Conflict
from gongzhi.core.territory.tables import Territory
from gongzhi.demo import DEMO_ACCOUNTS
from gongzhi.testing import databases
from tests.cli.conftest import Command
from tests.cli.server import started


@pytest.fixture
def copied(demo_sqlite: str, folder: Path) -> Path:
    """A SQLite file with the demo in it, where `gongzhi demo` looks for it."""
    path = folder / ".gongzhi/demo.sqlite"
    path.parent.mkdir()
    path.write_bytes(Path(demo_sqlite.removeprefix("sqlite:///")).read_bytes())
    return path


async def places(url: str) -> int:
    async with databases.opened(url):
        return int(await Territory.count())


async def rename(url: str) -> None:
    async with databases.opened(url):
        await Account.update({Account.name: "改"}).where(Account.code == "demo-resident")


async def name(url: str) -> str:
    async with databases.opened(url):
        rows = await Account.select(Account.name).where(Account.code == "demo-resident")
        return str(rows[0]["name"])


async def add_stranger(url: str) -> None:
    async with databases.opened(url):
        await Account.insert(Account(code="stranger", name="李"))


def test_the_first_start_loads_the_second_keeps_and_reset_starts_afresh(empty_url: str, folder: Path) -> None:
    with started(folder, "demo", "--port", "0", "--database", empty_url) as server:
        server.wait()
        answer = server.ask('{ territory(path: "/futian") { path } }')
        assert answer == {"data": {"territory": {"path": "/futian"}}}
        assert "migrations applied" in server.output
        assert server.stop() in (0, -signal.SIGTERM)
        assert "Traceback" not in server.output
    count = databases.run(places(empty_url))
    databases.run(rename(empty_url))

    start = time.perf_counter()
    with started(folder, "demo", "--port", "0", "--database", empty_url) as server:
        server.wait()
        assert time.perf_counter() - start < 10
        assert "migrations applied" not in server.output
    assert databases.run(places(empty_url)) == count
    assert databases.run(name(empty_url)) == "改"

    prepare(settings_of(0, empty_url), reset=True)
    assert databases.run(places(empty_url)) == count
    assert databases.run(name(empty_url)) != "改"


def test_every_token_and_example_that_it_prints_works(copied: Path, folder: Path) -> None:
    with started(folder, "demo", "--port", "0") as server:
        server.wait()
        tokens = re.findall(r"^  (ey\S+)$", server.output, re.MULTILINE)
        assert len(tokens) == len(DEMO_ACCOUNTS) == 7
        for account, token in zip(DEMO_ACCOUNTS, tokens, strict=True):
            assert (
                server.ask("{ viewer { account { code } } }", token)["data"]["viewer"]["account"]["code"]
                == account.code
            )
        assert len(EXAMPLES) == 3
        for operation in EXAMPLES.values():
            answer = server.ask(operation)
            assert "errors" not in answer
            assert '"edges": [{' in str(answer).replace("'", '"'), answer


def test_a_token_issued_beside_it_is_accepted(folder: Path, gongzhi: Command, copied: Path) -> None:
    with started(folder, "demo", "--port", "0") as server:
        server.wait()
        token = gongzhi("token", "issue", "--account", "demo-auditor").stdout.strip()
        answer = server.ask("{ viewer { account { code } } }", token)
    assert answer == {"data": {"viewer": {"account": {"code": "demo-auditor"}}}}
    assert copied.with_name("signing_key.pem").exists()


@pytest.mark.parametrize("reset", [False, True])
def test_other_data_are_left_alone(migrated_url: str, reset: bool) -> None:
    databases.run(add_stranger(migrated_url))
    with pytest.raises(Conflict, match="holds other data"):
        prepare(settings_of(0, migrated_url), reset=reset)
    assert databases.run(places(migrated_url)) == 0


def test_a_port_that_is_taken_is_said_before_anything_is_done(gongzhi: Command, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = gongzhi("demo", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert "Choose another with --port" in result.stderr
    assert list(folder.iterdir()) == []


def test_it_does_not_leave_this_machine(gongzhi: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGZHI_HOST", "0.0.0.0")
    result = gongzhi("demo", "--port", "0")
    assert result.exit_code == 1
    assert "everybody knows the demo's accounts" in result.stderr
    assert list(folder.iterdir()) == []
